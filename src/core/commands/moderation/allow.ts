/** How restrictions end: one or many by command, or because their time is over. */

import { ProtocolError } from "../../../protocol/errors.ts";
import { RESTRICTIONS_ENDED_AT_ONCE } from "../../../protocol/limits.ts";
import type { Actor, AllowCommand } from "../../../protocol/messages/messages.ts";
import { foldName, quote } from "../../../protocol/text/names.ts";
import type { BulkEnd } from "../../state/active_restriction.ts";
import { checkIsOwner, checkMayEnd, checkModerates } from "../../state/ranks.ts";
import { noSuchMember } from "../../state/members/member_names.ts";
import type { Registry } from "../../state/registry.ts";
import { type ActiveRestriction, SERVER } from "../../state/restrictions.ts";
import type { RoleGrant } from "../../state/roles.ts";
import type { Session } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { dismiss } from "./appoint.ts";
import { endRestriction, newRestriction, removeRestriction, setRestriction } from "./moderate.ts";
import { addAudit, announceRestriction, announceRole } from "./moderation_notices.ts";
import { findRoom } from "../room_lifecycle.ts";

/**
 * Ends a member's bans and mutes, one restriction or role by its id, or many of them. With a room and a name it also admits
 * the member to the locked room. Throws `forbidden` if the caller does not moderate there, and `invalid` if nothing ends.
 */
export function allow(turn: Turn, session: Session, command: AllowCommand): void {
  const { name, restriction, all, by } = command;
  if ([name, restriction, all, by].filter((field) => field !== undefined).length !== 1) {
    throw new ProtocolError("invalid", "Fields name, restriction, all and by exclude each other: name one of them");
  }
  if (all !== undefined || by !== undefined) return endMany(turn, session, command);
  if (restriction !== undefined) return endById(turn, session, restriction, command.ref);
  allowMember(turn, session, name!, command);
}

function endById(turn: Turn, session: Session, id: string, ref: string | undefined): void {
  const { registry } = turn;
  const grant = registry.roles.withId(id);
  if (grant !== undefined) return dismiss(turn, session, grant, ref);
  const restriction = registry.restrictions.withId(id);
  // Moderators do not learn which restrictions exist in other rooms.
  const by = checkModerates(registry, session, restriction?.room);
  if (restriction === undefined) {
    throw new ProtocolError("invalid", `Field restriction is ${quote(id)}: the command restrictions lists the ids`);
  }
  const { kind, member, address } = restriction;
  checkNotOwn(session, restriction);
  checkMayEnd(registry, session, restriction);
  if (kind === "lockdown" || member === undefined && address !== undefined) checkIsOwner(session);
  endRestriction(turn, restriction, { by, session, ref }, "lifted");
}

function allowMember(turn: Turn, session: Session, name: string, { room, ref }: AllowCommand): void {
  const { registry, now } = turn;
  const by = checkModerates(registry, session, room === undefined ? undefined : findRoom(registry, room).name);
  const actor = { by, session, ref };
  const target = registry.findMember(name, now);
  const against = (["ban", "mute"] as const).flatMap((kind) =>
    registry.restrictions.onMember(target.id, room, kind) ?? []
  );
  if (room === undefined && against.length === 0) {
    throw new ProtocolError(
      "invalid",
      `No ban or mute of ${quote(target.name)} is in force: the command restrictions lists all`,
    );
  }
  for (const restriction of against) {
    checkNotOwn(session, restriction);
    checkMayEnd(registry, session, restriction);
  }
  const permission = room && newRestriction(turn, actor, "allow", { room, member: target.info });
  if (permission) registry.restrictions.checkSpace(permission, against);
  for (const [index, restriction] of against.entries()) {
    const isReply = !permission && index === against.length - 1;
    endRestriction(turn, restriction, isReply ? actor : { by, session }, "lifted");
  }
  if (permission) setRestriction(turn, permission, actor);
}

/** Throws `forbidden` if the restriction is against the caller: only another moderator may end it. */
function checkNotOwn({ member }: Session, restriction: ActiveRestriction): void {
  if (restriction.kind === "allow" || member === undefined || restriction.member?.id !== member.id) return;
  throw new ProtocolError("forbidden", "This restriction is against you: ask another moderator to end it");
}

/** Ends the restrictions whose time is over. */
export function endExpiredRestrictions(turn: Turn): void {
  const { registry, now } = turn;
  for (const restriction of registry.restrictions.expired(now)) {
    endRestriction(turn, restriction, { by: SERVER }, "ended");
  }
}

/**
 * Ends all restrictions of `room`, or all restrictions and roles that the member `by` made: some in this turn, the rest in
 * the next ticks. Throws `forbidden`, `no_such_member` or `invalid`.
 */
function endMany(turn: Turn, session: Session, command: AllowCommand): void {
  const { registry } = turn;
  const by = checkIsOwner(session);
  const { room, by: author, ref } = command;
  const found = author === undefined ? restrictionsOf(registry, room) : madeBy(turn, author);
  if (found.length === 0) {
    throw new ProtocolError("invalid", "Nothing to end: the command restrictions lists all that are in force");
  }
  const ids = found.map(({ id }) => id);
  registry.bulkEnds.push({ ids, total: ids.length, by, session: session.id, ref });
  const about = author === undefined ? { room } : { target: { name: author } };
  addAudit(turn, by, "ended all", { ...about, reason: `${ids.length} restrictions` });
  continueBulkEnds(turn);
}

/** The restrictions of the room. Its moderators' roles end only one by one. */
function restrictionsOf({ restrictions }: Registry, room: string | undefined): ActiveRestriction[] {
  if (room === undefined) {
    throw new ProtocolError("invalid", "Field room is missing: name the room whose restrictions to end");
  }
  return restrictions.inRoom(room);
}

function madeBy({ registry, now }: Turn, name: string): (ActiveRestriction | RoleGrant)[] {
  const member = registry.memberNamed(name, now);
  const found = [...registry.restrictions.list(), ...registry.roles.list()].filter(({ by }) =>
    by.id !== undefined && (member === undefined ? foldName(by.name) === foldName(name) : by.id === member.id)
  );
  if (member === undefined && found.length === 0) {
    throw noSuchMember(name);
  }
  return found;
}

/** Continues the oldest bulk end by up to `RESTRICTIONS_ENDED_AT_ONCE`. Its owner gets a notice when all have ended. */
export function continueBulkEnds(turn: Turn): void {
  const { registry, effects } = turn;
  const [end] = registry.bulkEnds;
  if (end === undefined) return;
  const ids = end.ids.splice(0, RESTRICTIONS_ENDED_AT_ONCE);
  const restrictions = ids.flatMap((id) => registry.restrictions.withId(id) ?? []);
  const grants = ids.flatMap((id) => registry.roles.withId(id) ?? []);
  for (const restriction of restrictions) removeRestriction(turn, restriction);
  for (const grant of grants) registry.roles.take(grant, effects);
  announceEnds(turn, restrictions, grants, end.by);
  if (end.ids.length > 0) return;
  registry.bulkEnds.shift();
  if (registry.sessions.has(end.session)) reply(turn, end);
}

function reply(turn: Turn, { session, ref, total }: BulkEnd): void {
  const text = total === 1 ? "1 restriction is ended" : `${total} restrictions are ended`;
  send(turn, { id: session }, { type: "notice", ref, text });
}

/** Kinds that change how a room is shown: each end is announced, up to `MAX_ANNOUNCED`. */
const SHOWN_KINDS: ReadonlySet<string> = new Set(["lock", "slow", "lockdown"]);
const MAX_ANNOUNCED = 32;

/** Sends each room one notice with the count, and an event for each end that changes how the room is shown. */
function announceEnds(
  turn: Turn,
  restrictions: readonly ActiveRestriction[],
  grants: readonly RoleGrant[],
  by: Actor,
): void {
  const shown = restrictions.filter(({ kind }) => SHOWN_KINDS.has(kind)).slice(0, MAX_ANNOUNCED);
  for (const restriction of shown) announceRestriction(turn, restriction, { by }, true);
  for (const grant of grants.slice(0, MAX_ANNOUNCED - shown.length)) announceRole(turn, grant, { by }, true);
  const counts = new Map<string, number>();
  for (const { room } of [...restrictions, ...grants]) {
    if (room !== undefined) counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  const author = by.id === undefined && by !== SERVER ? `The ${by.name}` : by.name;
  for (const [name, count] of counts) {
    const sessions = [...turn.registry.rooms.get(name)?.sessionsBut(undefined) ?? []];
    const text = `${author} ended ${count === 1 ? "1 restriction" : `${count} restrictions`} in #${name}`;
    if (sessions.length === 0) continue;
    turn.effects.push({ type: "broadcast", sessions, event: { type: "notice", from: by, text, room: name } });
  }
}
