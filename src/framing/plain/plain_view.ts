/** Events as lines of plain text. Times are in the server's zone, since nc does not tell the reader's. */

import {
  changePlace,
  changeSentence,
  DELETED,
  EDITED,
  quotedMessage,
} from "../../presentation/sentences/change_sentences.ts";
import { eventText } from "../../presentation/sentences/event_text.ts";
import type { Markup } from "../../presentation/sentences/markup.ts";
import { fileText } from "../../presentation/sentences/file_text.ts";
import { waitingSentence } from "../../presentation/sentences/room_sentences.ts";
import { ACTION_PREFIX, DEFAULT_ROOM } from "../../protocol/conventions.ts";
import {
  type DirectMessage,
  type HistoryEvent,
  isOfRoom,
  type MemberInfo,
  type Message,
  type SearchEvent,
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
      return messageView(event);
    case "history":
      return pageView(event, event.messages);
    case "search":
      return pageView(event, event.messages.toReversed());
    case "edited":
    case "deleted":
    case "reacted":
      return star(changeSentence(event, { where: changePlace(event, DEFAULT_ROOM) }));
    case "error":
      return `! ${sanitizeLine(event.message)}\n`;
    default:
      return eventText(event, PLAIN_MARKUP, { you: self, place: DEFAULT_ROOM }).map(star).join("");
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

function messageView(message: Message): string {
  const start = `[${clockTime(message.at)}] `;
  const { from } = message;
  const action = message.text.startsWith(ACTION_PREFIX) && !message.deleted;
  const prefix = isOfRoom(message) ? roomPrefix(message.room) : `${sidesOf(message)}${action ? " " : ": "}`;
  const author = action ? `* ${from.name} ` : isOfRoom(message) ? `${from.name}: ` : "";
  const text = textView(message, start + prefix + author, action);
  return quoteView(message) + text + fileView(message) + waitingView(message);
}

/** The file of a message, below its text, and how to get it. */
function fileView({ file, seq, deleted }: Message): string {
  if (file === undefined || deleted) return "";
  return `    ${unpadded(sanitizeLine(`[${fileText(file)}: /get ${seq}]`))}\n`;
}

/** Below an own direct message: users of nc get no acknowledgement. */
function waitingView(message: Message): string {
  if (isOfRoom(message) || !message.waiting) return "";
  return star(waitingSentence(message.with.name, PLAIN_MARKUP));
}

/** Messages of the default room carry no room. */
function roomPrefix(room: string): string {
  return room === DEFAULT_ROOM ? "" : `#${room} `;
}

function sidesOf({ from, with: partner }: DirectMessage): string {
  return from.id === partner.id ? `${from.name} to you` : `you to ${partner.name}`;
}

function textView(message: Message, head: string, action: boolean): string {
  if (message.deleted) return `${sanitizeLine(head)}${DELETED}\n`;
  const text = action ? message.text.slice(ACTION_PREFIX.length) : message.text;
  return `${sanitizeLine(head)}${body(text)}${sanitizeLine(suffix(message))}\n`;
}

/** The message that a reply quotes, above it. */
function quoteView({ reply }: Message): string {
  return reply === undefined ? "" : `    > ${sanitizeLine(quotedMessage(reply))}\n`;
}

/** The mark of an edit and the reactions, after a text. */
function suffix({ edited, reactions = [] }: Message): string {
  const counts = reactions.map(({ emoji, count }) => `${emoji} ${count}`).join("  ");
  return `${edited ? ` ${EDITED}` : ""}${counts === "" ? "" : `  ${counts}`}`;
}

/** A page of messages, oldest first. */
function pageView({ room, with: partner }: HistoryEvent | SearchEvent, messages: readonly Message[]): string {
  if (messages.length > 0) return messages.map(messageView).join("");
  return star(room === undefined ? `No messages with ${partner?.name} found` : `No messages found in #${room}`);
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
