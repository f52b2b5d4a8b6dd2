/** Ends many restrictions by one command of an owner: some in its turn, the rest in the ticks after it. */

import { ProtocolError } from "../../protocol/errors.ts";
import { RESTRICTIONS_ENDED_AT_ONCE } from "../../protocol/limits.ts";
import type { Actor, AllowCommand } from "../../protocol/messages/messages.ts";
import { foldCase, quote } from "../../protocol/text/names.ts";
import type { Effect } from "../effect.ts";
import type { BulkEnd } from "../state/active_restriction.ts";
import { type ActiveRestriction, SERVER } from "../state/restrictions.ts";
import type { Registry } from "../state/registry.ts";
import { checkIsOwner } from "../state/ranks.ts";
import type { Session } from "../state/session.ts";
import type { RoleGrant } from "../state/roles.ts";
import { announceRestriction, announceRole, auditEffect } from "./moderation_notices.ts";

/** Kinds that change how a room is shown: each end is announced, up to `MAX_TOLD`. */
const SHOWN_KINDS: ReadonlySet<string> = new Set(["lock", "slow", "lockdown"]);
const MAX_TOLD = 32;

/** Ends all restrictions of `room`, or all restrictions and roles that the member `by` made. Throws `forbidden`, `no_such_member` or `invalid`. */
export function endMany(registry: Registry, session: Session, command: AllowCommand, now: number): Effect[] {
  const by = checkIsOwner(session);
  const orders = command.by === undefined ? ofRoom(registry, command.room) : laidBy(registry, command.by, now);
  if (orders.length === 0) throw new ProtocolError("invalid", "Nothing to end: restrictions lists what is in force");
  const ids = orders.map(({ id }) => id);
  const end: BulkEnd = { ids, total: ids.length, by, session: session.id, ref: command.ref };
  registry.bulkEnds.push(end);
  const target = command.by === undefined ? undefined : { name: command.by };
  const about = {
    room: command.by === undefined ? command.room : undefined,
    target,
    reason: `${ids.length} restrictions`,
  };
  return [auditEffect(by, "ended all", about, now), ...continueBulkEnds(registry, now)];
}

/** All but the roles of moderators, which end one by one. */
function ofRoom({ restrictions }: Registry, room: string | undefined): ActiveRestriction[] {
  if (room === undefined) {
    throw new ProtocolError("invalid", "Field room is missing: name the room whose restrictions to end");
  }
  return restrictions.inRoom(room);
}

function laidBy(registry: Registry, name: string, now: number): (ActiveRestriction | RoleGrant)[] {
  const member = registry.memberNamed(name, now);
  const found = [...registry.restrictions.list(), ...registry.roles.list()].filter(({ by }) =>
    by.id !== undefined && (member === undefined ? foldCase(by.name) === foldCase(name) : by.id === member.id)
  );
  if (member === undefined && found.length === 0) {
    throw new ProtocolError("no_such_member", `No member is called ${quote(name)}: check the spelling`);
  }
  return found;
}

/** Ends up to `RESTRICTIONS_ENDED_AT_ONCE` of the rest. The owner gets a notice when all have ended. */
export function continueBulkEnds(registry: Registry, now: number): Effect[] {
  const effects: Effect[] = [];
  const [end] = registry.bulkEnds;
  if (end === undefined) return effects;
  const ids = end.ids.splice(0, RESTRICTIONS_ENDED_AT_ONCE);
  const orders = ids.flatMap((id) => registry.restrictions.withId(id) ?? []);
  const grants = ids.flatMap((id) => registry.roles.withId(id) ?? []);
  for (const order of orders) {
    registry.restrictions.end(order, effects);
    const room = order.kind === "slow" ? registry.rooms.get(order.room!) : undefined;
    if (room !== undefined) room.slowSeconds = 0;
  }
  for (const grant of grants) registry.roles.take(grant, effects);
  tell(registry, orders, grants, end.by, now, effects);
  if (end.ids.length > 0) return effects;
  registry.bulkEnds.shift();
  return registry.sessions.has(end.session) ? [...effects, answer(end)] : effects;
}

function answer({ session, ref, total }: BulkEnd): Effect {
  const text = total === 1 ? "1 restriction is ended" : `${total} restrictions are ended`;
  return { type: "send", session, event: { type: "notice", ref, text } };
}

/** Sends each room one notice with the count, and an event for each end that changes how it is shown. */
function tell(
  registry: Registry,
  orders: readonly ActiveRestriction[],
  grants: readonly RoleGrant[],
  by: Actor,
  now: number,
  effects: Effect[],
): void {
  const shown = orders.filter(({ kind }) => SHOWN_KINDS.has(kind)).slice(0, MAX_TOLD);
  for (const order of shown) effects.push(...announceRestriction(registry, order, { by }, now, true));
  for (const grant of grants.slice(0, MAX_TOLD - shown.length)) {
    effects.push(...announceRole(registry, grant, { by }, now, true));
  }
  const counts = new Map<string, number>();
  for (const { room } of [...orders, ...grants]) if (room !== undefined) counts.set(room, (counts.get(room) ?? 0) + 1);
  const who = by.id === undefined && by !== SERVER ? `The ${by.name}` : by.name;
  for (const [name, count] of counts) {
    const sessions = [...registry.rooms.get(name)?.sessionsBut(undefined) ?? []];
    const text = `${who} ended ${count === 1 ? "1 restriction" : `${count} restrictions`} in #${name}`;
    if (sessions.length > 0) {
      effects.push({ type: "broadcast", sessions, event: { type: "notice", from: by, text, room: name } });
    }
  }
}
