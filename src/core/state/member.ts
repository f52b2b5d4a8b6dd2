import {
  DIRECT_BATCH_BYTES,
  MAX_NOTICE_SENDERS,
  MAX_WAITING_DIRECT,
  NOTICES_BURST,
  NOTICES_PER_MINUTE,
} from "../../protocol/limits.ts";
import type { AckEvent, DirectMessage, LeaveReason, MemberInfo } from "../../protocol/messages/messages.ts";
import type { Network } from "../../protocol/address/network.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import type { Session } from "./session.ts";
import { TokenBucket } from "./token_bucket.ts";
import type { Room } from "./room.ts";

const NOTICE_RATE = { perSecond: NOTICES_PER_MINUTE / 60, burst: NOTICES_BURST };

/** One room of a member. While `absent` is set the member's connection is gone and may come back unnoticed. */
export interface RoomMembership {
  readonly room: Room<Member>;
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
  readonly messages: TokenBucket | undefined;
  /** By room name. */
  readonly memberships = new Map<string, RoomMembership>();
  /** Whether they were given a token to come back with: people on `nc` were not. */
  canReturn = true;
  /** Whether somebody else had their present name before. */
  nameWasUsed = false;
  /** The connection they have now. */
  session: Session | undefined;
  /** Where the connection before it came from. */
  lastAddress: Network | undefined;
  /** When the last connection and membership ended; undefined while there is one. */
  absentSince: number | undefined;
  #info: MemberInfo;
  /** Made with the first: most members only read. */
  #acks: Map<string, AckEvent> | undefined;
  /** Whether every acknowledgement of the last day is in `#acks`. */
  #acksComplete = true;
  /** Direct messages that the member is not known to have got, oldest first. */
  #unconfirmed: DirectMessage[] = [];
  /** By the ids of the moderators who told the member something, the latest last. Made with the first. */
  #notices: Map<string, TokenBucket> | undefined;
  /** How many of them have been sent over the connection there is. */
  #sent = 0;

  constructor(info: MemberInfo, tokenDigest: string, messages: TokenBucket | undefined) {
    this.id = info.id;
    this.#info = info;
    this.tokenDigest = tokenDigest;
    this.messages = messages;
  }

  /** As others see them: one object until the next rename. */
  get info(): MemberInfo {
    return this.#info;
  }

  /** As others see them when they come. */
  get introduction(): MemberInfo {
    return this.nameWasUsed ? { ...this.#info, new: true } : this.#info;
  }

  get name(): string {
    return this.#info.name;
  }

  set name(name: string) {
    this.#info = { id: this.id, name };
  }

  get acksComplete(): boolean {
    return this.#acksComplete;
  }

  get unconfirmed(): readonly DirectMessage[] {
    return this.#unconfirmed;
  }

  /** Somebody from before: what they were answered then is asked for when a `ref` comes, for hardly any comes again. */
  restore(unconfirmed: readonly DirectMessage[]): void {
    this.#acksComplete = false;
    this.#unconfirmed = [...unconfirmed];
  }

  /** The acknowledgement given to `ref` before, if it is still in memory. */
  acknowledged(ref: string): AckEvent | undefined {
    return this.#acks?.get(ref);
  }

  /** Beyond `limit` the oldest goes. */
  remember(ack: AckEvent, limit: number): void {
    this.#acks ??= new Map();
    this.#acks.set(ack.ref, ack);
    if (this.#acks.size <= limit) return;
    this.#acks.delete(this.#acks.keys().next().value!);
    this.#acksComplete = false;
  }

  forgetAcks(): void {
    if (this.#acks === undefined) return;
    this.#acks = undefined;
    this.#acksComplete = false;
  }

  /** Whether a moderator may tell the member something by a `notice`: 0 if so, and then it counts; else the seconds until then. */
  takeNotice(moderatorId: string, now: number): number {
    this.#notices ??= new Map();
    const limiter = this.#notices.get(moderatorId) ?? new TokenBucket(NOTICE_RATE, now);
    this.#notices.delete(moderatorId);
    this.#notices.set(moderatorId, limiter);
    if (this.#notices.size > MAX_NOTICE_SENDERS) this.#notices.delete(this.#notices.keys().next().value!);
    return limiter.take(now);
  }

  /** Keeps a direct message until it is confirmed. Beyond `MAX_WAITING_DIRECT` the oldest goes. */
  addUnconfirmed(message: DirectMessage): void {
    this.#unconfirmed.push(message);
    if (this.#unconfirmed.length <= MAX_WAITING_DIRECT) return;
    this.#unconfirmed.shift();
    this.#sent = Math.max(0, this.#sent - 1);
  }

  /** On a new connection nothing has been sent. */
  restartDelivery(): void {
    this.#sent = 0;
  }

  /** What is to be sent now: nothing while a full batch is unconfirmed, so that no outbox is ever filled by it. */
  takeUnsent(): DirectMessage[] {
    const batch: DirectMessage[] = [];
    let bytes = 0;
    for (const { text } of this.#unconfirmed.slice(0, this.#sent)) bytes += utf8Length(text);
    while (this.#sent < this.#unconfirmed.length && bytes < DIRECT_BATCH_BYTES) {
      const message = this.#unconfirmed[this.#sent++]!;
      bytes += utf8Length(message.text);
      batch.push(message);
    }
    return batch;
  }

  /** The member has got everything up to this id. */
  confirm(throughId: string): void {
    const before = this.#unconfirmed.length;
    this.#unconfirmed = this.#unconfirmed.filter(({ id }) => id > throughId);
    this.#sent = Math.max(0, this.#sent - (before - this.#unconfirmed.length));
  }
}
