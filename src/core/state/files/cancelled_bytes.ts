import { MAX_WATCHED_OFFERERS } from "../../../protocol/limits.ts";
import { DAY_SECONDS, TokenBucket } from "../token_bucket.ts";

/**
 * Bytes of uploads that members have cancelled after some bytes had arrived. They still count for a day, and vanish bit by
 * bit: otherwise one member could have the server write without an end, by an offer and a `DELETE` again and again.
 */
export class CancelledBytes {
  private readonly bytesPerDay: number;
  /** By the member's id, latest used last. */
  private readonly buckets = new Map<string, TokenBucket>();

  /** `bytesPerDay`: the most that a member may offer in a day. */
  constructor(bytesPerDay: number) {
    this.bytesPerDay = bytesPerDay;
  }

  add(member: string, bytes: number, now: number): void {
    const burst = this.bytesPerDay;
    const bucket = this.buckets.get(member) ?? new TokenBucket({ perSecond: burst / DAY_SECONDS, burst }, now);
    bucket.take(now, Math.min(bytes, burst - bucket.missing(now)));
    this.buckets.delete(member);
    this.buckets.set(member, bucket);
    if (this.buckets.size > MAX_WATCHED_OFFERERS) this.buckets.delete(this.buckets.keys().next().value!);
  }

  /** Bytes that still count. */
  of(member: string, now: number): number {
    return this.buckets.get(member)?.missing(now) ?? 0;
  }
}
