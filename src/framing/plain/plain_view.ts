/** Events as lines of plain text. Times are in the server's zone, since nc does not tell the reader's. */

import { changeSentence, DELETED, EDITED, quotedMessage } from "../../presentation/sentences/change_sentences.ts";
import { eventText } from "../../presentation/sentences/event_text.ts";
import type { Markup } from "../../presentation/sentences/markup.ts";
import { ACTION_PREFIX, DEFAULT_ROOM } from "../../protocol/conventions.ts";
import {
  isRoomMessage,
  type MemberInfo,
  type Message,
  type RoomMessage,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";
import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";

/** Sentences without any markup: `star` sanitises each line as a whole. */
export const PLAIN_MARKUP: Markup = {
  client: "plain",
  maxNames: 20,
  name: (name) => name,
  text: (text) => text,
  strong: (text) => text,
  moment: dateTime,
};

/**
 * Returns the lines of an event, each with a line feed; empty for an event that says nothing. `self` is the reader, if the
 * event goes to one alone.
 */
export function plainView(event: ServerEvent, self?: MemberInfo): string {
  switch (event.type) {
    case "message":
      return messageView(event, self);
    case "history":
      return pageView(event.room, event.messages, self);
    case "search":
      return pageView(event.room, event.messages.toReversed(), self);
    case "edited":
    case "deleted":
    case "reacted":
      return star(changeSentence(event, { where: event.room === DEFAULT_ROOM ? "" : ` in #${event.room}` }));
    case "error":
      return `! ${sanitizeLine(event.message)}\n`;
    default:
      return eventText(event, PLAIN_MARKUP, { you: self, room: DEFAULT_ROOM }).map(star).join("");
  }
}

/** A line of the server itself, marked with a star. */
export function star(text: string): string {
  return `* ${unpadded(sanitizeLine(text))}\n`;
}

const MAX_BLANKS = 8;
const PADDING = new RegExp(`(?<=\\S[\\p{Zs}\\t]{${MAX_BLANKS}})[\\p{Zs}\\t]+(?=\\S)`, "gu");

/**
 * Cuts runs of blanks between words to `MAX_BLANKS`. A terminal continues in the first column when a row is full: with
 * blanks up to there, a text could show what looks like a line of another member.
 */
function unpadded(text: string): string {
  return text.replace(PADDING, "");
}

function messageView(message: Message, self: MemberInfo | undefined): string {
  const start = `[${clockTime(message.at)}] `;
  if (isRoomMessage(message)) {
    return quoteView(message) + textView(message, start + roomPrefix(message.room), `${message.from.name}: `);
  }
  const sender = message.from.id === self?.id ? "you" : message.from.name;
  const receiver = message.to.id === self?.id ? "you" : message.to.name;
  return textView(message, start, `${sender} to ${receiver}: `);
}

/** Messages of the default room carry no room. */
function roomPrefix(room: string): string {
  return room === DEFAULT_ROOM ? "" : `#${room} `;
}

function textView(message: Message, start: string, head: string): string {
  const end = isRoomMessage(message) ? sanitizeLine(suffix(message)) : "";
  if ("deleted" in message && message.deleted) return `${sanitizeLine(start + head)}${DELETED}\n`;
  if (!message.text.startsWith(ACTION_PREFIX)) return `${sanitizeLine(start + head)}${body(message.text)}${end}\n`;
  return `${sanitizeLine(`${start}* ${message.from.name} `)}${body(message.text.slice(ACTION_PREFIX.length))}${end}\n`;
}

/** The message that a reply quotes, above it. */
function quoteView({ reply }: RoomMessage): string {
  return reply === undefined ? "" : `    > ${sanitizeLine(quotedMessage(reply))}\n`;
}

/** The mark of an edit and the reactions, after a text. */
function suffix({ edited, reactions = [] }: RoomMessage): string {
  const counts = reactions.map(({ emoji, count }) => `${emoji} ${count}`).join("  ");
  return `${edited ? ` ${EDITED}` : ""}${counts === "" ? "" : `  ${counts}`}`;
}

/** A page of messages, oldest first. */
function pageView(room: string, messages: readonly Message[], self: MemberInfo | undefined): string {
  if (messages.length === 0) return star(`No messages found in #${room}`);
  return messages.map((message) => messageView(message, self)).join("");
}

/** Further lines are indented, so that a text cannot pose as the message of another member. */
function body(text: string): string {
  return unpadded(sanitize(text)).replaceAll("\n", "\n    ");
}

/** `12:03` */
function clockTime(at: string): string {
  const time = new Date(at);
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

/** `2026-01-02 12:03` */
function dateTime(at: string): string {
  const time = new Date(at);
  const date = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join("-");
  return `${date} ${clockTime(at)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
