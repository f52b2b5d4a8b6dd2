/** The parts of a message: its quote, its text, its reactions and its time. */

import { nameHue } from "../../client/text/name_color.ts";
import { formatText, textAsTyped } from "../../client/formatting/text_formatter.ts";
import { MAX_REACTIONS_PER_MESSAGE } from "../../protocol/limits.ts";
import type { MemberInfo, Message, Quote } from "../../protocol/messages/messages.ts";
import { sanitize } from "../../protocol/text/sanitize.ts";
import { reactorsOf, type ReceivedMessage } from "../model/reactions.ts";
import { splitAction } from "../model/conversation.ts";
import { setSource } from "./text/copied_text.ts";
import { el, setAttribute } from "./dom.ts";
import { blockNodes, partNodes } from "./text/text_nodes.ts";

const DELETED = "message deleted";

/** One line, truncated by the style sheet. A linked quote is a button that holds the seq of the quoted message. */
export function quoteElement({ seq, from, text }: Quote, linked: boolean): HTMLElement {
  const parts = from === undefined ? ["A message that was removed"] : [
    el("bdi", { class: `from ${colorClass(from.name)}` }, from.name),
    ": ",
    text === undefined ? DELETED : el("bdi", {}, splitAction(text).text),
  ];
  const content = [el("span", { class: "visually-hidden" }, "In reply to "), ...parts];
  return linked
    ? el("button", { type: "button", class: "quote", "data-of": String(seq), title: "Show this message" }, ...content)
    : el("p", { class: "quote" }, ...content);
}

export interface TextOptions {
  /** Words that are marked: they mention the user. */
  readonly words: readonly string[];
  readonly formatted: boolean;
}

export function messageText(message: Message, options: TextOptions): HTMLElement {
  const { edited, deleted } = message;
  if (deleted) return el("p", { class: "text gone" }, DELETED);
  const element = textElement(message.text, options);
  if (!edited) return element;
  const last = element.lastElementChild;
  const mark = el("span", { class: "mark", title: "The author changed the text" }, "edited");
  if (element.tagName === "P") element.append(" ", mark);
  else if (last?.tagName === "P") last.append(" ", mark);
  else element.append(mark);
  return element;
}

/** The text of a message: one paragraph, or a box with several blocks. */
export function textElement(typed: string, { words, formatted }: TextOptions): HTMLElement {
  const { text, action } = splitAction(sanitize(typed));
  const blocks = formatted ? formatText(text) : textAsTyped(text);
  const [first] = blocks;
  const element = first?.type === "paragraph" && blocks.length === 1
    ? el("p", { dir: "auto" }, ...partNodes(first.parts, words))
    : el("div", {}, ...blockNodes(blocks, { words, dir: "auto" }));
  setAttribute(element, "class", action ? "text action" : "text");
  if (formatted) setSource(element, text);
  return element;
}

/** `undefined` if there are no reactions. */
export function reactionsElement(
  { message, reactors }: ReceivedMessage,
  you: MemberInfo | undefined,
): HTMLElement | undefined {
  const reactions = (message.reactions ?? []).slice(0, MAX_REACTIONS_PER_MESSAGE);
  if (reactions.length === 0) return undefined;
  const chips = reactions.map((reaction) => {
    const title = reactorsOf(reaction, reactors, you);
    return el("li", { class: "reaction", title }, `${reaction.emoji} ${reaction.count}`);
  });
  return el("ul", { class: "reactions", "aria-label": "Reactions" }, ...chips);
}

/** The style class of a name's colour, which has the same hue as in the terminal. */
export function colorClass(name: string): string {
  return `color-${nameHue(name)}`;
}

// Times, in the time zone and format of the browser.

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const BOTH = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
/** Formatted times that are kept: formatting is slow, and neighbouring messages share most times. */
const CACHED = 512;

/** `14:05` or `2:05 PM`, in the format of the browser. */
export const formatTime = cached(TIME, 16);
/** `Friday, 20 November 2026`, in the format of the browser. */
export const formatDay = cached(DAY, 16);
/** Date and time to the second, in the format of the browser. */
export const formatMoment = cached(BOTH, 19);

/** The first `chars` characters of an RFC 3339 time in UTC decide the result. */
function cached(format: Intl.DateTimeFormat, chars: number): (at: string) => string {
  const texts = new Map<string, string>();
  return (at) => {
    const key = at.slice(0, chars);
    let text = texts.get(key);
    if (text === undefined) {
      const ms = Date.parse(at);
      text = Number.isNaN(ms) ? "–" : format.format(ms);
      if (texts.size >= CACHED) texts.clear();
      texts.set(key, text);
    }
    return text;
  };
}
