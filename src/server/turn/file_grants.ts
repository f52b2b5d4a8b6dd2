import { MAX_GRANTS, MAX_GRANTS_PER_MEMBER } from "../../protocol/limits.ts";
import { digest, newToken } from "./ids.ts";

/** Permission for the holder of a secret path to read a file as this member. */
export interface ReadGrant {
  readonly memberId: string;
  readonly fileId: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/** The grants that are valid, in memory only: a restart ends them. It knows their digests, not their secrets. */
export class FileGrants {
  /** By digest, oldest first. */
  readonly #byDigest = new Map<string, ReadGrant>();
  /** Digests by member, oldest first. */
  readonly #byMember = new Map<string, Set<string>>();

  /** Returns the secret of a new grant. Beyond the limits the oldest one, of the member or of all, ends. */
  add(grant: ReadGrant): string {
    const secret = newToken();
    const key = digest(secret);
    this.#byDigest.set(key, grant);
    const own = this.#byMember.get(grant.memberId) ?? new Set();
    this.#byMember.set(grant.memberId, own.add(key));
    if (own.size > MAX_GRANTS_PER_MEMBER) this.#remove(own.values().next().value!);
    if (this.#byDigest.size > MAX_GRANTS) this.#remove(this.#byDigest.keys().next().value!);
    return secret;
  }

  find(fileId: string, secret: string, now: number): ReadGrant | undefined {
    const grant = this.#byDigest.get(digest(secret));
    return grant !== undefined && grant.fileId === fileId && grant.until > now ? grant : undefined;
  }

  /** Removes grants whose time is over. */
  expire(now: number): void {
    for (const [key, { until }] of this.#byDigest) {
      if (until > now) return;
      this.#remove(key);
    }
  }

  #remove(key: string): void {
    const { memberId } = this.#byDigest.get(key)!;
    this.#byDigest.delete(key);
    const own = this.#byMember.get(memberId)!;
    own.delete(key);
    if (own.size === 0) this.#byMember.delete(memberId);
  }
}
