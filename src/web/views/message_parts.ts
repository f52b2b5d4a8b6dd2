/** What a message consists of: what it answers, what it says, and which emoji were put to it. */

import { nameHue } from "../../client/text/name_color.ts";
import { segmentsOf } from "../../client/text/text_segments.ts";
import { MAX_REACTIONS_PER_MESSAGE } from "../../protocol/limits.ts";
import { isRoomMessage, type MemberInfo, type Message, type Quote } from "../../protocol/messages/messages.ts";
import { reactorsOf, type ReceivedMessage } from "../model/reactions.ts";
import { spoken } from "../model/conversation.ts";
import { type Child, el } from "./dom.ts";

const DELETED = "message deleted";

/** One line, cut by the style. As a button it carries the seq of what it quotes. */
export function quoteElement({ seq, from, text }: Quote, linked: boolean): HTMLElement {
  const parts = from === undefined ? ["A message that is not kept any more"] : [
    el("bdi", { class: `from ${colorOf(from.name)}` }, from.name),
    ": ",
    text === undefined ? DELETED : el("bdi", {}, spoken(text).text),
  ];
  const content = [el("span", { class: "visually-hidden" }, "In answer to "), ...parts];
  return linked
    ? el("button", { type: "button", class: "quote", "data-of": String(seq), title: "Show this message" }, ...content)
    : el("p", { class: "quote" }, ...content);
}

/** `name` is the reader's, to be marked. */
export function textParts(message: Message, name: string | undefined): HTMLElement {
  const { edited, deleted } = isRoomMessage(message) ? message : {};
  if (deleted) return el("p", { class: "text gone" }, DELETED);
  const { text, action } = spoken(message.text);
  const mark = edited ? [" ", el("span", { class: "mark", title: "Its text was another one before" }, "edited")] : [];
  return el("p", { class: action ? "text action" : "text", dir: "auto" }, ...textOf(text, name), ...mark);
}

/** Nothing where there are none. */
export function reactionsElement(
  { message, reactors }: ReceivedMessage,
  you: MemberInfo | undefined,
): HTMLElement | undefined {
  const reactions = isRoomMessage(message) ? (message.reactions ?? []).slice(0, MAX_REACTIONS_PER_MESSAGE) : [];
  if (reactions.length === 0) return undefined;
  const chips = reactions.map((reaction) => {
    const title = reactorsOf(reaction, reactors, you);
    return el("li", { class: "reaction", title }, `${reaction.emoji} ${reaction.count}`);
  });
  return el("ul", { class: "reactions", "aria-label": "Reactions" }, ...chips);
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
