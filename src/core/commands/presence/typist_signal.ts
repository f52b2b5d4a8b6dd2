import { MAX_TYPING_MEMBERS } from "../../../protocol/limits.ts";
import type { TypingCommand, TypingEvent } from "../../../protocol/messages/messages.ts";
import { isUuid } from "../../../protocol/uuid.ts";
import type { SessionId } from "../../effect.ts";
import type { Caller } from "../../state/members/session.ts";
import type { Turn } from "../../turn.ts";
import { hasVoice } from "../voice.ts";

/**
 * Tells the others that the member is writing. Does nothing, without an error, if the member may not write there, or if
 * nobody is to be told: the user has not asked for anything. Changes no state.
 */
export function reportTyping(turn: Turn, caller: Caller, { room, to }: TypingCommand): void {
  const { member } = caller;
  const { id, name } = member;
  const sessions = room === undefined ? sessionsOf(turn, caller, to!) : sessionsIn(caller, room);
  if (sessions.length === 0 || !hasVoice(turn.registry, member, room)) return;
  const place: Pick<TypingEvent, "room" | "with"> = room === undefined ? { with: { id, name } } : { room };
  turn.effects.push({ type: "signal", sessions, event: { type: "typing", ...place, member: { id, name } } });
}

/** The other sessions in a room that is not too large. */
function sessionsIn({ session, member }: Caller, name: string): SessionId[] {
  const room = session.rooms.includes(name) ? member.memberships.get(name)?.room : undefined;
  if (room === undefined || room.size > MAX_TYPING_MEMBERS) return [];
  const own = new Set(member.sessions.map(({ id }) => id));
  return [...room.sessionsBut(undefined)].filter((id) => !own.has(id));
}

/** The sessions of the other member of a conversation that has begun. */
function sessionsOf({ registry }: Turn, { member }: Caller, to: string): SessionId[] {
  const receiver = isUuid(to) ? registry.withId(to) : registry.names.find(to);
  if (receiver === undefined || receiver === member) return [];
  const conversation = registry.conversations.peek(member.id, receiver.id);
  if (conversation === undefined || conversation.blockedBy.has(receiver.id)) return [];
  return receiver.sessions.map(({ id }) => id);
}
