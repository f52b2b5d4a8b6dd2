/** Lines of events that the terminal draws in its own way: lists in columns or by days, invites, and rejoined rooms. */

import type { AuditEvent, InviteEvent, JoinedEvent, RoomsEvent } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { inviteSentence, inviteWordsText } from "../../presentation/sentences/account_sentences.ts";
import { counted, scopeText } from "../../presentation/sentences/markup.ts";
import { auditSentence, auditText } from "../../presentation/sentences/moderation_sentences.ts";
import {
  becameSentence,
  joinedText,
  missedText,
  moreRow,
  roomsText,
} from "../../presentation/sentences/room_sentences.ts";
import { textWidth } from "../screen/text_width.ts";
import { type ReaderView, roomName, rule, sentenceLines, type Style, terminalMarkup } from "./line_style.ts";

/** A joined room. If it was joined before, on a link that broke, only news is shown. */
export function joinedLines(
  event: JoinedEvent,
  { known, wasAnother }: { readonly known: boolean; readonly wasAnother: boolean },
  style: Style,
): string[] {
  const markup = terminalMarkup(style);
  if (!known) return joinedText(event, markup).map((line) => `* ${line}`);
  const news = [...(wasAnother ? [becameSentence(event, markup)] : []), ...missedText(event, markup)];
  return news.map((line) => `* ${line}`);
}

/** The rooms of the server in columns, with their topics and unread counts. */
export function roomsLines(event: RoomsEvent, style: Style, reader: ReaderView): string[] {
  if (event.count === 0) return sentenceLines(roomsText(event, terminalMarkup(style)));
  const rooms = event.rooms.map((room) => ({ ...room, shown: roomName(room.name) }));
  const width = Math.max(...rooms.map(({ shown }) => textWidth(shown)));
  const digits = Math.max(...rooms.map((room) => counted(room.count).length));
  const row = ({ name, shown, count, topic }: typeof rooms[number]) => {
    const unread = reader.unread?.(name) ?? "";
    return `${style.palette.bold(shown)}${" ".repeat(width - textWidth(shown))}  ${
      counted(count).padStart(digits)
    } here  ${unread === "" ? "" : `(${unread})  `}${sanitizeLine(topic)}`.trimEnd();
  };
  const head = `${counted(event.count)} ${event.count === 1 ? "room" : "rooms"}`;
  return sentenceLines([head, ...rooms.map(row), ...moreRow(event.count - rooms.length)]);
}

/** An invite with the ways to use it. The server sends its secret only once. */
export function inviteLines(event: InviteEvent, style: Style): string[] {
  const ways = style.invitation?.(event) ?? [inviteWordsText(event)];
  const lines = sentenceLines([inviteSentence(event, terminalMarkup(style)), ...ways.map(sanitizeLine)]);
  return [...lines, ...style.qrCode?.(event) ?? []];
}

/** The actions of moderators, oldest first, with a rule for each day. */
export function auditLines(event: AuditEvent, style: Style): string[] {
  const { room, entries, more } = event;
  const markup = terminalMarkup(style);
  if (entries.length === 0) return sentenceLines(auditText(event, markup));
  let last: string | undefined;
  const dated = entries.toReversed().flatMap((entry) => {
    const day = style.times.day(entry.at);
    const lines = day === last ? [] : [rule(day, style)];
    last = day;
    const time = style.palette.dim(`[${style.times.time(entry.at)}]`);
    return [...lines, `${time} ${auditSentence(entry, room, markup)}`];
  });
  return [
    rule(`actions of moderators ${scopeText(room, markup)}`, style),
    ...dated,
    rule(more ? "end; older ones exist" : "end", style),
  ];
}
