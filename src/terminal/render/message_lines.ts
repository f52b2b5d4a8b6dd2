/** Lines of messages: one message, and the pages of `/history` and `/search`. */

import { DELETED, EDITED } from "../../presentation/sentences/change_sentences.ts";
import { type Markup, memberText } from "../../presentation/sentences/markup.ts";
import { fileText } from "../../presentation/sentences/file_text.ts";
import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import { isCheckedMedia } from "../../protocol/files/media_types.ts";
import {
  type DirectMessage,
  type HistoryEvent,
  isOfRoom,
  keyOfPage,
  type MemberInfo,
  type Message,
  placeKey,
  type SearchEvent,
} from "../../protocol/messages/messages.ts";
import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";
import { reactionLines, replyLines } from "./change_lines.ts";
import {
  INDENT,
  pageName,
  quoteText,
  type ReaderView,
  roomName,
  rule,
  type Style,
  terminalMarkup,
} from "./line_style.ts";
import type { Palette } from "./palette.ts";
import { drawText } from "./text_lines.ts";

/** The lines of a message. With `numbered`, its seq follows the time, for commands such as `/reply 12 yes`. */
export function messageLines(message: Message, style: Style, reader: ReaderView, numbered?: "numbered"): string[] {
  const lines = textLines(message, style, reader, numbered);
  return [...replyLines(message, style), ...lines, ...fileLines(message, style), ...reactionLines(message, style)];
}

function textLines(message: Message, style: Style, reader: ReaderView, numbered: "numbered" | undefined): string[] {
  const { palette, times } = style;
  const time = palette.dim(`[${times.time(message.at)}${numbered ? ` · ${message.seq}` : ""}]`);
  const action = message.text.startsWith(ACTION_PREFIX);
  const text = sanitize(action ? message.text.slice(ACTION_PREFIX.length) : message.text);
  const drawn = drawText(text, style, mentionWords(message, style, reader));
  const [first = "", ...rest] = drawn.lines;
  const mark = stateMark(message, palette);
  const lines = [`${time} ${headOf(message, action, style, reader)} ${first}`, ...rest.map((line) => INDENT + line)];
  if (mark === "") return lines;
  return drawn.open ? [...lines.slice(0, -1), lines.at(-1)! + mark] : [...lines, INDENT + mark.trimStart()];
}

/** The card of the message's file, below its text. */
function fileLines({ file, seq, deleted }: Message, { palette, saves }: Style): string[] {
  if (file === undefined || deleted) return [];
  const next = saves !== true ? "" : isCheckedMedia(file.media) ? `: /open ${seq} or /save ${seq}` : `: /save ${seq}`;
  return [INDENT + palette.dim(sanitizeLine(`[${fileText(file)}${next}]`))];
}

/** Says that the message was edited or deleted after it was sent. */
function stateMark({ edited, deleted }: Message, palette: Palette): string {
  if (deleted) return palette.dim(DELETED);
  return edited ? ` ${palette.dim(EDITED)}` : "";
}

/** The author, and the place unless the reader looks there. */
function headOf(message: Message, action: boolean, style: Style, reader: ReaderView): string {
  const markup = terminalMarkup(style);
  const name = sender(message.from, action, markup);
  if (placeKey(message) === reader.place) return name;
  if (isOfRoom(message)) return `${style.palette.bold(roomName(message.room))} ${name}`;
  return `${directMark(message, markup)}${action ? ` ${name}` : ":"}`;
}

function sender(from: MemberInfo, action: boolean, markup: Markup): string {
  const name = memberText(from, markup);
  return action ? `* ${name}` : `${name}:`;
}

function directMark({ from, with: partner }: DirectMessage, markup: Markup): string {
  const arrow = markup.strong("→");
  return from.id === partner.id
    ? `${memberText(from, markup)} ${arrow} you`
    : `you ${arrow} ${markup.name(partner.name)}`;
}

/** The words of a message that mention the reader. A reader's own messages mention nobody. */
export function mentionWords({ from }: Message, { keywords = [] }: Style, { you }: ReaderView): readonly string[] {
  if (you === undefined || from.id === you.id) return [];
  return [you.name, ...keywords];
}

export function historyLines(event: HistoryEvent, style: Style, reader: ReaderView): string[] {
  const place = pageName(event);
  if (event.messages.length === 0) return [`* There are no older messages in ${place}`];
  const end = event.more ? "end; /history again shows older ones" : "end; there are no older ones";
  return [
    rule(`older messages of ${place}`, style),
    ...datedMessages(event.messages, style, { ...reader, place: keyOfPage(event) }),
    rule(end, style),
  ];
}

export function searchLines(event: SearchEvent, style: Style, reader: ReaderView): string[] {
  // A query with phrases already has quotation marks.
  const query = event.query.includes('"') ? sanitizeLine(event.query) : quoteText(event.query);
  const what = `${query} in ${pageName(event)}`;
  if (event.messages.length === 0) return [`* Nothing found for ${what}`];
  return [
    rule(`found for ${what}`, style),
    ...datedMessages(event.messages.toReversed(), { ...style, formatting: false }, {
      ...reader,
      place: keyOfPage(event),
    }),
    rule(event.more ? "end; there are more" : "end", style),
  ];
}

/** Messages with a rule for each day, the first one included. */
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
