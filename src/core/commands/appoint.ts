/** How members become moderators of a room or of all rooms, and cease to be. */

import { ProtocolError } from "../../protocol/errors.ts";
import type { ModeratorCommand } from "../../protocol/messages/messages.ts";
import type { Effect } from "../effect.ts";
import { originOf } from "../state/quota.ts";
import { checkIsOwner, checkModerates, checkOutranks, isTrusted } from "../state/ranks.ts";
import type { Registry } from "../state/registry.ts";
import type { RoleGrant } from "../state/roles.ts";
import type { Session } from "../state/session.ts";
import { announceRole, auditEffect } from "./moderation_notices.ts";
import { named } from "./moderate.ts";
import { canReturn, existing, prepareRoom } from "./room_lifecycle.ts";

/**
 * Moderators of a room make others, and take the role from those to whom they gave it; owners do both to everyone.
 * Throws `forbidden` if the caller may not, and `invalid` if there is no role to take.
 */
export function appoint(registry: Registry, session: Session, command: ModeratorCommand, now: number): Effect[] {
  const { room, off, ref } = command;
  const by = room === undefined
    ? checkIsOwner(session)
    : checkModerates(registry, session, existing(registry, room).name);
  const { id, info } = named(registry, command.name, now);
  const doer = { by, session, ref };
  if (off) {
    const held = registry.roles.of(id, room);
    if (held === undefined) throw new ProtocolError("invalid", "Nothing to end: it is not a moderator");
    return dismiss(registry, session, held, ref, now);
  }
  const grant: RoleGrant = {
    id: registry.options.newId(now),
    member: info,
    room,
    by,
    from: originOf(session),
    ...isTrusted(registry, session) ? { trusted: true } : {},
  };
  const effects: Effect[] = [];
  registry.roles.give(grant, canReturn(registry, { id, name: info.name }), effects);
  const there = room === undefined ? undefined : registry.rooms.get(room);
  if (there !== undefined) effects.push(...prepareRoom(registry, session, there));
  const audit = auditEffect(by, "moderator", { room, target: info }, now);
  return [...effects, audit, ...announceRole(registry, grant, doer, now)];
}

/** Takes the role. Throws `forbidden` if the caller may not. */
export function dismiss(
  registry: Registry,
  session: Session,
  grant: RoleGrant,
  ref: string | undefined,
  now: number,
): Effect[] {
  const { room, member } = grant;
  const by = room === undefined ? checkIsOwner(session) : checkModerates(registry, session, room);
  const caller = session.member?.id;
  if (member.id !== caller && grant.by.id !== caller) {
    checkOutranks(registry, session, registry.withId(member.id) ?? member, room);
  }
  const effects: Effect[] = [];
  registry.roles.take(grant, effects);
  const audit = auditEffect(by, "lifted moderator", { room, target: member }, now);
  return [...effects, audit, ...announceRole(registry, grant, { by, session, ref }, now, true)];
}
