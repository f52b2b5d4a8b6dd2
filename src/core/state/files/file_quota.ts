import { ProtocolError } from "../../../protocol/errors.ts";
import { MAX_SLOTS, MAX_WATCHED_OFFERERS, MEMBER_QUOTAS_PER_ADDRESS } from "../../../protocol/limits.ts";
import type { UsedBytes } from "../../hub_command.ts";
import type { FileOptions } from "../../hub_options.ts";
import { type Source, THIS_MACHINE } from "../quotas/quota.ts";
import { DAY_SECONDS, TokenBucket } from "../token_bucket.ts";
import { CancelledBytes } from "./cancelled_bytes.ts";
import type { Uploads } from "./uploads.ts";

/** An offer of a member; `from` is the origin of a guest. */
export interface FileOffer extends Source {
  readonly member: string;
  readonly size: number;
  readonly used: UsedBytes;
}

/** How much members may offer: one member, all guests of one address, and all together. */
export class FileQuota {
  private readonly options: FileOptions;
  private readonly uploads: Uploads;
  /** By origin, latest used last. */
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly cancelled: CancelledBytes;

  constructor(options: FileOptions, uploads: Uploads) {
    this.options = options;
    this.uploads = uploads;
    this.cancelled = new CancelledBytes(options.bytesPerMemberAndDay);
  }

  /** Counts an offer. Throws `file_too_large` or `quota_exceeded` if it is too much. */
  take(offer: FileOffer, now: number): void {
    const { maxFileBytes } = this.options;
    if (offer.size > maxFileBytes) {
      const most = `this server takes at most ${megabytes(maxFileBytes)}`;
      throw new ProtocolError("file_too_large", `The file has ${megabytes(offer.size)}, and ${most}`);
    }
    this.checkSlots(offer);
    this.checkDay(offer, now);
    this.checkTotal(offer);
    this.takeBytes(offer, now);
  }

  /** Counts an offer that was cancelled after bytes of it had arrived: for this day it is as if the file had been sent. */
  keepCounted({ member, size }: Omit<FileOffer, "used">, now: number): void {
    this.cancelled.add(member, size, now);
  }

  private checkSlots(offer: FileOffer): void {
    const reached = this.uploads.reached(offer);
    if (reached !== undefined) {
      throw exceeded(`${reached.who} ${reached.limit} files on their way: send or wait for these first`);
    }
    if (this.uploads.size >= MAX_SLOTS) throw exceeded("Too many files are on their way: try again later");
  }

  private checkDay({ member, size, used }: FileOffer, now: number): void {
    const { bytesPerMemberAndDay: most } = this.options;
    let bytes = used.ofMember + size + this.cancelled.of(member, now);
    for (const own of this.uploads.of(member)) bytes += own.size;
    if (bytes <= most) return;
    throw exceeded(
      `You would have sent ${megabytes(bytes)} in 24 hours, more than ${megabytes(most)}: try again tomorrow`,
    );
  }

  private checkTotal({ size, used }: FileOffer): void {
    const { totalBytes } = this.options;
    if (used.all + this.uploads.waitingBytes + size <= totalBytes) return;
    throw exceeded(`The server has no space for ${megabytes(size)} more: try again when older files are deleted`);
  }

  private takeBytes({ from, size }: FileOffer, now: number): void {
    if (from === undefined || from === THIS_MACHINE) return;
    const burst = MEMBER_QUOTAS_PER_ADDRESS * this.options.bytesPerMemberAndDay;
    const bucket = this.buckets.get(from) ?? new TokenBucket({ perSecond: burst / DAY_SECONDS, burst }, now);
    this.buckets.delete(from);
    this.buckets.set(from, bucket);
    if (this.buckets.size > MAX_WATCHED_OFFERERS) this.buckets.delete(this.buckets.keys().next().value!);
    const retryAfter = Math.ceil(bucket.take(now, size));
    if (retryAfter === 0) return;
    const text = `The guests of your address have offered too much: try again in ${Math.ceil(retryAfter / 60)} minutes`;
    throw new ProtocolError("quota_exceeded", text, { retryAfter });
  }
}

function exceeded(text: string): ProtocolError {
  return new ProtocolError("quota_exceeded", text);
}

/** Rounded up, so that a size over a limit never reads as the limit. */
function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MB`;
}
