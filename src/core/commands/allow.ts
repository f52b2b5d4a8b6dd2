/** The end of restrictions, by a moderator or when their time is over. */

import { ProtocolError } from "../../protocol/errors.ts";
import type { AllowCommand, RestrictionKind } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Effect } from "../effect.ts";
import { dismiss } from "./appoint.ts";
import { endMany } from "./bulk_end.ts";
import { lay, lift, named } from "./moderate.ts";
import { type ActiveRestriction, SERVER } from "../state/restrictions.ts";
import type { Registry } from "../state/registry.ts";
import { checkIsOwner, checkMayEnd, checkModerates } from "../state/ranks.ts";
import { existing } from "./room_lifecycle.ts";
import type { Session } from "../state/session.ts";
import type { ModerationActor } from "./moderation_notices.ts";

/** Throws `forbidden` where the caller does not moderate there, and `invalid` where there is nothing to lift. */
export function allow(registry: Registry, session: Session, command: AllowCommand, now: number): Effect[] {
  const { name, restriction: order, all, by } = command;
  if ([name, order, all, by].filter((field) => field !== undefined).length !== 1) {
    throw new ProtocolError("invalid", "Fields name, restriction, all and by exclude each other: name one of them");
  }
  if (all !== undefined || by !== undefined) return endMany(registry, session, command, now);
  if (command.restriction !== undefined) return allowOrder(registry, session, command.restriction, command.ref, now);
  return allowMember(registry, session, command.name!, command, now);
}

function allowOrder(registry: Registry, session: Session, id: string, ref: string | undefined, now: number): Effect[] {
  const grant = registry.roles.withId(id);
  if (grant !== undefined) return dismiss(registry, session, grant, ref, now);
  const order = registry.restrictions.withId(id);
  // Moderators do not learn which restrictions exist in rooms of others.
  const by = checkModerates(registry, session, order?.room);
  if (order === undefined) {
    throw new ProtocolError("invalid", `Field restriction is ${quote(id)}: restrictions lists the ids that exist`);
  }
  checkNotOwn(session, order);
  checkMayEnd(registry, session, order);
  if (order.kind === "lockdown" || order.member === undefined && order.address !== undefined) checkIsOwner(session);
  return lift(registry, order, { by, session, ref }, "lifted", now);
}

function allowMember(
  registry: Registry,
  session: Session,
  name: string,
  { room, ref }: AllowCommand,
  now: number,
): Effect[] {
  const by = checkModerates(registry, session, room === undefined ? undefined : existing(registry, room).name);
  const target = named(registry, name, now);
  const against = (["ban", "mute"] as const).flatMap((kind: RestrictionKind) =>
    registry.restrictions.onMember(target.id, room, kind) ?? []
  );
  if (room === undefined && against.length === 0) {
    throw new ProtocolError("invalid", `No ban or mute of ${quote(target.name)} is in force: restrictions lists all`);
  }
  for (const order of against) {
    checkNotOwn(session, order);
    checkMayEnd(registry, session, order);
  }
  const lifted = against.flatMap((order, index) => {
    const isAnswer = room === undefined && index === against.length - 1;
    return lift(registry, order, { by, session, ref: isAnswer ? ref : undefined }, "lifted", now);
  });
  if (room === undefined) return lifted;
  const id = registry.options.newId(now);
  const order: ActiveRestriction = { id, kind: "allow", room, member: target.info, by };
  return [...lifted, ...lay(registry, order, { by, session, ref }, now)];
}

/** Throws `forbidden`: a moderator who was muted asks another one. */
function checkNotOwn({ member }: Session, order: ActiveRestriction): void {
  if (order.kind === "allow" || member === undefined || order.member?.id !== member.id) return;
  throw new ProtocolError("forbidden", "That is against yourself: ask another moderator");
}

/** Lifts the restrictions whose time is over. */
export function endExpiredRestrictions(registry: Registry, now: number): Effect[] {
  const doer: ModerationActor = { by: SERVER };
  return registry.restrictions.expired(now).flatMap((order) => lift(registry, order, doer, "ended", now));
}
