/** What became of messages. What is printed stays as it is, so each change is a line of its own that names the message. */

import type { PendingMessage } from "../../client/delivery/outgoing_message.ts";
import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import type { Change, Quote, RoomMessage } from "../../protocol/messages/messages.ts";
import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";
import { INDENT, type ReaderView, type Style } from "./event_lines.ts";
import { roomName } from "./labels.ts";

/** In place of a text. */
export const DELETED = "(deleted)";

/** Nothing where a later change of the same message follows. */
export function changeLines(change: Change, { palette }: Style, reader: ReaderView): string[] {
  const where = change.room === reader.room ? "" : ` in ${roomName(change.room)}`;
  const did = whatWasDone(change);
  if (did === undefined) return [];
  const [first, ...rest] = sanitize(did).split("\n");
  const head = `* ${sanitizeLine(change.from.name)}${where} ${first}`;
  return [head, ...rest.map((line) => INDENT + line)].map((line) => palette.dim(line));
}

function whatWasDone(change: Change): string | undefined {
  const { of } = change;
  switch (change.type) {
    case "edited":
      return change.text === undefined ? undefined : `changed ${of.seq}: ${change.text}`;
    case "deleted":
      return `deleted ${of.seq}${of.from === undefined || of.from.id === change.from.id ? "" : ` of ${of.from.name}`}`;
    case "reacted":
      return `${change.removed ? `took ${change.emoji} from` : `reacted ${change.emoji} to`} ${of.seq}, ${quoteOf(of)}`;
    default:
      return change satisfies never;
  }
}

/** What waits to be acknowledged, on one line. */
export function pendingLine({ text, intent }: PendingMessage): string {
  const line = text.startsWith(ACTION_PREFIX) ? `* ${text.slice(ACTION_PREFIX.length)}` : text;
  switch (intent?.kind) {
    case undefined:
    case "reply":
      return sanitizeLine(line);
    case "edit":
      return sanitizeLine(`changed: ${line}`);
    case "delete":
      return "a message is deleted";
    case "react":
      return sanitizeLine(`${text} is ${intent.remove ? "taken away" : "put to a message"}`);
    default:
      return intent satisfies never;
  }
}

/** Stands above a reply. */
export function replyLines({ reply }: RoomMessage, { palette }: Style): string[] {
  return reply === undefined ? [] : [palette.dim(`${INDENT}> ${sanitizeLine(quoteOf(reply))}`)];
}

/** Stands below a message. */
export function reactionLines({ reactions = [] }: RoomMessage, { palette }: Style): string[] {
  if (reactions.length === 0) return [];
  const counts = reactions.map(({ emoji, count }) => `${sanitizeLine(emoji)} ${count}`);
  return [palette.dim(INDENT + counts.join("  "))];
}

function quoteOf({ seq, from, text }: Quote): string {
  return from === undefined ? `message ${seq}` : `${from.name}: ${text ?? DELETED}`;
}
