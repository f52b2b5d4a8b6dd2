/** Tells members of calls in their rooms and conversations. */

import type { CallEvent, MemberInfo } from "../../../protocol/messages/messages.ts";
import type { SessionId } from "../../effect.ts";
import { type Call, isInCall } from "../../state/calls.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import type { Registry } from "../../state/registry.ts";
import { send, type Turn } from "../../turn.ts";

/** A change of a call. */
export interface CallChange {
  readonly did: NonNullable<CallEvent["did"]>;
  readonly member: Member;
  readonly ended?: true;
  /** The session whose command it answers. */
  readonly by?: { readonly id: SessionId; readonly ref: string | undefined };
}

/** Sends the call, after the change, to all who may know of it. */
export function announceCall(turn: Turn, call: Call, { did, member, ended, by }: CallChange): void {
  const change = { member: infoOf(member), did, ...ended === undefined ? {} : { ended } };
  for (const { sessions, place } of audienceOf(turn.registry, call)) {
    const event = { ...describeCall(call), ...place, ...change };
    const others = [...sessions].filter((id) => id !== by?.id);
    turn.effects.push({ type: "broadcast", sessions: others, event });
    if (by !== undefined && others.length < [...sessions].length) send(turn, by, { ...event, ref: by.ref });
  }
}

/** Tells a session that has just joined of the call in a room, and at its first join of those in conversations. */
export function tellCalls(turn: Turn, { session, member }: Caller, room: string, isFirst: boolean): void {
  for (const call of turn.registry.calls.all()) {
    if (call.room === room) send(turn, session, { ...describeCall(call), room });
    if (!isFirst || call.room !== undefined) continue;
    const own = audienceOf(turn.registry, call).find((each) => each.member === member);
    if (own !== undefined) send(turn, session, { ...describeCall(call), ...own.place });
  }
}

type Place = Pick<CallEvent, "room" | "with">;

interface Audience {
  /** The one of the two of a conversation. */
  readonly member?: Member;
  readonly sessions: readonly SessionId[];
  readonly place: Place;
}

/** Those who may know of a call: all in the room, or the two of a conversation, unless the other one is blocked. */
function audienceOf(registry: Registry, call: Call): Audience[] {
  const { room, key, by } = call;
  if (room !== undefined) {
    const sessions = registry.rooms.get(room)?.sessionsBut(undefined) ?? [];
    return [{ sessions: [...sessions], place: { room } }];
  }
  const both = key.split(" ").flatMap((id) => registry.withId(id) ?? []);
  return both
    .filter(({ id }) => id === by.id || !blocks(registry, id, by.id))
    .map((member) => {
      const other = both.find((each) => each !== member) ?? member;
      return { member, sessions: member.sessions.map(({ id }) => id), place: { with: infoOf(other) } };
    });
}

/** Whether the member does not want to hear from the other one. */
export function blocks({ conversations }: Registry, memberId: string, otherId: string): boolean {
  return conversations.find(memberId, otherId)?.blockedBy.has(memberId) === true;
}

function describeCall({ id, by, audio, members }: Call): Omit<CallEvent, "room" | "with"> {
  return {
    type: "call",
    id,
    by: infoOf(by),
    ...audio ? { audio: true as const } : {},
    members: [...members.values()].map((each) => ({
      ...infoOf(each.member),
      ...isInCall(each) ? { state: "in" as const, stream: each.stream } : { state: "called" as const },
    })),
  };
}

function infoOf({ id, name }: MemberInfo | Member): { readonly id: string; readonly name: string } {
  return { id, name };
}
