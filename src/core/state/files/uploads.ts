import {
  MAX_SLOTS_OF_THIS_MACHINE,
  MAX_SLOTS_PER_ADDRESS,
  MAX_SLOTS_PER_MEMBER,
  SLOTS_ENDED_AT_ONCE,
} from "../../../protocol/limits.ts";
import type { MessageFile } from "../../../protocol/messages/messages.ts";
import type { Effect, KeptRecord } from "../../effect.ts";
import { Quota, type Source } from "../quotas/quota.ts";

/** A file that a member has offered, until a message carries it. */
export interface OfferedFile {
  readonly id: string;
  /** The id of the member. */
  readonly member: string;
  /** The origin of a guest's session, from `originOf`. It is never shown. */
  readonly from?: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The digest of the token that the upload needs. */
  readonly token: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
  /** The findings of the server about the bytes, once they are complete. */
  readonly found?: Pick<MessageFile, "sha256" | "media">;
}

/** All offered files, by id. They are in memory, and kept in the store as records. */
export class Uploads {
  /** Oldest first. */
  private readonly byId = new Map<string, OfferedFile>();
  /** By the member's id. */
  private readonly byMember = new Map<string, Set<OfferedFile>>();
  /** The number of complete uploads by hash. */
  private readonly hashes = new Map<string, number>();
  private readonly origins = new Quota({
    member: MAX_SLOTS_PER_MEMBER,
    address: MAX_SLOTS_PER_ADDRESS,
    thisMachine: MAX_SLOTS_OF_THIS_MACHINE,
  });
  private bytesOnTheWay = 0;

  constructor(records: Iterable<KeptRecord>) {
    for (const { kind, key, value } of records) {
      if (kind === "upload") this.set({ ...value as Omit<OfferedFile, "id">, id: key });
    }
  }

  get size(): number {
    return this.byId.size;
  }

  /** Bytes of the files whose uploads are not complete. */
  get waitingBytes(): number {
    return this.bytesOnTheWay;
  }

  /** The offered file with this id, unless its time is over. */
  find(id: string, now: number): OfferedFile | undefined {
    const file = this.byId.get(id);
    return file !== undefined && file.until > now ? file : undefined;
  }

  /** The limit of slots that the member or the address has reached, as `Quota.reached` tells it. */
  reached(source: Source): ReturnType<Quota["reached"]> {
    return this.origins.reached(source);
  }

  of(memberId: string): ReadonlySet<OfferedFile> {
    return this.byMember.get(memberId) ?? NONE;
  }

  /** Whether a complete upload has this hash. */
  has(sha256: string): boolean {
    return this.hashes.has(sha256);
  }

  add(file: OfferedFile, effects: Effect[]): void {
    this.set(file);
    keep(file, effects);
  }

  /** Notes what the server found in the bytes of a complete upload. */
  complete(file: OfferedFile, found: Pick<MessageFile, "sha256" | "media">, effects: Effect[]): void {
    const complete = { ...file, found };
    this.uncount(file);
    this.set(complete);
    keep(complete, effects);
  }

  remove(file: OfferedFile, effects: Effect[]): void {
    this.byId.delete(file.id);
    this.uncount(file);
    effects.push({ type: "keepRecord", kind: "upload", key: file.id });
  }

  /** Offered files whose time is over, at most `SLOTS_ENDED_AT_ONCE`. */
  expired(now: number): OfferedFile[] {
    const found: OfferedFile[] = [];
    for (const file of this.byId.values()) {
      if (file.until > now || found.length >= SLOTS_ENDED_AT_ONCE) break;
      found.push(file);
    }
    return found;
  }

  /** A file that is known stays in its place. */
  private set(file: OfferedFile): void {
    const { id, member, from, size, found } = file;
    this.byId.set(id, file);
    this.origins.add({ member, from });
    const own = this.byMember.get(member) ?? new Set();
    this.byMember.set(member, own.add(file));
    if (found === undefined) this.bytesOnTheWay += size;
    else this.hashes.set(found.sha256, (this.hashes.get(found.sha256) ?? 0) + 1);
  }

  private uncount(file: OfferedFile): void {
    const { member, from, size, found } = file;
    this.origins.remove({ member, from });
    const own = this.byMember.get(member);
    own?.delete(file);
    if (own?.size === 0) this.byMember.delete(member);
    if (found === undefined) this.bytesOnTheWay -= size;
    else this.release(found.sha256);
  }

  private release(sha256: string): void {
    const count = this.hashes.get(sha256)! - 1;
    if (count > 0) this.hashes.set(sha256, count);
    else this.hashes.delete(sha256);
  }
}

const NONE: ReadonlySet<OfferedFile> = new Set();

function keep({ id, ...value }: OfferedFile, effects: Effect[]): void {
  effects.push({ type: "keepRecord", kind: "upload", key: id, value });
}
