/** How people and rooms are named in lines. Whatever a peer wrote goes through `sanitizeLine`. */

import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Palette } from "./palette.ts";

const NAMES_LISTED = 20;

export function roomName(room: string): string {
  return `#${sanitizeLine(room)}`;
}

/** With a mark at those who moderate. */
export function ranked(member: MemberInfo, palette: Palette): string {
  return `${member.role === undefined ? "" : "@"}${memberName(member, palette)}`;
}

/** Says what the marks mean, where there are any. */
export function legend(members: readonly MemberInfo[]): string {
  const marks = [
    ...(members.some(({ role }) => role !== undefined) ? ["@ moderates"] : []),
    ...(members.some((member) => member.new) ? ["new: not whoever had the name before"] : []),
  ];
  return marks.length === 0 ? "" : ` (${marks.join(", ")})`;
}

/** With a mark at a name that somebody else had. */
export function memberName(member: MemberInfo, palette: Palette): string {
  return `${displayName(member.name, palette)}${member.new ? " (new)" : ""}`;
}

export function displayName(name: string, palette: Palette): string {
  return palette.name(sanitizeLine(name));
}

/** Some of them, and how many more there are of `total`. */
export function nameList(members: readonly MemberInfo[], total: number, palette: Palette): string {
  const names = members.slice(0, NAMES_LISTED).map((member) => memberName(member, palette));
  return names.join(", ") + more(total - names.length);
}

/** ` and 3 more`; nothing for none. */
export function more(rest: number): string {
  return rest > 0 ? ` and ${counted(rest)} more` : "";
}

/** As people write numbers. */
export function counted(value: number): string {
  return value.toLocaleString("en");
}
