/** What the server says as lines for people. Whatever a peer wrote goes through `sanitize` here and nowhere else. */

import type {
  InviteEvent,
  JoinedEvent,
  LeaveEvent,
  MemberInfo,
  MembersEvent,
  PresenceEvent,
  RenameEvent,
  RoomsEvent,
  TopicEvent,
} from "../../protocol/messages/messages.ts";
import { audible } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { counted, displayName, legend, more, nameList, ranked, roomName } from "./labels.ts";
import type { Palette } from "./palette.ts";
import type { Times } from "./time_format.ts";
import { textWidth } from "../screen/text_width.ts";

/** How lines look. */
export interface Style {
  readonly palette: Palette;
  readonly times: Times;
  /** Words that call the reader beside the name. */
  readonly keywords?: readonly string[];
  /** Whether addresses are marked for the terminal as links. */
  readonly links?: boolean;
  /** How others come in by an invite; without it, its words alone are told. */
  readonly invitation?: (invite: InviteEvent) => readonly string[];
  /** The same as rows of a picture, shown as they are. */
  readonly qrCode?: (invite: InviteEvent) => readonly string[];
}

/** Who reads, and where. */
export interface ReaderView {
  readonly you?: MemberInfo;
  /** The current room: its lines carry no mark. */
  readonly room?: string;
  /** What is unread of a room, in words; empty for nothing. */
  readonly unread?: (room: string) => string;
}

/** As wide as `[12:03] `: what follows a line break stands below the time, so that no text can pose as another line. */
export const INDENT = "        ";

/** The first time in this room; coming back after a broken link says nothing but what it has to. */
export function joinedLines(event: JoinedEvent, known: boolean, style: Style): string[] {
  const { palette } = style;
  const room = roomName(event.room.name);
  const lost = event.truncated ? [`* Older messages of ${room} that you missed are not shown: /history has them`] : [];
  if (known) return lost;
  const others = event.members.filter((member) => member.id !== event.you.id);
  const company = event.count <= 1
    ? "nobody else is here"
    : `${counted(event.count)} here: ${nameList(others, event.count - 1, palette)}`;
  const topic = event.room.topic === "" ? [] : [`* Topic of ${room}: ${sanitizeLine(event.room.topic)}`];
  const head = `* You are ${displayName(event.you.name, palette)} in ${palette.bold(room)}, ${company}`;
  return [head, ...topic, ...rulesOf(event), ...lost];
}

/** What a newcomer has to know. */
function rulesOf({ room: { name, locked, slow } }: JoinedEvent): string[] {
  return [
    ...(locked ? [`* ${roomName(name)} is locked: nobody new comes in just so`] : []),
    ...(slow === undefined ? [] : [`* ${roomName(name)} is slow: one message every ${counted(slow)} s for each`]),
  ];
}

/** Behind the same link, or the next one, we are somebody else. */
export function becameLine({ you }: JoinedEvent, style: Style): string {
  return `* You are ${displayName(you.name, style.palette)} now`;
}

export function joinLine(room: string, member: MemberInfo, style: Style, reader: ReaderView): string {
  const name = displayName(member.name, style.palette);
  return `* ${name} joined${place(room, style.palette, reader)}${
    member.new ? `, and is not the ${name} from before` : ""
  }`;
}

export function leaveLine(event: LeaveEvent, style: Style, reader: ReaderView): string {
  const where = place(event.room, style.palette, reader);
  if (event.member.id === reader.you?.id) {
    if (event.reason === "kicked") return `* You were sent out of ${roomName(event.room)}`;
    if (event.reason === "removed") return `* ${roomName(event.room)} was removed, with all that was said there`;
    return `* You left ${roomName(event.room)}${leaveReason(event)}`;
  }
  return `* ${displayName(event.member.name, style.palette)} left${where}${leaveReason(event)}`;
}

function leaveReason({ reason }: LeaveEvent): string {
  switch (reason) {
    case "left":
    case "closed":
      return "";
    case "timeout":
      return " (no answer)";
    case "slow":
      return " (too slow a connection)";
    case "kicked":
      return " (removed)";
    case "shutdown":
      return " (the server stops)";
    case "removed":
      return " (the room was removed)";
    default:
      return unknownReason(reason);
  }
}

function unknownReason(_: never): string {
  return "";
}

export function presenceLines(event: PresenceEvent, style: Style, reader: ReaderView): string[] {
  const { palette } = style;
  const { joined, left } = audible(event);
  const parts = [
    ...(joined.length > 0 ? [`${nameList(joined, joined.length, palette)} joined`] : []),
    ...(left.length > 0 ? [`${nameList(left, left.length, palette)} left`] : []),
  ];
  if (parts.length === 0) return [];
  return [`* ${parts.join("; ")}${place(event.room, palette, reader)} (${counted(event.count)} here)`];
}

export function renameLine(event: RenameEvent, style: Style, reader: ReaderView): string {
  const now = displayName(event.member.name, style.palette);
  if (event.member.id === reader.you?.id) return `* You are now ${now}`;
  const mark = event.member.new ? `, and is not the ${now} from before` : "";
  return `* ${displayName(event.was, style.palette)} is now ${now}${mark}`;
}

/** The answer to a direct message whose receiver is away. */
export function waitingLine(name: string, style: Style): string {
  return `* ${displayName(name, style.palette)} is away: your message waits for them`;
}

export function topicLine(event: TopicEvent, style: Style, reader: ReaderView): string {
  const by = event.by.id === reader.you?.id ? "You" : displayName(event.by.name, style.palette);
  const where = event.room === reader.room ? "" : ` of ${roomName(event.room)}`;
  if (event.text === "") return `* ${by} cleared the topic${where}`;
  return `* ${by} set the topic${where}: ${sanitizeLine(event.text)}`;
}

export function membersLine(event: MembersEvent, style: Style): string {
  const { palette } = style;
  return `* ${counted(event.count)} in ${palette.bold(roomName(event.room))}: ${
    event.members.map((member) => ranked(member, palette)).join(", ")
  }${more(event.count - event.members.length)}${legend(event.members)}`;
}

export function roomsLines(event: RoomsEvent, style: Style, reader: ReaderView): string[] {
  if (event.count === 0) return ["* There are no rooms yet: /join ROOM makes one"];
  const rooms = event.rooms.map((room) => ({ ...room, shown: roomName(room.name) }));
  const wide = Math.max(...rooms.map(({ shown }) => textWidth(shown)));
  const digits = Math.max(...rooms.map((room) => counted(room.count).length));
  const line = ({ name, shown, count: members, topic }: typeof rooms[number]) => {
    const unread = reader.unread?.(name) ?? "";
    return `  ${style.palette.bold(shown)}${" ".repeat(wide - textWidth(shown))}  ${
      counted(members).padStart(digits)
    } here  ${unread === "" ? "" : `(${unread})  `}${sanitizeLine(topic)}`.trimEnd();
  };
  const rest = event.count - rooms.length;
  return [
    `* ${counted(event.count)} ${event.count === 1 ? "room" : "rooms"}`,
    ...rooms.map(line),
    ...(rest > 0 ? [`  and ${counted(rest)} more`] : []),
  ];
}

/** A line that parts what is above it from what is below. */
export function rule(text: string, style: Style): string {
  return style.palette.dim(`--- ${text} ---`);
}

/** A failure: what happened and, after a colon, what to do. */
export function errorLine(text: string, style: Style): string {
  return style.palette.error(`! ${sanitizeLine(text)}`);
}

/** A text as it is named in a sentence, cut where it gets long. */
export function quoteText(text: string): string {
  const line = sanitizeLine(text);
  const chars = [...line];
  return `"${chars.length > 60 ? `${chars.slice(0, 60).join("")}…` : line}"`;
}

/** ` #room`, but for the current one. */
export function place(room: string, palette: Palette, reader: ReaderView): string {
  return room === reader.room ? "" : ` ${palette.bold(roomName(room))}`;
}
