import { MAX_CALL_MEMBERS, MAX_CALLS_PER_ADDRESS, MAX_RINGS, RING_PAUSE_MS } from "../../protocol/limits.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import type { SessionId } from "../effect.ts";
import type { Member } from "./members/member.ts";
import { THIS_MACHINE } from "./quotas/quota.ts";

/** The place of a call: a room, or the conversation of two members. */
export interface CallPlace {
  /** The name of the room or of the conversation. */
  readonly key: string;
  /** `undefined` for a conversation. */
  readonly room: string | undefined;
}

/** A member who was asked, or is in the call. */
export interface CallMember {
  readonly member: Member;
  /** The number of their stream; `undefined` while they are only asked. */
  stream?: number;
  /** The session that is in the call; `undefined` also while their connection is lost. */
  session?: SessionId | undefined;
  /** When the question, or the time to come back, is over; `undefined` for a session that is in the call. */
  until?: number | undefined;
}

export interface Call extends CallPlace {
  readonly id: string;
  readonly by: MemberInfo;
  /** The origin of the session that has begun it, from `originOf`. */
  readonly from: string;
  readonly audio: boolean;
  /** By id, in the order in which they were asked or entered. */
  readonly members: Map<string, CallMember>;
}

/** A member who is in a call, and the session by which they are. */
export interface TakenSeat {
  readonly call: string;
  readonly memberId: string;
  readonly stream: number;
  readonly session: SessionId;
}

/** All calls. They are in memory only: a restart ends them. */
export class Calls {
  limit: number;
  private readonly byId = new Map<string, Call>();
  private readonly byPlace = new Map<string, Call>();
  /** The call that a member is in. */
  private readonly byMember = new Map<string, Call>();
  /** When one member last asked another one, by both ids, oldest first. */
  private readonly rings = new Map<string, number>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get isFull(): boolean {
    return this.byId.size >= this.limit;
  }

  /** Whether so many calls begun from this origin are on that it may begin no other one. */
  isExhausted(from: string): boolean {
    if (from === THIS_MACHINE) return false;
    return [...this.byId.values()].filter((call) => call.from === from).length >= MAX_CALLS_PER_ADDRESS;
  }

  all(): Iterable<Call> {
    return this.byId.values();
  }

  /** All who are in calls now. */
  *seats(): Generator<TakenSeat> {
    for (const { id: call, members } of this.byId.values()) {
      for (const [memberId, { stream, session }] of members) {
        if (stream !== undefined && session !== undefined) yield { call, memberId, stream, session };
      }
    }
  }

  withId(id: string): Call | undefined {
    return this.byId.get(id);
  }

  at({ key }: Pick<CallPlace, "key">): Call | undefined {
    return this.byPlace.get(key);
  }

  /** The call that the member is in; not one that they are only asked to enter. */
  of(memberId: string): Call | undefined {
    return this.byMember.get(memberId);
  }

  add(call: Call): void {
    this.byId.set(call.id, call);
    this.byPlace.set(call.key, call);
  }

  /** Puts a member into the call. The call must have a free stream. */
  enter(call: Call, member: Member, session: SessionId): CallMember {
    const entered = call.members.get(member.id) ?? { member };
    entered.stream ??= freeStream(call);
    entered.session = session;
    entered.until = undefined;
    call.members.set(member.id, entered);
    this.byMember.set(member.id, call);
    return entered;
  }

  /** Removes a member from the call. */
  leave(call: Call, memberId: string): void {
    call.members.delete(memberId);
    if (this.byMember.get(memberId) === call) this.byMember.delete(memberId);
  }

  remove(call: Call): void {
    for (const id of [...call.members.keys()]) this.leave(call, id);
    this.byId.delete(call.id);
    this.byPlace.delete(call.key);
  }

  /** Notes that one member asks another one; or returns the milliseconds until they may ask again. */
  ring(callerId: string, memberId: string, now: number): number {
    const pair = `${callerId} ${memberId}`;
    const left = (this.rings.get(pair) ?? -Infinity) + RING_PAUSE_MS - now;
    // A clock that goes back does not lengthen the pause.
    if (left > 0 && left <= RING_PAUSE_MS) return left;
    this.rings.delete(pair);
    this.rings.set(pair, now);
    if (this.rings.size > MAX_RINGS) this.rings.delete(this.rings.keys().next().value!);
    return 0;
  }

  /** Forgets questions after which the member may be asked again. */
  forgetRings(now: number): void {
    for (const [pair, at] of this.rings) {
      if (now - at >= 0 && now - at < RING_PAUSE_MS) return;
      this.rings.delete(pair);
    }
  }
}

/** Whether the member has entered the call and has not left it. */
export function isInCall({ stream }: CallMember): boolean {
  return stream !== undefined;
}

/** Whether nobody can enter without being asked: a stream is kept for each member who was. */
export function isCallFull({ members }: Call): boolean {
  return members.size >= MAX_CALL_MEMBERS;
}

function freeStream({ members }: Call): number {
  const taken = new Set([...members.values()].map(({ stream }) => stream));
  for (let stream = 0; stream < MAX_CALL_MEMBERS; stream++) if (!taken.has(stream)) return stream;
  throw new Error("A call has more members than streams");
}
