/** Members who are away: by their own word, or because all their sessions are idle. */

import { AWAY_TOLD_AT_ONCE, PRESENCE_ABOVE_MEMBERS } from "../../../protocol/limits.ts";
import type { AwayCommand, AwayEvent, MemberInfo } from "../../../protocol/messages/messages.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import type { SessionId } from "../../effect.ts";
import { AwayState } from "../../state/members/away_state.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import { checkNowhereMuted } from "../../state/mute_checks.ts";
import { send, type Turn } from "../../turn.ts";

/**
 * Notes that the member is away or back, or that this session is idle or used again. All sessions of the member learn at once
 * that they are away, the others with the next tick. Throws `forbidden` for a text if a mute would hide it.
 */
export function setAway(turn: Turn, { session, member }: Caller, command: AwayCommand): void {
  const { registry, now } = turn;
  const { text, off, idle, ref } = command;
  if (idle) {
    session.idle = off !== true;
    noteIdleness(turn, member);
    if (ref !== undefined) send(turn, session, { ...awayEvent(turn, member), ref });
    return;
  }
  if (text !== undefined) checkNowhereMuted(registry, member);
  member.away ??= new AwayState();
  member.away.own = off ? undefined : { since: timestamp(now), ...text === undefined ? {} : { text } };
  registry.awayChanges.add(member);
  const event = awayEvent(turn, member);
  for (const own of member.sessions) send(turn, own, own.id === session.id ? { ...event, ref } : event);
}

/** Notes whether all sessions of the member are idle. Must be called when a session begins, ends, or reports it. */
export function noteIdleness({ registry, now }: Turn, member: Member): void {
  // During the grace nobody is told that the member is absent, and so nothing changes here either.
  if (member.sessions.length === 0) return;
  const isIdle = member.sessions.every(({ idle }) => idle);
  if (isIdle === (member.away?.idle !== undefined)) return;
  member.away ??= new AwayState();
  member.away.idle = isIdle ? { since: timestamp(now), idle: true } : undefined;
  registry.awayChanges.add(member);
}

/** Drops the text of a member who is muted in one of their rooms. Others who have seen it are told at once. */
export function dropAwayText(turn: Turn, member: Member): void {
  const { away } = member;
  if (away?.own?.text !== undefined) away.own = { since: away.own.since };
  if (away?.told?.text !== undefined) tell(turn, member, away);
}

/** Tells the others who is away now and who is not any more. Called with each tick. */
export function tellAway(turn: Turn): void {
  const { registry, now } = turn;
  let left = AWAY_TOLD_AT_ONCE;
  for (const member of registry.awayChanges) {
    const { away } = member;
    if (left <= 0) return;
    if (away?.isNews && !away.mayTell(now)) continue;
    registry.awayChanges.delete(member);
    if (away?.isNews) left -= tell(turn, member, away);
  }
}

/** Returns the number of receivers. */
function tell(turn: Turn, member: Member, away: AwayState): number {
  away.noteTold(turn.now);
  const sessions = sessionsToTell(member);
  if (sessions.size > 0) turn.effects.push({ type: "broadcast", sessions, event: awayEvent(turn, member) });
  return sessions.size;
}

/** The sessions of others in the member's rooms, except crowded ones, whose members ask for the list. */
function sessionsToTell({ memberships, sessions: own }: Member): Set<SessionId> {
  const sessions = new Set<SessionId>();
  for (const { room } of memberships.values()) {
    if (room.size > PRESENCE_ABOVE_MEMBERS) continue;
    for (const session of room.sessionsBut(undefined)) sessions.add(session);
  }
  for (const { id } of own) sessions.delete(id);
  return sessions;
}

function awayEvent({ now }: Turn, { info, away }: Member): AwayEvent {
  const member: MemberInfo = away?.current === undefined ? info : { ...info, away: away.current };
  return { type: "away", member, at: timestamp(now) };
}
