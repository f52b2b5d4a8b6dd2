/** Messages as lines: one by one, and the pages of them that `/history` and `/search` bring. */

import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import {
  type HistoryEvent,
  isRoomMessage,
  type MemberInfo,
  type Message,
  type RoomMessage,
  type SearchEvent,
} from "../../protocol/messages/messages.ts";
import { type Segment, segmentsOf } from "../../client/text/text_segments.ts";
import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";
import { DELETED, reactionLines, replyLines } from "./change_lines.ts";
import { INDENT, quoteText, type ReaderView, rule, type Style } from "./event_lines.ts";
import { memberName, roomName } from "./labels.ts";
import type { Palette } from "./palette.ts";

/** `numbered` with its seq, by which one can say which message one means. */
export function messageLines(message: Message, style: Style, reader: ReaderView, numbered?: "numbered"): string[] {
  const lines = textLines(message, style, reader, numbered);
  if (!isRoomMessage(message)) return lines;
  return [...replyLines(message, style), ...lines, ...reactionLines(message, style)];
}

function textLines(message: Message, style: Style, reader: ReaderView, numbered: "numbered" | undefined): string[] {
  const { palette, times } = style;
  const time = palette.dim(
    `[${times.time(message.at)}${numbered && isRoomMessage(message) ? ` · ${message.seq}` : ""}]`,
  );
  const action = message.text.startsWith(ACTION_PREFIX);
  const text = sanitize(action ? message.text.slice(ACTION_PREFIX.length) : message.text);
  const [first, ...rest] = marked(text.split("\n"), message, style, reader) as [string];
  const mark = isRoomMessage(message) ? stateMark(message, palette) : "";
  const head = isRoomMessage(message)
    ? roomMark(message.room, palette, reader) + sender(message.from, action, palette)
    : `${directMark(message, palette, reader)}${action ? ` ${sender(message.from, true, palette)}` : ":"}`;
  const lines = [`${time} ${head} ${first}`, ...rest.map((line) => INDENT + line)];
  return mark === "" ? lines : [...lines.slice(0, -1), lines.at(-1)! + mark];
}

/** That it is not as it was sent. */
function stateMark({ edited, deleted }: RoomMessage, palette: Palette): string {
  if (deleted) return palette.dim(DELETED);
  return edited ? ` ${palette.dim("(changed)")}` : "";
}

function sender(from: MemberInfo, action: boolean, palette: Palette): string {
  const name = memberName(from, palette);
  return action ? `* ${name}` : `${name}:`;
}

function directMark(message: Extract<Message, { to: MemberInfo }>, palette: Palette, reader: ReaderView): string {
  const side = (member: MemberInfo) => member.id === reader.you?.id ? "you" : memberName(member, palette);
  return `${side(message.from)} ${palette.bold("→")} ${side(message.to)}`;
}

function roomMark(room: string, palette: Palette, reader: ReaderView): string {
  return room === reader.room ? "" : `${palette.bold(roomName(room))} `;
}

/** What stands between lines of three backquotes is code: it is left as it is. */
function marked(lines: readonly string[], message: Message, style: Style, reader: ReaderView): string[] {
  const words = callsOf(message, style, reader);
  let code = false;
  return lines.map((line) => {
    const fence = /^\s*```/.test(line);
    if (fence) code = !code;
    return fence || code ? line : segmentsOf(line, words).map((segment) => drawn(segment, style)).join("");
  });
}

function drawn(segment: Segment, { palette, links }: Style): string {
  switch (segment.kind) {
    case "text":
      return segment.text;
    case "mention":
      return palette.mention(segment.text);
    case "link": {
      const text = palette.link(segment.text);
      return links ? `\x1b]8;;${segment.href}\x1b\\${text}\x1b]8;;\x1b\\` : text;
    }
    default:
      return unknownSegment(segment);
  }
}

function unknownSegment(segment: never): never {
  throw new Error(`Cannot draw ${JSON.stringify(segment)}`);
}

/** The words that call the reader in this message; one's own calls nobody. */
export function callsOf({ from }: Message, { keywords = [] }: Style, { you }: ReaderView): readonly string[] {
  if (you === undefined || from.id === you.id) return [];
  return [you.name, ...keywords];
}

export function historyLines(event: HistoryEvent, style: Style, reader: ReaderView): string[] {
  const room = roomName(event.room);
  if (event.messages.length === 0) return [`* There is nothing older in ${room}`];
  const end = event.more ? "end, /history again shows older ones" : "end, nothing is older";
  return [
    rule(`older messages of ${room}`, style),
    ...datedMessages(event.messages, style, { ...reader, room: event.room }),
    rule(end, style),
  ];
}

export function searchLines(event: SearchEvent, style: Style, reader: ReaderView): string[] {
  // Phrases bring quotes of their own.
  const query = event.query.includes('"') ? sanitizeLine(event.query) : quoteText(event.query);
  const found = `${query} in ${roomName(event.room)}`;
  if (event.messages.length === 0) return [`* Nothing found for ${found}`];
  return [
    rule(`found for ${found}`, style),
    ...datedMessages(event.messages.toReversed(), style, { ...reader, room: event.room }),
    rule(event.more ? "end, there is more" : "end", style),
  ];
}

/** With the day wherever it changes, the first one included. */
function datedMessages(messages: readonly Message[], style: Style, reader: ReaderView): string[] {
  let last: string | undefined;
  return messages.flatMap((message) => {
    const day = style.times.day(message.at);
    const lines = messageLines(message, style, reader, "numbered");
    if (day !== last) lines.unshift(rule(day, style));
    last = day;
    return lines;
  });
}
