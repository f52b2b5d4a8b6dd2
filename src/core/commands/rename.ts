import type { RenameCommand } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { foldName } from "../../protocol/text/names.ts";
import type { SessionId } from "../effect.ts";
import type { Member } from "../state/member.ts";
import { checkMayRename } from "../state/mute_checks.ts";
import type { Caller } from "../state/session.ts";
import { send, type Turn } from "../turn.ts";

/** Gives the member another name. Throws `forbidden` if a mute keeps the name, `name_taken` or `name_invalid`. */
export function rename(turn: Turn, { member }: Caller, command: RenameCommand): void {
  const { registry } = turn;
  checkMayRename(registry, member);
  const was = member.name;
  registry.returnAs(member, command.name);
  if (member.canReturn) keepMember(turn, member);
  announceRename(turn, member, was, command.ref);
}

/** Tells the renamed member, with `ref`, and once each member who shares a room, without it. */
export function announceRename(turn: Turn, member: Member, was: string, ref: string | undefined): void {
  const event = { type: "rename" as const, member: member.introduction, was, at: timestamp(turn.now) };
  const sessions = new Set<SessionId>();
  for (const { room } of member.memberships.values()) {
    for (const session of room.sessionsBut(member)) sessions.add(session);
  }
  if (member.session !== undefined) send(turn, member.session, ref === undefined ? event : { ...event, ref });
  if (sessions.size > 0) turn.effects.push({ type: "broadcast", sessions, event });
}

/** Stores the member with its present name. */
export function keepMember({ effects }: Turn, { id, name, tokenDigest }: Member): void {
  effects.push({ type: "keepMember", member: { id, name, tokenDigest, nameKeys: [foldName(name)] } });
}
