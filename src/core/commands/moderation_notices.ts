/** How moderators' doings are told: to those they are about, to those who are there, and to the log. */

import type { Actor, AuditEntry, RestrictionEvent, RoleEvent } from "../../protocol/messages/messages.ts";
import type { Effect, SessionId } from "../effect.ts";
import type { Member } from "../state/member.ts";
import { type ActiveRestriction, describeRestriction } from "../state/restrictions.ts";
import type { Registry } from "../state/registry.ts";
import type { RoleGrant } from "../state/roles.ts";
import type { Session } from "../state/session.ts";
import { tooFast } from "./voice.ts";
import { timestamp } from "../timestamp.ts";

/** Who did something, over which connection, and what they called the command. */
export interface ModerationActor {
  readonly by: Actor;
  readonly session?: Session;
  readonly ref?: string;
}

/** Tells of an order whoever is in its room, or everybody; the doer in any case, and with the `ref`. */
export function announceRestriction(
  registry: Registry,
  order: ActiveRestriction,
  doer: ModerationActor,
  now: number,
  off?: true,
): Effect[] {
  const { by, session, ref } = doer;
  const event: RestrictionEvent = {
    type: "restriction",
    restriction: describeRestriction(order, false),
    by,
    at: timestamp(now),
    off,
  };
  const own = session && { ...event, ref, restriction: describeRestriction(order, session.isOwner) };
  return announce(registry, order.room, doer, own, event);
}

/** Tells the members of the room, or everyone, that a member got or lost a role; the doer in any case, and with the `ref`. */
export function announceRole(
  registry: Registry,
  { room, member }: RoleGrant,
  doer: ModerationActor,
  now: number,
  off?: true,
): Effect[] {
  const { by, session, ref } = doer;
  const event: RoleEvent = { type: "role", room, member, role: "moderator", by, at: timestamp(now), off };
  return announce(registry, room, doer, session && { ...event, ref }, event);
}

function announce(
  registry: Registry,
  room: string | undefined,
  { session }: ModerationActor,
  own: RestrictionEvent | RoleEvent | undefined,
  event: RestrictionEvent | RoleEvent,
): Effect[] {
  const effects: Effect[] = [];
  if (session !== undefined && own !== undefined) effects.push({ type: "send", session: session.id, event: own });
  const sessions = [...hearers(registry, room)].filter((id) => id !== session?.id);
  if (sessions.length > 0) effects.push({ type: "broadcast", sessions, event });
  return effects;
}

function* hearers({ rooms, sessions }: Registry, room: string | undefined): Iterable<SessionId> {
  if (room !== undefined) return yield* rooms.get(room)?.sessionsBut(undefined) ?? [];
  for (const { id, member } of sessions.values()) if (member !== undefined) yield id;
}

/** Tells the member what `from` did to them: `what` is said of them. Of a room only its members hear. */
export function noticeEffects(member: Member, from: Actor, what: string, room: string | undefined): Effect[] {
  const { session } = member;
  if (session === undefined || !hears(member, room)) return [];
  const who = from.id === undefined ? `The ${from.name}` : from.name;
  return [{ type: "send", session: session.id, event: { type: "notice", from, text: `${who} ${what}`, room } }];
}

/** Throws `rate_limited` where the member was told too much by this moderator just now. Owners are not held back. */
export function checkNotices(
  member: Member,
  { isOwner, member: moderator }: Session,
  room: string | undefined,
  now: number,
) {
  if (isOwner || moderator === undefined || member.session === undefined || !hears(member, room)) return;
  const wait = member.takeNotice(moderator.id, now);
  if (wait > 0) throw tooFast(wait);
}

function hears({ memberships }: Member, room: string | undefined): boolean {
  return room === undefined || memberships.has(room);
}

export function auditEffect(by: Actor, action: string, about: Partial<AuditEntry>, now: number): Effect {
  const { room, target, address, seconds, reason } = about;
  return { type: "audit", entry: { at: timestamp(now), by, action, room, target, address, seconds, reason } };
}

/** The same of an order. */
export function auditRestriction(by: Actor, action: string, order: ActiveRestriction, now: number): Effect {
  const { room, member: target, address, seconds, reason } = order;
  return auditEffect(by, action, { room, target, address, seconds, reason }, now);
}
