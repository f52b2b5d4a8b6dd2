/** The ends of calls, and of a member's part in one. */

import { GRACE_MS } from "../../../protocol/limits.ts";
import { type Call, type CallMember, isInCall } from "../../state/calls.ts";
import type { Member } from "../../state/members/member.ts";
import type { Session } from "../../state/members/session.ts";
import type { Turn } from "../../turn.ts";
import { announceCall, type CallChange } from "./call_events.ts";

/** Removes a member from the call, and ends the call if only one is left and nobody is asked any more. */
export function removeFromCall(
  turn: Turn,
  call: Call,
  { member, ...own }: CallMember,
  did: "left" | "declined" | "missed",
  by?: CallChange["by"],
): void {
  const { registry } = turn;
  dismiss(turn, call, { member, ...own });
  registry.calls.leave(call, member.id);
  const ended = isOver(call) ? { ended: true as const } : {};
  announceCall(turn, call, { did, member, ...ended, ...by === undefined ? {} : { by } });
  if (!ended.ended) return;
  for (const each of call.members.values()) dismiss(turn, call, each);
  registry.calls.remove(call);
}

function dismiss({ effects }: Turn, call: Call, own: CallMember): void {
  if (!isInCall(own)) return;
  effects.push({ type: "dismiss", call: call.id, memberId: own.member.id });
  const event = { type: "media" as const, call: call.id, ended: true as const };
  if (own.session !== undefined) effects.push({ type: "send", session: own.session, event });
}

/** Removes the member from a call that they are in, or are asked to enter, in the room; or without `room` in any place. */
export function leaveCalls(turn: Turn, member: Member, room: string | undefined): void {
  for (const call of [...turn.registry.calls.all()]) {
    const own = call.members.get(member.id);
    if (own !== undefined && (room === undefined || call.room === room)) removeFromCall(turn, call, own, "left");
  }
}

/** Ends the call of a conversation. */
export function endConversationCall(turn: Turn, conversation: string, member: Member): void {
  const call = turn.registry.calls.at({ key: conversation });
  const own = call?.members.get(member.id);
  if (call !== undefined && own !== undefined) removeFromCall(turn, call, own, "left");
}

/** Gives the member time to come back into the call, since the connection of the session is lost. */
export function suspendCall({ registry, now }: Turn, { id, member }: Session): void {
  const own = member && registry.calls.of(member.id)?.members.get(member.id);
  if (own === undefined || own.session !== id) return;
  own.session = undefined;
  own.until = now + GRACE_MS;
}

/** Removes the member from the call that this session is in, for good. */
export function endCallOf(turn: Turn, { id, member }: Session): void {
  const call = member && turn.registry.calls.of(member.id);
  const own = member && call?.members.get(member.id);
  if (call !== undefined && own?.session === id) removeFromCall(turn, call, own, "left");
}

/** Removes members who have not answered in time, or have not come back. */
export function endExpiredCalls(turn: Turn): void {
  const { registry, now } = turn;
  registry.calls.forgetRings(now);
  for (const call of [...registry.calls.all()]) {
    for (const own of [...call.members.values()]) {
      if (own.until === undefined || own.until > now || !call.members.has(own.member.id)) continue;
      removeFromCall(turn, call, own, isInCall(own) ? "left" : "missed");
    }
  }
}

function isOver({ members }: Call): boolean {
  const entered = [...members.values()].filter(isInCall).length;
  return entered === 0 || (entered === 1 && members.size === 1);
}
