/** One entry of a timeline as an element: a message, or what happened, under the day where that changes. */

import { mentions } from "../../client/text/text_segments.ts";
import { isRoomMessage, type MemberInfo } from "../../protocol/messages/messages.ts";
import type { ReceivedMessage } from "../model/reactions.ts";
import { spoken } from "../model/conversation.ts";
import { el } from "./dom.ts";
import { colorOf, quoteElement, reactionsElement, textParts } from "./message_parts.ts";
import { dayOf, momentOf, timeOf } from "./page_times.ts";
import type { TimelineEntry } from "../model/timeline.ts";

/** What decides how a row looks, beside its entry. */
export interface RowContext {
  readonly you: MemberInfo | undefined;
  /** What comes behind it is new to the reader. */
  readonly readSeq: number | undefined;
}

/** Messages of one person that stand this close together carry their name once. */
const GROUP_MS = 5 * 60_000;

export function rowOf(entry: TimelineEntry, before: TimelineEntry | undefined, context: RowContext): HTMLElement {
  const isNew = beginsNew(entry, before, context);
  const day = dayOf(atOf(entry));
  const isNewDay = before === undefined || dayOf(atOf(before)) !== day;
  return el(
    "div",
    { class: "row" },
    isNewDay && el("p", { class: "day" }, el("span", {}, day)),
    isNew && el("p", { class: "new-line" }, el("span", {}, "New")),
    entry.kind === "note"
      ? el("p", { class: entry.tone === "error" ? "note error" : "note" }, entry.text)
      : shownMessage(entry, {
        you: context.you,
        grouped: isGrouped(entry, before) && !isNew && !isNewDay,
        linked: true,
      }),
  );
}

export interface MessageLook {
  readonly you: MemberInfo | undefined;
  /** Without the name, which stands above it. */
  readonly grouped: boolean;
  /** Whether what it quotes is a button. */
  readonly linked: boolean;
}

export function shownMessage(said: ReceivedMessage, { you, grouped, linked }: MessageLook): HTMLElement {
  const { message } = said;
  const { from, at } = message;
  const ofRoom = isRoomMessage(message) ? message : undefined;
  const own = from.id === you?.id;
  const classes = [
    "message",
    grouped && "grouped",
    own && "own",
    !own && mentions(spoken(message.text).text, you === undefined ? [] : [you.name]) && "mentioned",
  ];
  return el(
    "div",
    { class: classes.filter(Boolean).join(" "), "data-seq": ofRoom && String(ofRoom.seq) },
    el("span", { class: `avatar ${colorOf(from.name)}`, "aria-hidden": "true" }, initialOf(from.name)),
    el(
      "div",
      { class: "body" },
      el(
        "p",
        { class: "meta" },
        el("bdi", { class: `from ${colorOf(from.name)}` }, from.name),
        from.new && el("span", { class: "mark", title: "Somebody else had this name before" }, "new"),
        " ",
        el("time", { datetime: at, title: momentOf(at) }, timeOf(at)),
      ),
      ofRoom?.reply && !ofRoom.deleted && quoteElement(ofRoom.reply, linked),
      textParts(message, own ? undefined : you?.name),
      reactionsElement(said, you),
    ),
  );
}

export function initialOf(name: string): string {
  return ([...name][0] ?? "?").toUpperCase();
}

function atOf(entry: TimelineEntry): string {
  return entry.kind === "note" ? entry.at : entry.message.at;
}

function isGrouped(entry: TimelineEntry, before: TimelineEntry | undefined): boolean {
  if (entry.kind !== "message" || before?.kind !== "message") return false;
  const { message } = entry;
  const { from, at, text } = message;
  if (isRoomMessage(message) && message.reply !== undefined) return false;
  const isNear = Date.parse(at) - Date.parse(before.message.at) < GROUP_MS;
  return before.message.from.id === from.id && before.message.from.name === from.name && isNear && !spoken(text).action;
}

function beginsNew(entry: TimelineEntry, before: TimelineEntry | undefined, { readSeq, you }: RowContext): boolean {
  const seq = seqOf(entry);
  if (readSeq === undefined || seq === undefined || seq <= readSeq) return false;
  if (entry.kind === "message" && entry.message.from.id === you?.id) return false;
  return seq === readSeq + 1 || (seqOf(before) ?? Infinity) <= readSeq;
}

function seqOf(entry: TimelineEntry | undefined): number | undefined {
  return entry?.kind === "message" && isRoomMessage(entry.message) ? entry.message.seq : undefined;
}
