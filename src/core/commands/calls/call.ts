/** The commands of calls: to call, to answer, to hang up. */

import { conversationName } from "../../../protocol/conventions.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { MAX_CALL_MEMBERS, MAX_CALLS_PER_ADDRESS, RING_MS } from "../../../protocol/limits.ts";
import type { AnswerCommand, CallCommand, HangupCommand } from "../../../protocol/messages/messages.ts";
import { quote } from "../../../protocol/text/names.ts";
import { type Call, type CallPlace, isCallFull, isInCall } from "../../state/calls.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import { originOf } from "../../state/quotas/quota.ts";
import type { Turn } from "../../turn.ts";
import { countBeginning, findPartner, oneOfTwo } from "../conversations/channel_lookup.ts";
import { checkInRoom, findRoom } from "../room_lifecycle.ts";
import { checkPace, checkRate, checkVoice } from "../voice.ts";
import { announceCall, blocks } from "./call_events.ts";
import { removeFromCall } from "./leave_call.ts";

/**
 * Starts a call, or enters the one that is on in that place. Throws `invalid`, `no_such_room`, `not_joined`, `no_such_member`,
 * `rate_limited`, or `forbidden` if there are too many members, nobody to call, or the caller is in another call.
 */
export function callMembers(turn: Turn, caller: Caller, command: CallCommand): void {
  const { registry } = turn;
  const target = targetOf(turn, caller, command);
  checkVoice(registry, caller.member, target.room);
  const existing = registry.calls.at(target);
  if (existing !== undefined) return enter(turn, caller, existing, command.ref);
  checkOutOfCalls(turn, caller.member, undefined);
  checkNumber(turn, caller);
  checkRing(turn, caller, target);
  start(turn, caller, target, command);
}

/** Enters a call, or declines it. Throws `no_such_call`, and as `callMembers`. */
export function answerCall(turn: Turn, caller: Caller, { ref, call: id, decline }: AnswerCommand): void {
  const { session, member } = caller;
  const found = findCall(turn, caller, id);
  if (!decline) {
    checkVoice(turn.registry, member, found.room);
    return enter(turn, caller, found, ref);
  }
  const own = found.members.get(member.id);
  if (own === undefined || isInCall(own)) {
    throw new ProtocolError("invalid", "You are not asked to enter this call: hang up to leave it");
  }
  removeFromCall(turn, found, own, "declined", { id: session.id, ref });
}

/** Leaves a call. Throws `no_such_call`. */
export function hangUp(turn: Turn, caller: Caller, { ref, call: id }: HangupCommand): void {
  const { session, member } = caller;
  const found = findCall(turn, caller, id);
  const own = found.members.get(member.id);
  if (own === undefined || !isInCall(own)) throw noSuchCall();
  removeFromCall(turn, found, own, "left", { id: session.id, ref });
}

/** Throws `rate_limited` or `forbidden` if the caller calls too often, as for a message. */
function checkRing(turn: Turn, caller: Caller, { room, others: [partner] }: CallTarget): void {
  const { registry, now } = turn;
  const { member } = caller;
  if (room !== undefined) checkPace(registry, member, findRoom(registry, room), now);
  checkRate(member, now);
  const isStranger = room === undefined && registry.conversations.find(member.id, partner!.id) === undefined;
  if (isStranger) countBeginning(turn, caller);
}

interface CallTarget extends CallPlace {
  /** The members to ask, without the caller. */
  readonly others: readonly Member[];
}

function targetOf(turn: Turn, { session, member }: Caller, { room, to }: CallCommand): CallTarget {
  const { registry } = turn;
  if ((room === undefined) === (to === undefined)) throw oneOfTwo();
  if (room === undefined) {
    const partner = findPartner(turn, to!);
    if (partner === member) throw new ProtocolError("invalid", "This is you: name another member");
    if (blocks(registry, member.id, partner.id)) {
      throw new ProtocolError("forbidden", `You ignore ${quote(partner.name)}: use /unignore before you call them`);
    }
    return { key: conversationName(member.id, partner.id), room: undefined, others: [partner] };
  }
  checkInRoom(registry, session, room);
  const others = [...findRoom(registry, room).members].filter((each) => each !== member && each.sessions.length > 0);
  return { key: room, room, others };
}

function start(turn: Turn, caller: Caller, target: CallTarget, { audio, ref }: CallCommand): void {
  const { registry, now } = turn;
  const { member } = caller;
  const { key, room } = target;
  const asked = ringable(turn, member, target);
  const by = { id: member.id, name: member.name };
  const from = originOf(caller.session);
  const started: Call = { key, room, id: registry.newId(now), by, from, audio: audio === true, members: new Map() };
  registry.calls.add(started);
  enterAs(turn, caller, started, ref);
  for (const each of asked) started.members.set(each.id, { member: each, until: now + RING_MS });
  announceCall(turn, started, { did: "called", member });
}

/** The members who are asked. Throws `forbidden` or `rate_limited` if there is none. */
function ringable({ registry, now }: Turn, caller: Member, { room, others }: CallTarget): readonly Member[] {
  if (room !== undefined && others.length >= MAX_CALL_MEMBERS) {
    throw new ProtocolError(
      "forbidden",
      `Room ${quote(room)} has ${others.length + 1} members and a call ${MAX_CALL_MEMBERS}: call one of them by name`,
    );
  }
  const present = others.filter((each) => each.sessions.length > 0);
  const absent = room === undefined ? `${quote(others[0]!.name)} is not connected` : `Nobody else is in #${room}`;
  if (present.length === 0) throw new ProtocolError("forbidden", `${absent}: try again when somebody is there`);
  // A member who blocks the caller in their conversation is not told, and in a room not asked.
  const wanting = present.filter((each) => room === undefined || !blocks(registry, each.id, caller.id));
  const waits = wanting.map((each) => registry.calls.ring(caller.id, each.id, now));
  const asked = wanting.filter((_, nth) => waits[nth] === 0);
  if (asked.length > 0) return asked;
  const retryAfter = Math.ceil(Math.min(...waits, Infinity) / 1000);
  if (!Number.isFinite(retryAfter)) throw new ProtocolError("forbidden", `Nobody in #${room} can be called`);
  throw new ProtocolError("rate_limited", `You have just called: try again in ${retryAfter} seconds`, { retryAfter });
}

/** Enters a call that is on. A session that comes back, or another one of the member, takes the member's place. */
function enter(turn: Turn, caller: Caller, found: Call, ref: string | undefined): void {
  const { member, session } = caller;
  checkOutOfCalls(turn, member, found);
  const known = found.members.get(member.id);
  if (known === undefined) checkUnasked(turn, member, found);
  const wasIn = known !== undefined && isInCall(known);
  const before = known?.session;
  if (before !== undefined && before !== session.id) {
    turn.effects.push({ type: "send", session: before, event: { type: "media", call: found.id, ended: true } });
  }
  enterAs(turn, caller, found, ref);
  if (!wasIn) announceCall(turn, found, { did: "entered", member });
}

/** Throws if the call is full. A member who was not asked comes and goes at the pace of messages. */
function checkUnasked({ registry, now }: Turn, member: Member, found: Call): void {
  if (isCallFull(found)) {
    throw new ProtocolError("forbidden", `This call has ${MAX_CALL_MEMBERS} members already: try again later`);
  }
  if (found.room !== undefined) checkPace(registry, member, findRoom(registry, found.room), now);
}

function enterAs({ registry, effects }: Turn, { session, member }: Caller, found: Call, ref: string | undefined): void {
  const { stream } = registry.calls.enter(found, member, session.id);
  effects.push({ type: "admit", session: session.id, memberId: member.id, call: found.id, stream: stream!, ref });
}

function checkOutOfCalls({ registry }: Turn, { id }: Member, wanted: Call | undefined): void {
  const present = registry.calls.of(id);
  if (present === undefined || present === wanted) return;
  throw new ProtocolError("forbidden", "You are in another call: hang up first");
}

/** The call with this id, if the member may know of it. Throws `no_such_call`. */
function findCall({ registry }: Turn, { session, member }: Caller, id: string): Call {
  const found = registry.calls.withId(id);
  const mayKnow = found?.room === undefined
    ? found?.members.has(member.id) && !(found.by.id !== member.id && blocks(registry, member.id, found.by.id))
    : session.rooms.includes(found.room);
  if (found === undefined || !mayKnow) throw noSuchCall();
  return found;
}

function noSuchCall(): ProtocolError {
  return new ProtocolError("no_such_call", "You are in no such call, or it is over");
}

/** Throws `forbidden` if the server, or the caller's address, has no call left. */
function checkNumber({ registry: { calls } }: Turn, { session }: Caller): void {
  if (calls.isFull) throw new ProtocolError("forbidden", noMoreCalls(calls.limit));
  if (!calls.isExhausted(originOf(session))) return;
  const text = `${MAX_CALLS_PER_ADDRESS} calls begun from your address are on: end one of them first`;
  throw new ProtocolError("forbidden", text);
}

function noMoreCalls(limit: number): string {
  if (limit === 0) return "This server has no calls";
  return `The server has reached its limit of ${limit} calls: try again later`;
}
