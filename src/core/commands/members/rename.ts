import type { RenameCommand } from "../../../protocol/messages/messages.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import type { SessionId } from "../../effect.ts";
import type { Member } from "../../state/members/member.ts";
import { checkNowhereMuted } from "../../state/mute_checks.ts";
import type { Caller, Session } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { keepMember, ownName } from "./kept_name.ts";

/** Gives the member another name. Throws `forbidden` if a mute keeps the name, `name_taken` or `name_invalid`. */
export function rename(turn: Turn, { session, member }: Caller, command: RenameCommand): void {
  const { registry } = turn;
  checkNowhereMuted(registry, member);
  const was = member.name;
  registry.returnAs(member, command.name);
  if (member.canReturn) keepMember(turn, member);
  ownName(turn, { session, member });
  announceRename(turn, member, was, { session, ref: command.ref });
}

/** Tells the session that renamed the member, with `ref`, and once each other one of the member and of their rooms. */
export function announceRename(
  turn: Turn,
  member: Member,
  was: string,
  by?: { readonly session: Session; readonly ref: string | undefined },
): void {
  const event = { type: "rename" as const, member: member.introduction, was, at: timestamp(turn.now) };
  const sessions = new Set<SessionId>(member.sessions.map(({ id }) => id));
  for (const { room } of member.memberships.values()) {
    for (const session of room.sessionsBut(undefined)) sessions.add(session);
  }
  if (by?.ref !== undefined) {
    sessions.delete(by.session.id);
    send(turn, by.session, { ...event, ref: by.ref });
  }
  if (sessions.size > 0) turn.effects.push({ type: "broadcast", sessions, event });
}
