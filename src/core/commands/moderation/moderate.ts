/** Commands that set restrictions or remove members from rooms. Each function throws `forbidden` if the caller may not. */

import {
  contains,
  formatNetwork,
  isLoopback,
  neighbourhood,
  type Network,
  parseNetwork,
} from "../../../protocol/address/network.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type {
  BanCommand,
  KickCommand,
  LockdownCommand,
  MuteCommand,
  RestrictionKind,
  SlowCommand,
} from "../../../protocol/messages/messages.ts";
import { quote } from "../../../protocol/text/names.ts";
import type { HubLockCommand } from "../../hub_command.ts";
import type { Member } from "../../state/members/member.ts";
import { originOf } from "../../state/quotas/quota.ts";
import { checkIsOwner, checkMayEnd, checkModerates, checkOutranks, isTrusted, rankOf } from "../../state/ranks.ts";
import type { Registry } from "../../state/registry.ts";
import type { ActiveRestriction } from "../../state/restrictions.ts";
import type { Session } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { expelMember, removeFromRoom } from "../leave.ts";
import { leaveCalls } from "../calls/leave_call.ts";
import { dropAwayText } from "../presence/away.ts";
import {
  addAudit,
  announceRestriction,
  auditRestriction,
  checkNotices,
  type ModerationActor,
  type Moderator,
  sendNotice,
} from "./moderation_notices.ts";
import { findRoom, outlives, prepareRoom } from "../room_lifecycle.ts";

/** Removes a member from a room. The member may rejoin. */
export function kick(turn: Turn, session: Session, command: KickCommand): void {
  const { registry, now } = turn;
  const { room, reason, ref } = command;
  const by = checkModerates(registry, session, findRoom(registry, room).name);
  const target = registry.findMember(command.name, now);
  checkOutranks(registry, session, target, room);
  if (!target.memberships.has(room)) {
    throw new ProtocolError("no_such_member", `${quote(target.name)} is not in room ${quote(room)}`);
  }
  checkNotices(target, session, room, now);
  sendNotice(turn, target, by, `kicked you from #${room}${because(reason)}`, room);
  removeFromRoom(turn, target, room, "kicked");
  registry.retireIfAbsent(target, now);
  addAudit(turn, by, "kick", { room, target: target.info, reason });
  const text = `${target.name} is kicked from #${room}${because(reason)}`;
  send(turn, session, { type: "notice", ref, text, room });
}

/**
 * Bans a member, an address or a network from a room or from the server, and removes the members that it covers. A member who is
 * banned from the server owns no name any more.
 */
export function ban(turn: Turn, session: Session, command: BanCommand): void {
  const { registry, now } = turn;
  const { room, name, address } = command;
  if ((name === undefined) === (address === undefined)) {
    throw new ProtocolError("invalid", "Fields name and address exclude each other: name one of them");
  }
  const by = address === undefined ? checkModerates(registry, session, room) : checkIsOwner(session);
  const target = name === undefined ? undefined : registry.findMember(name, now);
  if (target !== undefined) checkOutranks(registry, session, target, room);
  const network = target === undefined ? parseNetwork(address!)! : networkOf(target, command.also);
  if (target === undefined && session.address !== undefined && contains(network!, session.address)) {
    throw new ProtocolError("forbidden", "This includes your own address: name another one");
  }
  if (target !== undefined) checkNotices(target, session, room, now);
  const actor = { by, session, ref: command.ref };
  const restriction = {
    ...newRestriction(turn, actor, "ban", { ...command, member: target?.info }),
    address: network && formatNetwork(network),
  };
  setRestriction(turn, restriction, actor);
  if (room === undefined && target !== undefined) registry.ownedNames.free(target.id, turn.effects);
  for (const member of bannedMembers(registry, restriction, target, network)) removeBanned(turn, member, restriction);
}

/**
 * The addresses that a ban of the member covers besides the member. Members on `nc` have no token, so only their address
 * identifies them on their next connection. Throws `forbidden` if a ban by address would miss them, or hit all others too.
 */
function networkOf(target: Member, also: BanCommand["also"]): Network | undefined {
  if (also === undefined && target.canReturn) return undefined;
  const newest = target.sessions.at(-1);
  const address = newest === undefined ? target.lastAddress : newest.address;
  if (address === undefined || isLoopback(address)) throw unreachable(target, address);
  return also === "network" ? neighbourhood(address) : address;
}

function unreachable({ name, canReturn }: Member, address: Network | undefined): ProtocolError {
  const why = address === undefined
    ? "has no address that the server knows"
    : "connects from the server's own machine, perhaps through a proxy, as others do";
  const next = canReturn ? "ban the name alone, or kick or mute it" : "kick or mute them";
  return new ProtocolError("forbidden", `${quote(name)} ${why}, so a ban by address would not work: ${next}`);
}

/** The banned member, and all connected members from the network who are not moderators. */
function bannedMembers(
  registry: Registry,
  { room }: ActiveRestriction,
  target: Member | undefined,
  network: Network | undefined,
): Member[] {
  const banned = new Set(target === undefined ? [] : [target]);
  for (const { member, address } of network === undefined ? [] : registry.sessions.values()) {
    if (member === undefined || address === undefined || rankOf(registry, member, room) > 0) continue;
    if (contains(network!, address)) banned.add(member);
  }
  return [...banned];
}

function removeBanned(turn: Turn, member: Member, { room, reason, by }: ActiveRestriction): void {
  const place = room === undefined ? "this server" : `#${room}`;
  sendNotice(turn, member, by, `banned you from ${place}${because(reason)}`, room);
  if (room === undefined && member.sessions.length > 0) return expelMember(turn, member, "kicked", "kicked");
  if (room === undefined) leaveCalls(turn, member, undefined);
  const rooms = room === undefined ? [...member.memberships.keys()] : [room];
  for (const name of rooms) if (member.memberships.has(name)) removeFromRoom(turn, member, name, "kicked");
  turn.registry.retireIfAbsent(member, turn.now);
}

/** Mutes a member in a room or in all rooms. */
export function mute(turn: Turn, session: Session, command: MuteCommand): void {
  const { registry, now } = turn;
  const { room, reason, ref } = command;
  const by = checkModerates(registry, session, room);
  const target = registry.findMember(command.name, now);
  checkOutranks(registry, session, target, room);
  checkNotices(target, session, room, now);
  const actor = { by, session, ref };
  setRestriction(turn, newRestriction(turn, actor, "mute", { ...command, member: target.info }), actor);
  if (room === undefined || target.memberships.has(room)) dropAwayText(turn, target);
  leaveCalls(turn, target, room);
  const where = room === undefined ? "everywhere" : `in #${room}`;
  sendNotice(turn, target, by, `muted you ${where}${because(reason)}`, room);
}

/** Locks a room, or ends its lock. Members in the room stay, and may return to it. */
export function lock(turn: Turn, session: Session, command: HubLockCommand): void {
  const { registry, effects } = turn;
  const { room, password, off, ref } = command;
  const by = checkModerates(registry, session, findRoom(registry, room).name);
  const actor = { by, session, ref };
  if (off) return endExisting(turn, registry.restrictions.lock(room), actor, "the room is not locked");
  const restriction = newRestriction(turn, actor, "lock", { room });
  setRestriction(turn, { ...restriction, ...password }, actor);
  const inside = [...findRoom(registry, room).members].filter((member) => member.canReturn).map(({ id }) => id);
  registry.restrictions.admit(registry.restrictions.lock(room)!, inside, effects);
}

/** Sets or ends the slow mode of a room: each member writes one message per `seconds`. */
export function slow(turn: Turn, session: Session, command: SlowCommand): void {
  const { registry } = turn;
  const { room: name, seconds, ref } = command;
  const room = findRoom(registry, name);
  const by = checkModerates(registry, session, name);
  const actor = { by, session, ref };
  if (seconds === 0) return endExisting(turn, registry.restrictions.slow(name), actor, "the room is not in slow mode");
  setRestriction(turn, { ...newRestriction(turn, actor, "slow", { room: name }), seconds }, actor);
  room.slowSeconds = seconds;
}

/** Sets or ends the lockdown: no new members, and only accounts and moderators may write. */
export function lockdown(turn: Turn, session: Session, { on, ref }: LockdownCommand): void {
  const by = checkIsOwner(session);
  const actor = { by, session, ref };
  if (!on) return endExisting(turn, turn.registry.restrictions.lockdown, actor, "the server has no lockdown");
  setRestriction(turn, newRestriction(turn, actor, "lockdown", {}), actor);
}

type Terms = Pick<ActiveRestriction, "room" | "member" | "seconds" | "reason">;

export function newRestriction(
  { registry, now }: Turn,
  { by, session }: Moderator,
  kind: RestrictionKind,
  { room, member, seconds, reason }: Terms,
): ActiveRestriction {
  const id = registry.newId(now);
  const until = seconds === undefined ? undefined : now + 1000 * seconds;
  const trusted = isTrusted(registry, session) ? { trusted: true as const } : {};
  return { id, kind, room, member, seconds, until, reason, by, from: originOf(session), ...trusted };
}

/** Puts a restriction in force, logs it and announces it. Its room is stored from then on. Throws `forbidden` at a quota. */
export function setRestriction(turn: Turn, restriction: ActiveRestriction, actor: Moderator): void {
  const { registry, effects } = turn;
  const { by, session } = actor;
  const { kind, room: name, member } = restriction;
  checkMayEnd(registry, session, member && registry.restrictions.onMember(member.id, name, kind));
  registry.restrictions.set(restriction, outlives(registry, restriction), effects);
  const room = name === undefined ? undefined : registry.rooms.get(name);
  if (room !== undefined) prepareRoom(turn, session, room);
  auditRestriction(turn, by, kind, restriction);
  announceRestriction(turn, restriction, actor);
}

/** Ends a restriction, logs it as `action` and announces it. */
export function endRestriction(
  turn: Turn,
  restriction: ActiveRestriction,
  actor: ModerationActor,
  action: "lifted" | "ended",
): void {
  removeRestriction(turn, restriction);
  auditRestriction(turn, actor.by, `${action} ${restriction.kind}`, restriction);
  announceRestriction(turn, restriction, actor, true);
}

/** Ends a restriction without announcing it. */
export function removeRestriction({ registry, effects }: Turn, restriction: ActiveRestriction): void {
  registry.restrictions.end(restriction, effects);
  const room = restriction.kind === "slow" ? registry.rooms.get(restriction.room!) : undefined;
  if (room !== undefined) room.slowSeconds = 0;
}

/** Ends a restriction. Throws `invalid` with the reason `missing` if it is `undefined`. */
function endExisting(
  turn: Turn,
  restriction: ActiveRestriction | undefined,
  actor: ModerationActor,
  missing: string,
): void {
  if (restriction === undefined) throw new ProtocolError("invalid", `Nothing to end: ${missing}`);
  endRestriction(turn, restriction, actor, "lifted");
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${reason}`;
}
