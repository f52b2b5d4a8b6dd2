import { MAX_ACKS_PER_MEMBER, MAX_WAITING_DIRECT } from "../protocol/limits.ts";
import type { AckEvent, DirectMessage, LeaveReason, Member as MemberInfo } from "../protocol/messages.ts";
import type { Session } from "./session.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import type { Room } from "./room.ts";

/** One room of a member. While `absent` is set the member's connection is gone and may come back unnoticed. */
export interface Membership {
  readonly room: Room;
  absent?: { readonly until: number; readonly reason: LeaveReason };
}

/** A member as they speak from their connection. */
export interface Caller {
  readonly session: Session;
  readonly member: Member;
}

/** Somebody with a name and a token, across the connections they come with. */
export class Member {
  readonly id: string;
  /** Proof of being this member, as a digest. */
  readonly tokenDigest: string;
  /** Undefined where no rate is set. */
  readonly messages: RateLimiter | undefined;
  /** By room name. */
  readonly memberships = new Map<string, Membership>();
  /** The connection they have now. */
  session: Session | undefined;
  /** When the last connection and membership ended; undefined while there is one. */
  goneSince: number | undefined;
  #info: MemberInfo;
  readonly #acks = new Map<string, AckEvent>();
  #waiting: DirectMessage[] = [];

  constructor(info: MemberInfo, tokenDigest: string, messages: RateLimiter | undefined) {
    this.id = info.id;
    this.#info = info;
    this.tokenDigest = tokenDigest;
    this.messages = messages;
  }

  /** As others see them: one object until the next rename. */
  get info(): MemberInfo {
    return this.#info;
  }

  get name(): string {
    return this.#info.name;
  }

  set name(name: string) {
    this.#info = { id: this.id, name };
  }

  /** The acknowledgement given to `ref` before, if it is among the newest `MAX_ACKS_PER_MEMBER`. */
  acknowledged(ref: string): AckEvent | undefined {
    return this.#acks.get(ref);
  }

  remember(ack: AckEvent): void {
    this.#acks.set(ack.ref, ack);
    if (this.#acks.size > MAX_ACKS_PER_MEMBER) this.#acks.delete(this.#acks.keys().next().value!);
  }

  /** Keeps a direct message for the return; false when `MAX_WAITING_DIRECT` wait already. */
  keepWaiting(message: DirectMessage): boolean {
    if (this.#waiting.length >= MAX_WAITING_DIRECT) return false;
    this.#waiting.push(message);
    return true;
  }

  takeWaiting(): DirectMessage[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
