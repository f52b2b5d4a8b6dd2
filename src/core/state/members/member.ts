import type { Device } from "../../../protocol/identity/device_list.ts";
import { MAX_NOTICE_SENDERS, NOTICES_BURST, NOTICES_PER_MINUTE } from "../../../protocol/limits.ts";
import type { AckEvent, LeaveReason, MemberInfo } from "../../../protocol/messages/messages.ts";
import type { Network } from "../../../protocol/address/network.ts";
import { TokenBucket } from "../token_bucket.ts";
import type { SessionId } from "../../effect.ts";
import type { AwayState } from "./away_state.ts";
import type { Room } from "../room.ts";

export const NOTICE_RATE = { perSecond: NOTICES_PER_MINUTE / 60, burst: NOTICES_BURST };

/** One room of a member. While `absent` is set, the member has no session; a return before `until` goes unnoticed. */
export interface RoomMembership {
  readonly room: Room<Member>;
  absent?: { readonly until: number; readonly reason: LeaveReason };
}

/** The part of a session that its member knows. `Registry.sessions` has the session itself. */
export interface MemberSession {
  readonly id: SessionId;
  /** Its id on the wire; `undefined` if the client cannot return. */
  readonly key: string | undefined;
  readonly tokenDigest: string;
  /** How its client describes the device. */
  readonly device: Pick<Device, "kind" | "name"> | undefined;
  readonly resumable: boolean;
  readonly isOwner: boolean;
  /** Whether its user has pressed no key for a while. Clients that do not report it are never idle. */
  readonly idle: boolean;
  readonly address: Network | undefined;
  /** The names of the rooms whose events it receives: a part of the member's rooms. */
  readonly rooms: readonly string[];
  readonly commands: TokenBucket;
  /** No longer receives the room's events. Returns false if it did not before. */
  unfollow(room: string): boolean;
}

/** A member with a name and an id, on all their devices and across connections. */
export class Member {
  readonly id: string;
  /** The digest of the token that proves to be this member, or a `keyDigest`. Only the registry changes it. */
  tokenDigest: string;
  /** The rate of their messages; `undefined` if the server sets none. */
  messages: TokenBucket | undefined;
  /** By room name. */
  readonly memberships = new Map<string, RoomMembership>();
  /** Whether they have a token to return with. Plain-text users have none. */
  canReturn = true;
  /** Whether another member had their present name before. */
  nameWasUsed = false;
  /** Their open sessions, oldest first, at most `MAX_SESSIONS_PER_MEMBER`. A session that opens or ends makes a new list. */
  sessions: readonly MemberSession[] = [];
  /** Created when they are away for the first time, and dropped when they leave. */
  away: AwayState | undefined;
  /** The address of their last session that ended. */
  lastAddress: Network | undefined;
  /** When their last session and membership ended; `undefined` while they have one. */
  absentSince: number | undefined;
  private shown: MemberInfo;
  /** By `ref`, oldest first. Created with the first one, since most members only read. */
  private acks: Map<string, AckEvent> | undefined;
  /** Whether every acknowledgement of the last day is in `acks`. */
  private allAcksHere = true;
  /** Rates of notices by id of the moderator, latest last. Created with the first one. */
  private notices: Map<string, TokenBucket> | undefined;

  constructor(info: MemberInfo, tokenDigest: string, messages: TokenBucket | undefined) {
    this.id = info.id;
    this.shown = info;
    this.tokenDigest = tokenDigest;
    this.messages = messages;
  }

  /** The member as others see them: the same object until the next rename. */
  get info(): MemberInfo {
    return this.shown;
  }

  /** The member as others see them in a join or rename. */
  get introduction(): MemberInfo {
    return this.nameWasUsed ? { ...this.shown, new: true } : this.shown;
  }

  get name(): string {
    return this.shown.name;
  }

  set name(name: string) {
    this.shown = { id: this.id, name };
  }

  get acksComplete(): boolean {
    return this.allAcksHere;
  }

  /** Restores a member from the store. Earlier acknowledgements stay there: few are asked for again. */
  restore(): void {
    this.allAcksHere = false;
  }

  /** The earlier acknowledgement of `ref`, if it is still in memory. */
  acknowledged(ref: string): AckEvent | undefined {
    return this.acks?.get(ref);
  }

  /** Remembers an acknowledgement. Past `limit` the oldest is dropped. */
  remember(ack: AckEvent, limit: number): void {
    this.acks ??= new Map();
    this.acks.set(ack.ref, ack);
    if (this.acks.size <= limit) return;
    this.acks.delete(this.acks.keys().next().value!);
    this.allAcksHere = false;
  }

  forgetAcks(): void {
    if (this.acks === undefined) return;
    this.acks = undefined;
    this.allAcksHere = false;
  }

  /** Counts a `notice` from a moderator and returns 0; or returns the seconds until the next one is allowed. */
  takeNotice(moderatorId: string, now: number): number {
    this.notices ??= new Map();
    const limiter = this.notices.get(moderatorId) ?? new TokenBucket(NOTICE_RATE, now);
    this.notices.delete(moderatorId);
    this.notices.set(moderatorId, limiter);
    if (this.notices.size > MAX_NOTICE_SENDERS) this.notices.delete(this.notices.keys().next().value!);
    return limiter.take(now);
  }
}
