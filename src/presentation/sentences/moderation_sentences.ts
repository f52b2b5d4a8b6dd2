/** Sentences about restrictions, roles, notices and the audit log. */

import type {
  Actor,
  AuditEntry,
  AuditEvent,
  ModeratorGrant,
  NoticeEvent,
  Restriction,
  RestrictionEvent,
  RestrictionsEvent,
  RoleEvent,
} from "../../protocol/messages/messages.ts";
import { formatDuration } from "../../protocol/text/durations.ts";
import {
  counted,
  entryMark,
  entryWord,
  type Markup,
  placeText,
  type Reader,
  roomMark,
  roomText,
  scopeText,
} from "./markup.ts";
import { moreRow, paceText } from "./room_sentences.ts";

/** A restriction was imposed, lifted, or has expired. */
export function restrictionSentence(
  { restriction, by, off }: RestrictionEvent,
  markup: Markup,
  reader: Reader,
): string {
  if (off && by.id === undefined && by.name === "server") return `Expired: ${describe(restriction, markup, reader)}`;
  const what = off ? lifted(restriction, markup, reader) : imposed(restriction, markup, reader);
  return `${actorText(by, markup, reader)} ${what}${off ? "" : terms(restriction, markup)}`;
}

function imposed(restriction: Restriction, markup: Markup, reader: Reader): string {
  const target = targetText(restriction, markup, reader);
  const place = placeText(restriction.room, markup);
  switch (restriction.kind) {
    case "ban":
      return `banned ${target} from ${place}`;
    case "mute":
      return `muted ${target} in ${place}`;
    case "lock":
      return `locked ${place}: new members need ${restriction.password ? "its password or " : ""}an invite`;
    case "slow":
      return `slowed ${place} down: ${paceText(restriction.seconds ?? 0)}`;
    case "lockdown":
      return "locked the server down: no new members are admitted, and only accounts and moderators may write";
    case "allow":
      return `admitted ${target} to ${place}`;
    default:
      return restriction.kind satisfies never;
  }
}

function lifted(restriction: Restriction, markup: Markup, reader: Reader): string {
  const target = targetText(restriction, markup, reader);
  const place = placeText(restriction.room, markup);
  switch (restriction.kind) {
    case "ban":
      return `lifted the ban of ${target} from ${place}`;
    case "mute":
      return `unmuted ${target} in ${place}`;
    case "lock":
      return `unlocked ${place}`;
    case "slow":
      return `ended slow mode in ${place}`;
    case "lockdown":
      return "ended the lockdown of the server";
    case "allow":
      return `withdrew the admission of ${target} to ${place}`;
    default:
      return restriction.kind satisfies never;
  }
}

/** A restriction that is in force, as a noun. */
function describe(restriction: Restriction, markup: Markup, reader: Reader): string {
  const target = targetText(restriction, markup, reader);
  const place = placeText(restriction.room, markup);
  switch (restriction.kind) {
    case "ban":
      return `ban of ${target} from ${place}`;
    case "mute":
      return `mute of ${target} in ${place}`;
    case "lock":
      return `${place} is locked${restriction.password ? ", with a password" : ""}`;
    case "slow":
      return `${place} is slow: ${paceText(restriction.seconds ?? 0)}`;
    case "lockdown":
      return "the server is locked down";
    case "allow":
      return `admission of ${target} to ${place}`;
    default:
      return restriction.kind satisfies never;
  }
}

/** A member became a moderator, or is one no longer. */
export function roleSentence({ member, room, by, off }: RoleEvent, markup: Markup, reader: Reader): string {
  const who = targetText({ member }, markup, reader);
  const place = placeText(room, markup);
  const what = off ? `removed ${who} as a moderator of ${place}` : `made ${who} a moderator of ${place}`;
  return `${actorText(by, markup, reader)} ${what}`;
}

/** The restrictions and moderators of a room or the server. */
export function restrictionsText(event: RestrictionsEvent, markup: Markup): string[] {
  const { room, count } = event;
  if (count === 0) return [`There are no restrictions ${scopeText(room, markup)}`];
  const rows = restrictionRows(event, markup);
  return [
    `Restrictions ${scopeText(room, markup)}; /restrictions end ${entryWord(markup)} ends one`,
    ...rows.map(({ id, text }, index) => entryMark(index, id, markup) + text),
    ...moreRow(count - rows.length),
  ];
}

export interface RestrictionRow {
  /** The command that ends it names this id. */
  readonly id: string;
  readonly text: string;
}

/** Restrictions, then moderators, without their numbers. */
export function restrictionRows({ restrictions, moderators }: RestrictionsEvent, markup: Markup): RestrictionRow[] {
  return [
    ...restrictions.map((one) => ({ id: one.id, text: restrictionRow(one, markup) })),
    ...moderators.map((one) => ({ id: one.id, text: moderatorRow(one, markup) })),
  ];
}

function restrictionRow(restriction: Restriction, markup: Markup): string {
  return `${describe(restriction, markup, {})}${terms(restriction, markup)} (by ${innerActor(restriction.by, markup)})`;
}

function moderatorRow({ member, room, by }: ModeratorGrant, markup: Markup): string {
  return `${markup.name(member.name)} moderates ${placeText(room, markup)} (by ${innerActor(by, markup)})`;
}

/** The server wrote the sentence; the room is added if it is not the reader's. */
export function noticeSentence({ text, room }: NoticeEvent, markup: Markup, reader: Reader): string {
  return `${room === undefined ? "" : `${roomMark(room, markup, reader)} `.trimStart()}${markup.text(text)}`;
}

/** The actions of moderators, oldest first, as messages are shown. */
export function auditText({ room, entries, more }: AuditEvent, markup: Markup): string[] {
  const scope = scopeText(room, markup);
  if (entries.length === 0) return [`There are no actions of moderators ${scope}`];
  return [
    `Actions of moderators ${scope}${more ? "; older ones are not listed" : ""}`,
    ...entries.toReversed().map((entry) => `${markup.moment(entry.at)} ${auditSentence(entry, room, markup)}`),
  ];
}

/** One action of the audit log of `room`, without its time. */
export function auditSentence(entry: AuditEntry, room: string | undefined, markup: Markup): string {
  const parts = [
    markup.text(entry.action),
    ...(entry.target === undefined ? [] : [markup.name(entry.target.name)]),
    ...(entry.address === undefined ? [] : [markup.text(entry.address)]),
    ...(entry.room === undefined || entry.room === room ? [] : [`in ${roomText(entry.room, markup)}`]),
    ...(entry.seconds === undefined ? [] : [`for ${spanText(entry.seconds)}`]),
  ];
  return `${innerActor(entry.by, markup)}: ${parts.join(" ")}${because(entry, markup)}`;
}

/** The author of an action, at the beginning of a sentence. */
function actorText(by: Actor, markup: Markup, { you }: Reader): string {
  if (by.id === undefined) return `The ${markup.text(by.name)}`;
  return by.id === you?.id ? "You" : markup.name(by.name);
}

/** An actor without an id is no member: the owner, who need not have joined, or the server. */
function innerActor({ id, name }: Actor, markup: Markup): string {
  return id === undefined ? `the ${markup.text(name)}` : markup.name(name);
}

function targetText(
  { member, address }: Pick<Restriction, "member" | "address">,
  markup: Markup,
  { you }: Reader,
): string {
  if (member === undefined) return address === undefined ? "an address" : markup.text(address);
  const name = member.id === you?.id ? "you" : markup.name(member.name);
  return address === undefined ? name : `${name} and ${markup.text(address)}`;
}

/** Until when, and why. */
function terms(restriction: Restriction, markup: Markup): string {
  const { until } = restriction;
  return `${until === undefined ? "" : ` until ${markup.moment(until)}`}${because(restriction, markup)}`;
}

function because({ reason = "" }: { readonly reason?: string }, markup: Markup): string {
  return reason === "" ? "" : `: ${markup.text(reason)}`;
}

function spanText(seconds: number): string {
  return seconds % 60 === 0 ? formatDuration(seconds * 1_000) : `${counted(seconds)} s`;
}
