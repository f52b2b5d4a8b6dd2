import { MAX_LIST_BYTES } from "../../protocol/limits.ts";
import type { AuditCommand, RestrictionsCommand } from "../../protocol/messages/messages.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import type { Effect } from "../effect.ts";
import { fitting } from "./list_prefix.ts";
import { describeRestriction } from "../state/restrictions.ts";
import type { Registry } from "../state/registry.ts";
import { actorOf, checkRank } from "../state/ranks.ts";
import { describeGrant } from "../state/roles.ts";
import type { Session } from "../state/session.ts";

/** What is in force: in a room for those in it and who moderate it, everywhere for the owner and moderators of all rooms. */
export function listRestrictions(registry: Registry, session: Session, { ref, room }: RestrictionsCommand): Effect[] {
  actorOf(session);
  const isInside = room !== undefined && session.member?.memberships.has(room);
  if (!isInside) checkRank(registry, session, room);
  const { restrictions: orders, roles } = registry;
  const all = room === undefined ? orders.list() : orders.inRoom(room).reverse();
  const grants = room === undefined ? roles.list() : roles.inRoom(room).reverse();
  const moderators = fitting(grants.map(describeGrant), MAX_LIST_BYTES / 2);
  const rest = MAX_LIST_BYTES - utf8Length(JSON.stringify(moderators));
  const restrictions = fitting(all.map((order) => describeRestriction(order, session.isOwner)), rest);
  const count = all.length + grants.length;
  const event = { type: "restrictions" as const, ref, room, restrictions, moderators, count };
  return [{ type: "send", session: session.id, event }];
}

export function readAudit(registry: Registry, session: Session, command: AuditCommand): Effect[] {
  const { ref, room, before, limit } = command;
  checkRank(registry, session, room);
  return [{ type: "auditPage", session: session.id, room, before, limit, addresses: session.isOwner, ref }];
}
