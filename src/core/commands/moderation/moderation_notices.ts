/** Reports of a moderator's act: to the member that it is about, to the room, and to the audit log. */

import type { Actor, AuditEntry, RestrictionEvent, RoleEvent } from "../../../protocol/messages/messages.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import type { SessionId } from "../../effect.ts";
import type { Member } from "../../state/members/member.ts";
import type { Registry } from "../../state/registry.ts";
import { type ActiveRestriction, describeRestriction } from "../../state/restrictions.ts";
import type { RoleGrant } from "../../state/roles.ts";
import type { Session } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { tooFast } from "../voice.ts";

/** The author of an act, with the session and the `ref` of the command if there was one. */
export interface ModerationActor {
  readonly by: Actor;
  readonly session?: Session;
  readonly ref?: string;
}

/** The author of a moderator's command. */
export type Moderator = ModerationActor & { readonly session: Session };

/** Tells the members of the room, or all members, of a restriction or its end (`off`). The actor gets `ref` back. */
export function announceRestriction(
  turn: Turn,
  restriction: ActiveRestriction,
  actor: ModerationActor,
  off?: true,
): void {
  const { by, session, ref } = actor;
  const event: RestrictionEvent = {
    type: "restriction",
    restriction: describeRestriction(restriction, false),
    by,
    at: timestamp(turn.now),
    off,
  };
  const own = session && { ...event, ref, restriction: describeRestriction(restriction, session.isOwner) };
  announce(turn, restriction.room, actor, own, event);
}

/** Tells the members of the room, or all members, that a member got or lost (`off`) a role. The actor gets `ref` back. */
export function announceRole(turn: Turn, { room, member }: RoleGrant, actor: ModerationActor, off?: true): void {
  const { by, session, ref } = actor;
  const event: RoleEvent = { type: "role", room, member, role: "moderator", by, at: timestamp(turn.now), off };
  announce(turn, room, actor, session && { ...event, ref }, event);
}

function announce(
  turn: Turn,
  room: string | undefined,
  { session }: ModerationActor,
  own: RestrictionEvent | RoleEvent | undefined,
  event: RestrictionEvent | RoleEvent,
): void {
  if (session !== undefined && own !== undefined) send(turn, session, own);
  const sessions = [...sessionsIn(turn.registry, room)].filter((id) => id !== session?.id);
  if (sessions.length > 0) turn.effects.push({ type: "broadcast", sessions, event });
}

/** The sessions in the room; without a room, those of all members. */
function* sessionsIn({ rooms, sessions }: Registry, room: string | undefined): Iterable<SessionId> {
  if (room !== undefined) return yield* rooms.get(room)?.sessionsBut(undefined) ?? [];
  for (const { id, member } of sessions.values()) if (member !== undefined) yield id;
}

/** Tells the member what `from` did, such as `kicked you from #den`. A notice about a room goes only to its members. */
export function sendNotice(turn: Turn, member: Member, from: Actor, act: string, room: string | undefined): void {
  if (!getsNotice(member, room)) return;
  const author = from.id === undefined ? `The ${from.name}` : from.name;
  for (const session of member.sessions) {
    send(turn, session, { type: "notice", from, text: `${author} ${act}`, room });
  }
}

/** Throws `rate_limited` if this moderator's notices to the member exceed their rate. Owners have no such limit. */
export function checkNotices(
  member: Member,
  { isOwner, member: moderator }: Session,
  room: string | undefined,
  now: number,
): void {
  if (isOwner || moderator === undefined || member.sessions.length === 0 || !getsNotice(member, room)) return;
  const wait = member.takeNotice(moderator.id, now);
  if (wait > 0) throw tooFast(wait);
}

function getsNotice({ memberships }: Member, room: string | undefined): boolean {
  return room === undefined || memberships.has(room);
}

/** Adds an entry to the audit log. */
export function addAudit({ now, effects }: Turn, by: Actor, action: string, about: Partial<AuditEntry>): void {
  const { room, target, address, seconds, reason } = about;
  effects.push({
    type: "audit",
    entry: { at: timestamp(now), by, action, room, target, address, seconds, reason },
  });
}

/** Adds an entry about a restriction to the audit log. */
export function auditRestriction(turn: Turn, by: Actor, action: string, restriction: ActiveRestriction): void {
  addAudit(turn, by, action, { ...restriction, target: restriction.member });
}
