/** How members become moderators of a room or of all rooms, and cease to be. */

import { ProtocolError } from "../../../protocol/errors.ts";
import type { ModeratorCommand } from "../../../protocol/messages/messages.ts";
import { quote } from "../../../protocol/text/names.ts";
import { originOf } from "../../state/quotas/quota.ts";
import { checkIsOwner, checkModerates, checkOutranks, isTrusted } from "../../state/ranks.ts";
import type { RoleGrant } from "../../state/roles.ts";
import type { Session } from "../../state/members/session.ts";
import type { Turn } from "../../turn.ts";
import { addAudit, announceRole } from "./moderation_notices.ts";
import { canReturn, findRoom, prepareRoom } from "../room_lifecycle.ts";

/**
 * Gives or takes the role of a moderator. Moderators of a room give it there, and take it from members to whom they gave
 * it; owners do both to all members. Throws `forbidden` if the caller may not, and `invalid` if there is no role to take.
 */
export function appoint(turn: Turn, session: Session, command: ModeratorCommand): void {
  const { registry, now, effects } = turn;
  const { room: name, off, ref } = command;
  const room = name === undefined ? undefined : findRoom(registry, name);
  const by = room === undefined ? checkIsOwner(session) : checkModerates(registry, session, room.name);
  const { id, info } = registry.findMember(command.name, now);
  if (off) {
    const held = registry.roles.of(id, name);
    if (held === undefined) {
      throw new ProtocolError("invalid", `${quote(info.name)} is not a moderator: nothing to end`);
    }
    return dismiss(turn, session, held, ref);
  }
  const grant: RoleGrant = {
    id: registry.newId(now),
    member: info,
    room: name,
    by,
    from: originOf(session),
    ...isTrusted(registry, session) ? { trusted: true } : {},
  };
  registry.roles.give(grant, canReturn(registry, info), effects);
  if (room !== undefined) prepareRoom(turn, session, room);
  addAudit(turn, by, "moderator", { room: name, target: info });
  announceRole(turn, grant, { by, session, ref });
}

/** Takes the role. Throws `forbidden` if the caller may not. */
export function dismiss(turn: Turn, session: Session, grant: RoleGrant, ref: string | undefined): void {
  const { registry, effects } = turn;
  const { room, member } = grant;
  const by = room === undefined ? checkIsOwner(session) : checkModerates(registry, session, room);
  const caller = session.member?.id;
  if (member.id !== caller && grant.by.id !== caller) {
    checkOutranks(registry, session, registry.withId(member.id) ?? member, room);
  }
  registry.roles.take(grant, effects);
  addAudit(turn, by, "lifted moderator", { room, target: member });
  announceRole(turn, grant, { by, session, ref }, true);
}
