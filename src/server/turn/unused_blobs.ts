import { type FileStore, FileStoreError, type StoredEntry } from "../../files/file_store.ts";
import type { FileReferences } from "../../history/store.ts";
import { SLOT_MS } from "../../protocol/limits.ts";
import type { Log } from "../monitor/log_events.ts";

/** Hashes that one pass removes. */
const HASHES_AT_ONCE = 100;

export interface UnusedBlobsOptions {
  readonly store: FileStore;
  readonly files: FileReferences;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether the slot with this id is open. */
  readonly isSlot: (id: string) => boolean;
  /** Whether a complete upload without a message has this hash. */
  readonly isUploaded: (sha256: string) => boolean;
}

/** Removes from the store of files what no message and no slot names any more. One pass runs at a time. */
export class UnusedBlobs {
  readonly #options: UnusedBlobsOptions;
  /** Hashes of uploads that no message will carry. */
  readonly #dropped = new Set<string>();
  #pass: Promise<void> | undefined;
  #ended = false;

  constructor(options: UnusedBlobsOptions) {
    this.#options = options;
  }

  /** Drops an upload: what has arrived and, with the hash of a complete one, its blob at the next pass. */
  drop(id: string, sha256: string | undefined): void {
    if (sha256 !== undefined) this.#dropped.add(sha256);
    this.#start(() => this.#options.store.dropUpload(id));
  }

  /** Called once a second. Removes some of the blobs that are unused now. */
  tick(): void {
    if (this.#pass === undefined) this.#start(() => this.#removeSome());
  }

  /** Removes what is older than `SLOT_MS` and belongs to nothing: the program ended before it was removed or recorded. */
  sweep(): void {
    this.#start(() => this.#sweep());
  }

  /** Resolves when what has begun is done. */
  get idle(): Promise<void> {
    return this.#pass ?? Promise.resolve();
  }

  /** Resolves when nothing is removed any more. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.idle;
  }

  /** Runs the work after the one before. Failures are logged: the next pass or the next start tries again. */
  #start(work: () => Promise<void>): void {
    if (this.#ended) return;
    const before = this.#pass;
    const pass = (async () => {
      await before;
      try {
        if (!this.#ended) await work();
      } catch (error) {
        if (!(error instanceof FileStoreError)) throw error;
        this.#options.log("error", "store failed", { error: error.message });
      }
    })();
    this.#pass = pass;
    void pass.finally(() => {
      if (this.#pass === pass) this.#pass = undefined;
    });
  }

  async #removeSome(): Promise<void> {
    const { store, files } = this.#options;
    for (const sha256 of this.#dropped) {
      if (this.#isUsed(sha256) || await store.removeBlob(sha256)) this.#dropped.delete(sha256);
    }
    const done: string[] = [];
    for (const sha256 of files.unused(HASHES_AT_ONCE)) {
      // The end of the upload, or the deletion of its message, is told again.
      if (this.#isUsed(sha256) || await store.removeBlob(sha256)) done.push(sha256);
    }
    if (done.length > 0 && !this.#ended) files.forget(done);
  }

  async #sweep(): Promise<void> {
    const { store, now } = this.#options;
    for await (const entry of store.list()) {
      if (this.#ended) return;
      if (entry.changedAt > now() - SLOT_MS || this.#belongs(entry)) continue;
      if (entry.type === "upload") await store.dropUpload(entry.id);
      else await store.removeBlob(entry.sha256);
    }
  }

  #belongs(entry: StoredEntry): boolean {
    return entry.type === "upload" ? this.#options.isSlot(entry.id) : this.#isUsed(entry.sha256);
  }

  #isUsed(sha256: string): boolean {
    return this.#options.isUploaded(sha256) || this.#options.files.has(sha256);
  }
}
