/** What moderators lay down. Each function throws `forbidden` where the caller may not. */

import { ProtocolError } from "../../protocol/errors.ts";
import type {
  BanCommand,
  KickCommand,
  LockCommand,
  LockdownCommand,
  MuteCommand,
  RestrictionKind,
  SlowCommand,
} from "../../protocol/messages/messages.ts";
import {
  contains,
  formatNetwork,
  isLoopback,
  neighbourhood,
  type Network,
  parseNetwork,
} from "../../protocol/address/network.ts";
import { quote } from "../../protocol/text/names.ts";
import { openerOf } from "./access.ts";
import type { Effect } from "../effect.ts";
import { expel, sendOut } from "./leave.ts";
import type { Member } from "../state/member.ts";
import type { ActiveRestriction } from "../state/restrictions.ts";
import type { Registry } from "../state/registry.ts";
import { originOf } from "../state/quota.ts";
import { checkIsOwner, checkMayEnd, checkModerates, checkOutranks, isTrusted, rankOf } from "../state/ranks.ts";
import { existing, outlives, prepareRoom } from "./room_lifecycle.ts";
import type { Session } from "../state/session.ts";
import {
  announceRestriction,
  auditEffect,
  auditRestriction,
  checkNotices,
  type ModerationActor,
  noticeEffects,
} from "./moderation_notices.ts";

/** Whoever it is, here or gone. Throws `no_such_member`. */
export function named(registry: Registry, name: string, now: number): Member {
  const member = registry.memberNamed(name, now);
  if (member === undefined) throw new ProtocolError("no_such_member", `Nobody is called ${quote(name)}`);
  return member;
}

export function kick(registry: Registry, session: Session, command: KickCommand, now: number): Effect[] {
  const { room, reason, ref } = command;
  const by = checkModerates(registry, session, existing(registry, room).name);
  const target = named(registry, command.name, now);
  checkOutranks(registry, session, target, room);
  if (!target.memberships.has(room)) {
    throw new ProtocolError("no_such_member", `${quote(target.name)} is not in room ${quote(room)}`);
  }
  checkNotices(target, session, room, now);
  const text = `${target.name} is kicked from #${room}${because(reason)}`;
  return [
    ...noticeEffects(target, by, `kicked you from #${room}${because(reason)}`, room),
    ...sendOut(registry, target, room, "kicked", now),
    ...retire(registry, target, now),
    auditEffect(by, "kick", { room, target: target.info, reason }, now),
    { type: "send", session: session.id, event: { type: "notice", ref, text, room } },
  ];
}

export function ban(registry: Registry, session: Session, command: BanCommand, now: number): Effect[] {
  const { room, name, address } = command;
  if ((name === undefined) === (address === undefined)) {
    throw new ProtocolError("invalid", "Fields name and address exclude each other: name one of them");
  }
  const by = address === undefined ? checkModerates(registry, session, room) : checkIsOwner(session);
  const target = name === undefined ? undefined : named(registry, name, now);
  if (target !== undefined) checkOutranks(registry, session, target, room);
  const network = target === undefined ? parseNetwork(address!)! : reach(target, command.also);
  if (target === undefined && session.address !== undefined && contains(network!, session.address)) {
    throw new ProtocolError("forbidden", "That is where you are yourself: name another address");
  }
  if (target !== undefined) checkNotices(target, session, room, now);
  const order = { ...orderOf(registry, "ban", command, by, now, target), address: network && formatNetwork(network) };
  const doer = { by, session, ref: command.ref };
  const effects = lay(registry, order, doer, now);
  for (const victim of victims(registry, order, target, network)) {
    effects.push(...throwOut(registry, victim, order, now));
  }
  return effects;
}

/**
 * The addresses that a ban of the member covers besides the member. Members on `nc` have no token, so only their address
 * identifies them on their next connection. Throws `forbidden` if a ban by address would miss them, or hit all others too.
 */
function reach(target: Member, also: BanCommand["also"]): Network | undefined {
  if (also === undefined && target.canReturn) return undefined;
  const address = target.session === undefined ? target.lastAddress : target.session.address;
  if (address === undefined || isLoopback(address)) throw unreachable(target, address);
  return also === "network" ? neighbourhood(address) : address;
}

function unreachable({ name, canReturn }: Member, address: Network | undefined): ProtocolError {
  const why = address === undefined
    ? "has no address that the server knows"
    : "comes from the server's own machine, perhaps through a proxy, as others do";
  const next = canReturn ? "ban the name alone, or kick or mute it" : "kick or mute them";
  return new ProtocolError("forbidden", `${quote(name)} ${why}, so that a ban by address cannot hold: ${next}`);
}

/** Who is here and may not be: the one who is named, and whoever comes from there and is no moderator. */
function victims(
  registry: Registry,
  { room }: ActiveRestriction,
  target: Member | undefined,
  network: Network | undefined,
): Member[] {
  const victims = new Set(target === undefined ? [] : [target]);
  for (const { member, address } of network === undefined ? [] : registry.sessions.values()) {
    if (member === undefined || address === undefined || rankOf(registry, member, room) > 0) continue;
    if (contains(network!, address)) victims.add(member);
  }
  return [...victims];
}

function throwOut(registry: Registry, member: Member, order: ActiveRestriction, now: number): Effect[] {
  const { room, reason, by } = order;
  const from = room === undefined ? "this server" : `#${room}`;
  const effects = noticeEffects(member, by, `banned you from ${from}${because(reason)}`, room);
  if (room !== undefined) {
    if (member.memberships.has(room)) effects.push(...sendOut(registry, member, room, "kicked", now));
  } else if (member.session !== undefined) {
    return [...effects, ...expel(registry, member.session, "kicked", "kicked", now)];
  } else {
    for (const name of [...member.memberships.keys()]) effects.push(...sendOut(registry, member, name, "kicked", now));
  }
  return [...effects, ...retire(registry, member, now)];
}

/** Somebody without a connection may have had their last room. */
function retire(registry: Registry, member: Member, now: number): Effect[] {
  if (member.absentSince === undefined) registry.retireIfAbsent(member, now);
  return [];
}

export function mute(registry: Registry, session: Session, command: MuteCommand, now: number): Effect[] {
  const { room, reason, ref } = command;
  const by = checkModerates(registry, session, room);
  const target = named(registry, command.name, now);
  checkOutranks(registry, session, target, room);
  checkNotices(target, session, room, now);
  const where = room === undefined ? "everywhere" : `in #${room}`;
  return [
    ...lay(registry, orderOf(registry, "mute", command, by, now, target), { by, session, ref }, now),
    ...noticeEffects(target, by, `muted you ${where}${because(reason)}`, room),
  ];
}

export function lock(registry: Registry, session: Session, command: LockCommand, now: number): Effect[] {
  const { room, password, off, ref } = command;
  const by = checkModerates(registry, session, existing(registry, room).name);
  const doer = { by, session, ref };
  if (off) return liftIn(registry, registry.restrictions.lock(room), doer, "locked", now);
  const order = orderOf(registry, "lock", { room }, by, now);
  const opener = password === undefined ? undefined : openerOf(registry, order.id, password);
  const effects = lay(registry, { ...order, opener }, doer, now);
  const inside = [...existing(registry, room).members].filter((member) => member.canReturn).map(({ id }) => id);
  registry.restrictions.admit(registry.restrictions.lock(room)!, inside, effects);
  return effects;
}

export function slow(registry: Registry, session: Session, command: SlowCommand, now: number): Effect[] {
  const { room: name, seconds, ref } = command;
  const room = existing(registry, name);
  const by = checkModerates(registry, session, name);
  const doer = { by, session, ref };
  if (seconds === 0) return liftIn(registry, registry.restrictions.slow(name), doer, "slow", now);
  const effects = lay(registry, { ...orderOf(registry, "slow", { room: name }, by, now), seconds }, doer, now);
  room.slowSeconds = seconds;
  return effects;
}

export function lockdown(registry: Registry, session: Session, { on, ref }: LockdownCommand, now: number): Effect[] {
  const by = checkIsOwner(session);
  const doer = { by, session, ref };
  if (!on) return liftIn(registry, registry.restrictions.lockdown, doer, "locked down", now);
  return lay(registry, orderOf(registry, "lockdown", {}, by, now), doer, now);
}

type Terms = Partial<Pick<ActiveRestriction, "room" | "seconds" | "reason">>;

function orderOf(
  registry: Registry,
  kind: RestrictionKind,
  { room, seconds, reason }: Terms,
  by: ActiveRestriction["by"],
  now: number,
  target?: Member,
): ActiveRestriction {
  const until = seconds === undefined ? undefined : now + 1000 * seconds;
  return { id: registry.options.newId(now), kind, room, member: target?.info, seconds, until, reason, by };
}

/** Lays it down, tells of it and notes it. The room is kept from here on. Throws `forbidden` where it is one order too many. */
export function lay(registry: Registry, unsigned: ActiveRestriction, doer: ModerationActor, now: number): Effect[] {
  const effects: Effect[] = [];
  const order = signed(registry, unsigned, doer.session);
  const { kind, room: where, member } = order;
  const before = member && registry.restrictions.onMember(member.id, where, kind);
  if (doer.session !== undefined) checkMayEnd(registry, doer.session, before);
  registry.restrictions.set(order, outlives(registry, order), effects);
  const room = order.room === undefined ? undefined : registry.rooms.get(order.room);
  if (room !== undefined && doer.session !== undefined) effects.push(...prepareRoom(registry, doer.session, room));
  effects.push(auditRestriction(doer.by, order.kind, order, now), ...announceRestriction(registry, order, doer, now));
  return effects;
}

/** The order with the marks by which quotas count it. */
function signed(registry: Registry, order: ActiveRestriction, session: Session | undefined): ActiveRestriction {
  if (session === undefined) return order;
  return { ...order, from: originOf(session), ...isTrusted(registry, session) ? { trusted: true } : {} };
}

/** Lifts it, tells of it and notes it. */
export function lift(
  registry: Registry,
  order: ActiveRestriction,
  doer: ModerationActor,
  action: string,
  now: number,
): Effect[] {
  const effects: Effect[] = [];
  registry.restrictions.end(order, effects);
  const room = order.kind === "slow" ? registry.rooms.get(order.room!) : undefined;
  if (room !== undefined) room.slowSeconds = 0;
  effects.push(
    auditRestriction(doer.by, `${action} ${order.kind}`, order, now),
    ...announceRestriction(registry, order, doer, now, true),
  );
  return effects;
}

function liftIn(
  registry: Registry,
  order: ActiveRestriction | undefined,
  doer: ModerationActor,
  what: string,
  now: number,
): Effect[] {
  if (order === undefined) throw new ProtocolError("invalid", `Nothing to end: it is not ${what}`);
  return lift(registry, order, doer, "lifted", now);
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${reason}`;
}
