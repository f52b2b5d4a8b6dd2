/** The part of sentences that differs by client, and the names and counts that all sentences share. */

import type { MemberInfo } from "../../protocol/messages/messages.ts";
import type { ClientKind } from "../commands/slash_command.ts";

/**
 * How a client writes the parts of a sentence. Text by members reaches a sentence only through `name` and `text`, so a
 * client sanitises it there, or sanitises the whole sentence.
 */
export interface Markup {
  readonly client: ClientKind;
  /** How many members a list names before it counts the rest. */
  readonly maxNames: number;
  /** The name of a member. */
  name(name: string): string;
  /** Any other text by members, on one line. */
  text(text: string): string;
  /** A part that stands out. Receives text that has been through `text`. */
  strong(text: string): string;
  /** A date with its time, from RFC 3339. */
  moment(at: string): string;
}

/** The reader of a sentence. */
export interface Reader {
  readonly you?: MemberInfo;
  /** The room or conversation that needs no mention, by its key. */
  readonly place?: string;
}

/** A room with its `#`. */
export function roomText(room: string, markup: Markup): string {
  return `#${markup.text(room)}`;
}

/** ` #room` after the subject of a sentence; empty for the reader's room. */
export function roomMark(room: string, markup: Markup, reader: Reader): string {
  return room === reader.place ? "" : ` ${markup.strong(roomText(room, markup))}`;
}

/** `the whole server`, or the room. */
export function placeText(room: string | undefined, markup: Markup): string {
  return room === undefined ? "the whole server" : roomText(room, markup);
}

/** `on this server`, or `in #room`. */
export function scopeText(room: string | undefined, markup: Markup): string {
  return room === undefined ? "on this server" : `in ${roomText(room, markup)}`;
}

/** A name, marked if another member had it before. */
export function memberText(member: MemberInfo, markup: Markup): string {
  return `${markup.name(member.name)}${member.new ? " (new)" : ""}`;
}

/** A name, with `@` for moderators and owners. */
export function rankedMember(member: MemberInfo, markup: Markup): string {
  return `${member.role === undefined ? "" : "@"}${memberText(member, markup)}`;
}

/** Explains the marks of `rankedMember` that occur; empty for none. */
export function rankLegend(members: readonly MemberInfo[]): string {
  const marks = [
    ...(members.some(({ role }) => role !== undefined) ? ["@ moderates"] : []),
    ...(members.some((member) => member.new) ? ["new: not the member who had the name before"] : []),
  ];
  return marks.length === 0 ? "" : ` (${marks.join(", ")})`;
}

/** The first names, and how many more of `total` there are. */
export function nameList(members: readonly MemberInfo[], total: number, markup: Markup): string {
  const names = members.slice(0, markup.maxNames).map((member) => memberText(member, markup));
  return names.join(", ") + moreText(total - names.length);
}

/** ` and 3 more`; empty for none. */
export function moreText(rest: number): string {
  return rest > 0 ? ` and ${counted(rest)} more` : "";
}

/** A number with separators of thousands. */
export function counted(value: number): string {
  return value.toLocaleString("en");
}

/** Begins a row of a list: its number, or on nc its id, since the server keeps no list for each connection. */
export function entryMark(index: number, id: string, { client }: Markup): string {
  return client === "plain" ? `${id} ` : `${index + 1}. `;
}

/** How an entry of a list is named in a command. */
export function entryWord({ client }: Markup): "N" | "ID" {
  return client === "plain" ? "ID" : "N";
}
