/** One entry of a timeline as an element: a message, or what happened, under the day where that changes. */

import { nameHue } from "../client/name_color.ts";
import { mentions, segmentsOf } from "../client/words.ts";
import { isRoomMessage, type Member, type Message } from "../protocol/messages.ts";
import { spoken } from "./conversation.ts";
import { type Child, el } from "./dom.ts";
import { dayOf, momentOf, timeOf } from "./times.ts";
import type { Entry } from "./timeline.ts";

/** What decides how a row looks, beside its entry. */
export interface RowContext {
  readonly you: Member | undefined;
  /** What comes behind it is new to the reader. */
  readonly readSeq: number | undefined;
}

/** Messages of one person that stand this close together carry their name once. */
const GROUP_MS = 5 * 60_000;
export function rowOf(entry: Entry, before: Entry | undefined, context: RowContext): HTMLElement {
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
      : messageOf(entry.message, isGrouped(entry, before) && !isNew && !isNewDay, context.you),
  );
}

export function messageOf(message: Message, grouped: boolean, you: Member | undefined): HTMLElement {
  const { from, at } = message;
  const { text, action } = spoken(message.text);
  const own = from.id === you?.id;
  const classes = [
    "message",
    grouped && "grouped",
    own && "own",
    !own && mentions(text, you === undefined ? [] : [you.name]) && "mentioned",
  ];
  return el(
    "div",
    { class: classes.filter(Boolean).join(" ") },
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
      el("p", { class: action ? "text action" : "text", dir: "auto" }, ...textOf(text, own ? undefined : you?.name)),
    ),
  );
}

/** With links, and the reader's name marked. */
export function textOf(text: string, name: string | undefined): Child[] {
  return segmentsOf(text, name === undefined ? [] : [name]).map((segment) => {
    switch (segment.kind) {
      case "text":
        return segment.text;
      case "mention":
        return el("mark", {}, segment.text);
      case "link":
        return el("a", { href: segment.href, target: "_blank", rel: "noopener noreferrer nofollow" }, segment.text);
      default:
        return segment satisfies never;
    }
  });
}

/** The same for a name wherever it stands, and of the same hue as in the terminal. */
export function colorOf(name: string): string {
  return `color-${nameHue(name)}`;
}

export function initialOf(name: string): string {
  return ([...name][0] ?? "?").toUpperCase();
}

function atOf(entry: Entry): string {
  return entry.kind === "note" ? entry.at : entry.message.at;
}

function isGrouped(entry: Entry, before: Entry | undefined): boolean {
  if (entry.kind !== "message" || before?.kind !== "message") return false;
  const { from, at, text } = entry.message;
  const isNear = Date.parse(at) - Date.parse(before.message.at) < GROUP_MS;
  return before.message.from.id === from.id && before.message.from.name === from.name && isNear && !spoken(text).action;
}

function beginsNew(entry: Entry, before: Entry | undefined, { readSeq, you }: RowContext): boolean {
  const seq = seqOf(entry);
  if (readSeq === undefined || seq === undefined || seq <= readSeq) return false;
  if (entry.kind === "message" && entry.message.from.id === you?.id) return false;
  return seq === readSeq + 1 || (seqOf(before) ?? Infinity) <= readSeq;
}

function seqOf(entry: Entry | undefined): number | undefined {
  return entry?.kind === "message" && isRoomMessage(entry.message) ? entry.message.seq : undefined;
}
