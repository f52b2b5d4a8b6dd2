import type { RenameCommand } from "../../protocol/messages/messages.ts";
import { foldCase } from "../../protocol/text/names.ts";
import type { Effect, SessionId } from "../effect.ts";
import type { Caller, Member } from "../state/member.ts";
import { checkMayRename } from "../state/mute_checks.ts";
import type { Registry } from "../state/registry.ts";
import { timestamp } from "../timestamp.ts";

export function rename(registry: Registry, { member }: Caller, command: RenameCommand, now: number): Effect[] {
  checkMayRename(registry, member);
  const was = member.name;
  const effects: Effect[] = [];
  registry.returnAs(member, command.name);
  if (member.canReturn) effects.push(keepMember(member));
  announceRename(member, was, command.ref, now, effects);
  return effects;
}

/** The renamed member gets `ref` back; everybody else who shares a room is told without it. */
export function announceRename(
  member: Member,
  was: string,
  ref: string | undefined,
  now: number,
  effects: Effect[],
): void {
  const event = { type: "rename" as const, member: member.introduction, was, at: timestamp(now) };
  const sessions = new Set<SessionId>();
  for (const { room } of member.memberships.values()) {
    for (const session of room.sessionsBut(member)) sessions.add(session);
  }
  if (member.session !== undefined) {
    effects.push({ type: "send", session: member.session.id, event: ref === undefined ? event : { ...event, ref } });
  }
  if (sessions.size > 0) effects.push({ type: "broadcast", sessions, event });
}

export function keepMember({ id, name, tokenDigest }: Member): Effect {
  return { type: "keepMember", member: { id, name, tokenDigest, nameKeys: [foldCase(name)] } };
}
