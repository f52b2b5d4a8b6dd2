/** What moderators do as lines for people. */

import { formatDuration } from "../../protocol/text/durations.ts";
import type {
  Actor,
  AuditEntry,
  AuditEvent,
  ModeratorGrant,
  NoticeEvent,
  Restriction,
  RestrictionEvent,
  RestrictionKind,
  RestrictionsEvent,
  RoleEvent,
} from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { place, type ReaderView, rule, type Style } from "./event_lines.ts";
import { counted, displayName, more, roomName } from "./labels.ts";

/** What was laid down or lifted, and by whom. */
export function restrictionLine(
  { restriction: order, by, off }: RestrictionEvent,
  style: Style,
  reader: ReaderView,
): string {
  if (off && by.id === undefined && by.name === "server") return `* ${whatIsOver(order, style, reader)}`;
  const what = (off ? LIFTED : LAID_DOWN)[order.kind](order, style, reader);
  return `* ${actor(by, style, reader)} ${what}${off ? "" : terms(order, style)}`;
}

/** Who became a moderator or ceased to be one, and by whom. */
export function roleLine({ member, room, by, off }: RoleEvent, style: Style, reader: ReaderView): string {
  const who = target({ member }, style, reader);
  const what = off
    ? `took the role of a moderator of ${where({ room })} from ${who}`
    : `made ${who} a moderator of ${where({ room })}`;
  return `* ${actor(by, style, reader)} ${what}`;
}

type Sentences = Readonly<Record<RestrictionKind, (order: Restriction, style: Style, reader: ReaderView) => string>>;

const LAID_DOWN: Sentences = {
  ban: (order, style, reader) => `banned ${target(order, style, reader)} from ${where(order)}`,
  mute: (order, style, reader) => `muted ${target(order, style, reader)} in ${where(order)}`,
  lock: (order) => `locked ${where(order)}: it takes ${order.password ? "its password or " : ""}an invite to come in`,
  slow: (order) => `slowed ${where(order)} down: ${pace(order)}`,
  lockdown: () => "closed the server: nobody new comes in, and only accounts and moderators write",
  allow: (order, style, reader) => `let ${target(order, style, reader)} into ${where(order)}`,
};

const LIFTED: Sentences = {
  ban: (order, style, reader) => `lifted the ban of ${target(order, style, reader)} from ${where(order)}`,
  mute: (order, style, reader) => `let ${target(order, style, reader)} speak again in ${where(order)}`,
  lock: (order) => `unlocked ${where(order)}`,
  slow: (order) => `let everybody write at any pace in ${where(order)} again`,
  lockdown: () => "opened the server again",
  allow: (order, style, reader) => `took back that ${target(order, style, reader)} may enter ${where(order)}`,
};

/** What has ended by itself. */
function whatIsOver(order: Restriction, style: Style, reader: ReaderView): string {
  return `It is over: ${describe(order, style, reader)}`;
}

export function restrictionsLines(
  { room, restrictions: orders, moderators, count: all }: RestrictionsEvent,
  style: Style,
): string[] {
  const scope = room === undefined ? "on this server" : `in ${roomName(room)}`;
  if (all === 0) return [`* Nothing is in force ${scope}`];
  const line = (order: Restriction, index: number) =>
    `  ${index + 1}. ${describe(order, style, {})}${terms(order, style)} (by ${inner(order.by, style)})`;
  const moderatorLine = ({ member, by, ...grant }: ModeratorGrant, index: number) =>
    `  ${orders.length + index + 1}. moderator ${target({ member }, style, {})} in ${where(grant)} (by ${
      inner(by, style)
    })`;
  const rest = all - orders.length - moderators.length;
  return [
    `* In force ${scope}; /restrictions end N ends one`,
    ...orders.map(line),
    ...moderators.map(moderatorLine),
    ...(rest > 0 ? [` ${more(rest)}`] : []),
  ];
}

function describe(order: Restriction, style: Style, reader: ReaderView): string {
  switch (order.kind) {
    case "ban":
    case "mute":
    case "allow":
      return `${NOUNS[order.kind]} ${target(order, style, reader)} in ${where(order)}`;
    case "lock":
      return `${where(order)} is locked${order.password ? ", with a password" : ""}`;
    case "slow":
      return `${where(order)} is slow: ${pace(order)}`;
    case "lockdown":
      return "the server is closed to strangers";
    default:
      return order.kind satisfies never;
  }
}

const NOUNS = { ban: "ban of", mute: "mute of", allow: "leave to enter for" } as const;

export function noticeLine({ text, room }: NoticeEvent, style: Style, reader: ReaderView): string {
  const mark = room === undefined || room === reader.room ? "" : `${place(room, style.palette, reader).trim()} `;
  return `* ${mark}${sanitizeLine(text)}`;
}

/** Oldest first, as all that was said is shown. */
export function auditLines({ room, entries, more }: AuditEvent, style: Style): string[] {
  const scope = room === undefined ? "on this server" : `in ${roomName(room)}`;
  if (entries.length === 0) return [`* Nothing was done ${scope}`];
  let last: string | undefined;
  const dated = entries.toReversed().flatMap((entry) => {
    const day = style.times.day(entry.at);
    const lines = day === last ? [] : [rule(day, style)];
    last = day;
    return [...lines, entryLine(entry, room, style)];
  });
  return [rule(`what was done ${scope}`, style), ...dated, rule(more ? "end, there is more" : "end", style)];
}

function entryLine(entry: AuditEntry, room: string | undefined, style: Style): string {
  const { palette, times } = style;
  const parts = [
    sanitizeLine(entry.action),
    ...(entry.target === undefined ? [] : [displayName(entry.target.name, palette)]),
    ...(entry.address === undefined ? [] : [sanitizeLine(entry.address)]),
    ...(entry.room === undefined || entry.room === room ? [] : [`in ${roomName(entry.room)}`]),
    ...(entry.seconds === undefined ? [] : [`for ${span(entry.seconds)}`]),
  ];
  return `${palette.dim(`[${times.time(entry.at)}]`)} ${inner(entry.by, style)}: ${parts.join(" ")}${because(entry)}`;
}

/** At the beginning of a sentence. */
function actor(by: Actor, style: Style, { you }: ReaderView): string {
  if (by.id === undefined) return `The ${sanitizeLine(by.name)}`;
  return by.id === you?.id ? "You" : inner(by, style);
}

/** Those without an id are no members: the owner, who need not have joined, or the server itself. */
function inner({ id, name }: Actor, { palette }: Style): string {
  return id === undefined ? `the ${sanitizeLine(name)}` : displayName(name, palette);
}

function target(
  { member, address }: Pick<Restriction, "member" | "address">,
  { palette }: Style,
  { you }: ReaderView,
): string {
  if (member === undefined) return address === undefined ? "an address" : sanitizeLine(address);
  const name = member.id === you?.id ? "you" : displayName(member.name, palette);
  return address === undefined ? name : `${name} and ${sanitizeLine(address)}`;
}

function where({ room }: Pick<Restriction, "room">): string {
  return room === undefined ? "the whole server" : roomName(room);
}

function pace({ seconds = 0 }: Restriction): string {
  return `one message every ${counted(seconds)} s for each`;
}

/** Until when, and why. */
function terms(order: Restriction, { times }: Style): string {
  return `${order.until === undefined ? "" : ` until ${times.moment(order.until)}`}${because(order)}`;
}

function because({ reason }: { readonly reason?: string }): string {
  return reason === undefined || reason === "" ? "" : `: ${sanitizeLine(reason)}`;
}

function span(seconds: number): string {
  return seconds % 60 === 0 ? formatDuration(seconds * 1_000) : `${counted(seconds)} s`;
}
