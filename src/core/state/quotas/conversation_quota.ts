import {
  MAX_CONVERSATIONS,
  MAX_CONVERSATIONS_OF_GUESTS,
  MAX_CONVERSATIONS_PER_MEMBER,
  MAX_WATCHED_BEGINNERS,
  NEW_CONVERSATIONS_BURST,
  NEW_CONVERSATIONS_PER_ADDRESS_BURST,
  NEW_CONVERSATIONS_PER_HOUR,
} from "../../../protocol/limits.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { HistoryReader } from "../../hub_options.ts";
import { TokenBucket } from "../token_bucket.ts";

const perSecond = NEW_CONVERSATIONS_PER_HOUR / 3600;
export const MEMBER_RATE = { perSecond, burst: NEW_CONVERSATIONS_BURST };
export const ADDRESS_RATE = {
  perSecond: perSecond * NEW_CONVERSATIONS_PER_ADDRESS_BURST / NEW_CONVERSATIONS_BURST,
  burst: NEW_CONVERSATIONS_PER_ADDRESS_BURST,
};

/** The beginner of a conversation. */
export interface Beginner {
  readonly id: string;
  readonly isGuest: boolean;
  /** The origin of the session, from `originOf`. */
  readonly from: string;
}

/** How many conversations one member begins, and one address by its guests, and how many there are at all. */
export class ConversationQuota {
  private readonly history: HistoryReader;
  /** By member and by address, latest used last. */
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(history: HistoryReader) {
    this.history = history;
  }

  /** Counts a new conversation. Throws `forbidden` or `rate_limited` if it may not begin. */
  take({ id, isGuest, from }: Beginner, now: number): void {
    this.checkNumber(id, isGuest);
    this.takeToken(`member ${id}`, MEMBER_RATE, now);
    if (isGuest) this.takeToken(`address ${from}`, ADDRESS_RATE, now);
  }

  private checkNumber(id: string, isGuest: boolean): void {
    if (this.history.conversationCount() >= (isGuest ? MAX_CONVERSATIONS_OF_GUESTS : MAX_CONVERSATIONS)) {
      throw new ProtocolError("forbidden", "The server has reached its limit of conversations: write in a room");
    }
    if (this.history.conversationCount(id) < MAX_CONVERSATIONS_PER_MEMBER) return;
    throw new ProtocolError("forbidden", `You have ${MAX_CONVERSATIONS_PER_MEMBER} conversations: write in a room`);
  }

  private takeToken(key: string, rate: typeof MEMBER_RATE, now: number): void {
    const bucket = this.buckets.get(key) ?? new TokenBucket(rate, now);
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MAX_WATCHED_BEGINNERS) this.buckets.delete(this.buckets.keys().next().value!);
    const wait = bucket.take(now);
    if (wait === 0) return;
    const retryAfter = Math.ceil(wait);
    const text = `You began many conversations in a short time: try again in ${retryAfter} seconds`;
    throw new ProtocolError("rate_limited", text, { retryAfter });
  }
}
