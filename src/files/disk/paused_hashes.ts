import { MAX_SLOTS } from "../../protocol/limits.ts";
import type { IncrementalHash } from "./incremental_hash.ts";

/**
 * The hashes of uploads that are closed and not complete, by id, so that each part of an upload costs its own bytes only:
 * otherwise many small parts of a large file would have it read again and again. Keeps as many as there can be slots, and
 * forgets the one that was closed first.
 */
export class PausedHashes {
  readonly #hashes = new Map<string, IncrementalHash>();

  keep(id: string, hash: IncrementalHash): void {
    this.#hashes.delete(id);
    this.#hashes.set(id, hash);
    if (this.#hashes.size <= MAX_SLOTS) return;
    const [oldest] = this.#hashes.keys();
    this.#hashes.delete(oldest!);
  }

  /** Removes and returns the hash of an upload, if there is one. */
  take(id: string): IncrementalHash | undefined {
    const hash = this.#hashes.get(id);
    this.#hashes.delete(id);
    return hash;
  }
}
