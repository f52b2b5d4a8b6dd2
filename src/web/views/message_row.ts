/** An entry of a timeline as an element: a message or a note, with the day above it if that changes. */

import { mentions } from "../../client/text/mentions.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import type { ReceivedMessage } from "../model/reactions.ts";
import { fileCard } from "../files/file_card.ts";
import { type Conversation, splitAction } from "../model/conversation.ts";
import { el } from "./dom.ts";
import {
  colorClass,
  formatDay,
  formatMoment,
  formatTime,
  messageText,
  quoteElement,
  reactionsElement,
} from "./message_parts.ts";
import type { TimelineEntry } from "../model/timeline.ts";

/** The state on which a row depends, besides its entry and the one before. */
export interface RowContext {
  readonly you: MemberInfo | undefined;
  /** Words that mention the user. */
  readonly words: readonly string[];
  /** Messages with a higher seq are unread. */
  readonly readSeq: number | undefined;
  /** Whether the markup of messages is shown formatted. */
  readonly formatted: boolean;
}

/** Messages of one member within this time show the name once. */
const GROUP_MS = 5 * 60_000;

export function timelineRow(entry: TimelineEntry, before: TimelineEntry | undefined, context: RowContext): HTMLElement {
  const isNew = startsUnread(entry, before, context);
  const day = formatDay(entryTime(entry));
  const isNewDay = before === undefined || formatDay(entryTime(before)) !== day;
  return el(
    "div",
    { class: "row" },
    isNewDay && el("p", { class: "day" }, el("span", {}, day)),
    isNew && el("p", { class: "new-line" }, el("span", {}, "New")),
    entry.kind === "note"
      ? el("p", { class: entry.tone === "error" ? "note error" : "note" }, entry.text)
      : messageElement(entry, {
        you: context.you,
        words: context.words,
        grouped: isGrouped(entry, before) && !isNew && !isNewDay,
        linked: true,
        formatted: context.formatted,
      }),
  );
}

export interface MessageStyle {
  readonly you: MemberInfo | undefined;
  /** Words that mention the user. */
  readonly words: readonly string[];
  /** Without the name, which the message before shows. */
  readonly grouped: boolean;
  /** Whether its quote is a button, and its file has buttons. */
  readonly linked: boolean;
  readonly formatted: boolean;
}

export function messageElement(received: ReceivedMessage, style: MessageStyle): HTMLElement {
  const { you, words, grouped, linked, formatted } = style;
  const { message } = received;
  const { from, at } = message;

  const own = from.id === you?.id;
  const classes = [
    "message",
    grouped && "grouped",
    own && "own",
    !own && mentions(splitAction(message.text).text, words) && "mentioned",
  ];
  return el(
    "div",
    { class: classes.filter(Boolean).join(" "), "data-seq": String(message.seq) },
    el("span", { class: `avatar ${colorClass(from.name)}`, "aria-hidden": "true" }, initialLetter(from.name)),
    el(
      "div",
      { class: "body" },
      el(
        "p",
        { class: "meta" },
        el("bdi", { class: `from ${colorClass(from.name)}` }, from.name),
        from.new && el("span", { class: "mark", title: "Another member had this name before" }, "new"),
        " ",
        el("time", { datetime: at, title: momentText(received) }, formatTime(at)),
      ),
      message.reply && !message.deleted && quoteElement(message.reply, linked),
      (message.text !== "" || message.file === undefined) &&
        messageText(message, { words: own ? [] : words, formatted }),
      message.file && fileCard(message.file, linked),
      received.isFalse && el("p", { class: "false" }, FALSE_SENTENCE),
      reactionsElement(received, you),
    ),
  );
}

const FALSE_SENTENCE = "The signature is false: this is not what the member signed. Ask them in another way.";

/** The time, and whether the message is signed. */
function momentText({ message: { at, signature }, isFalse }: ReceivedMessage): string {
  return `${formatMoment(at)}, ${isFalse ? "false signature" : signature === undefined ? "not signed" : "signed"}`;
}

export function initialLetter(name: string): string {
  return ([...name][0] ?? "?").toUpperCase();
}

/** Replaces the content of a row. The focus moves to the element at the same place, and open code stays open. */
export function replaceContent(old: Element, row: Element): void {
  const reachable = () => Array.from(old.querySelectorAll<HTMLElement>("a, button, summary"));
  const focused = reachable().findIndex((element) => element === document.activeElement);
  const isOpen = Array.from(old.querySelectorAll("details"), ({ open }) => open);
  old.replaceChildren(...row.childNodes);
  for (const [index, details] of old.querySelectorAll("details").entries()) details.open = isOpen[index] ?? false;
  if (focused >= 0) reachable()[focused]?.focus({ preventScroll: true });
}

/** The note above the first row, where `more` rows will be drawn or not. */
export function startNote({ partner, title, timeline }: Conversation, { you }: RowContext, more: boolean): string {
  if (more) return "";
  if (timeline.full) return "Search finds older messages.";
  if (!timeline.complete) return "Loading older messages…";
  if (partner.kind === "room") return `This is where ${title} begins.`;
  return `Only you${partner.member.id === you?.id ? "" : ` and ${title}`} see this.`;
}

function entryTime(entry: TimelineEntry): string {
  return entry.kind === "note" ? entry.at : entry.message.at;
}

function isGrouped(entry: TimelineEntry, before: TimelineEntry | undefined): boolean {
  if (entry.kind !== "message" || before?.kind !== "message") return false;
  const { message } = entry;
  const { from, at, text } = message;
  if (message.reply !== undefined) return false;
  const isNear = Date.parse(at) - Date.parse(before.message.at) < GROUP_MS;
  return before.message.from.id === from.id && before.message.from.name === from.name && isNear &&
    !splitAction(text).action;
}

function startsUnread(entry: TimelineEntry, before: TimelineEntry | undefined, { readSeq, you }: RowContext): boolean {
  const seq = seqOf(entry);
  if (readSeq === undefined || seq === undefined || seq <= readSeq) return false;
  if (entry.kind === "message" && entry.message.from.id === you?.id) return false;
  return seq === readSeq + 1 || (seqOf(before) ?? Infinity) <= readSeq;
}

function seqOf(entry: TimelineEntry | undefined): number | undefined {
  return entry?.kind === "message" ? entry.message.seq : undefined;
}
