/** A store of files in memory that can be slow, full or broken when a test says so. */

import { createHash } from "node:crypto";
import {
  type BlobInfo,
  type FileStore,
  FileStoreError,
  type StoredBlob,
  type StoredEntry,
  type Upload,
} from "../../src/files/file_store.ts";
import { isUuid } from "../../src/protocol/uuid.ts";
import { mediaTypeOf } from "../../src/protocol/files/media_types.ts";

export class MemoryFileStore implements FileStore {
  readonly partial = new Map<string, Uint8Array>();
  readonly blobs = new Map<string, Uint8Array>();
  /** Ids of the uploads that are open, and the number of blobs that are. */
  readonly openUploads = new Set<string>();
  openBlobs = 0;
  /** The most bytes of one read, and of one append. */
  largestPiece = 0;
  /** The last upload of each id. */
  readonly #uploads = new Map<string, MemoryUpload>();
  readonly #held = new Map<string, number>();
  /** Calls of `append` so far. */
  appends = 0;
  /** Thrown by the next calls of `append` or `read`. */
  fault: Error | undefined;
  /** Appends and reads wait for it. */
  gate: Promise<void> = Promise.resolve();

  get usedBytes(): number {
    return [...this.partial.values(), ...this.blobs.values()].reduce((sum, { length }) => sum + length, 0);
  }

  openUpload(id: string): Promise<Upload> {
    if (!isUuid(id)) return Promise.reject(new TypeError(`Upload ${id} is no UUID`));
    if (this.openUploads.has(id)) return Promise.reject(new FileStoreError("busy", "The upload is open already"));
    this.openUploads.add(id);
    const upload = new MemoryUpload(this, id);
    this.#uploads.set(id, upload);
    return Promise.resolve(upload);
  }

  uploadedBytes(id: string): Promise<number> {
    return Promise.resolve(this.partial.get(id)?.length ?? 0);
  }

  /** Ids of open uploads that were dropped. */
  readonly dropped = new Set<string>();

  async dropUpload(id: string): Promise<void> {
    await this.#uploads.get(id)?.idle;
    if (this.openUploads.has(id)) this.dropped.add(id);
    this.partial.delete(id);
  }

  openBlob(sha256: string): Promise<StoredBlob | undefined> {
    const bytes = this.blobs.get(sha256);
    if (bytes === undefined) return Promise.resolve(undefined);
    this.openBlobs++;
    return Promise.resolve(new MemoryBlob(this, bytes));
  }

  removeBlob(sha256: string): Promise<boolean> {
    if ((this.#held.get(sha256) ?? 0) > 0) return Promise.resolve(false);
    this.blobs.delete(sha256);
    return Promise.resolve(true);
  }

  /** Counts open uploads that have completed to a blob. */
  hold(sha256: string, by: 1 | -1): void {
    this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + by);
  }

  async *list(): AsyncIterable<StoredEntry> {
    for (const [id, { length: size }] of this.partial) yield { type: "upload", id, size, changedAt: Date.now() };
    for (const [sha256, { length: size }] of this.blobs) yield { type: "blob", sha256, size, changedAt: Date.now() };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Adds a blob, and returns what a store says of it. */
  addBlob(bytes: Uint8Array): BlobInfo {
    const sha256 = createHash("sha256").update(bytes).digest("base64url");
    this.blobs.set(sha256, bytes);
    return { sha256, size: bytes.length, media: mediaTypeOf(bytes) };
  }

  async work(bytes: number): Promise<void> {
    this.largestPiece = Math.max(this.largestPiece, bytes);
    await this.gate;
    if (this.fault !== undefined) throw this.fault;
  }
}

class MemoryUpload implements Upload {
  readonly #store: MemoryFileStore;
  readonly #id: string;
  /** Calls are performed one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #complete: BlobInfo | undefined;
  #isClosed = false;

  constructor(store: MemoryFileStore, id: string) {
    this.#store = store;
    this.#id = id;
  }

  /** Resolves when the calls so far are performed. */
  get idle(): Promise<unknown> {
    return this.#last;
  }

  get offset(): number {
    return this.#complete?.size ?? this.#bytes.length;
  }

  get #bytes(): Uint8Array {
    return this.#store.partial.get(this.#id) ?? new Uint8Array(0);
  }

  append(bytes: Uint8Array): Promise<void> {
    this.#store.appends++;
    return this.#next(async () => {
      await this.#store.work(bytes.length);
      this.#checkOpen();
      const whole = new Uint8Array(this.offset + bytes.length);
      whole.set(this.#bytes);
      whole.set(bytes, this.offset);
      this.#store.partial.set(this.#id, whole);
    });
  }

  truncate(): Promise<void> {
    return this.#next(() => {
      this.#checkOpen();
      this.#store.partial.delete(this.#id);
    });
  }

  complete(): Promise<BlobInfo> {
    return this.#next(() => {
      if (this.#complete !== undefined) return this.#complete;
      this.#checkOpen();
      this.#complete = this.#store.addBlob(this.#bytes);
      this.#store.hold(this.#complete.sha256, 1);
      this.#store.partial.delete(this.#id);
      return this.#complete;
    });
  }

  close(): Promise<void> {
    return this.#next(() => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      if (this.#complete !== undefined) this.#store.hold(this.#complete.sha256, -1);
      this.#store.openUploads.delete(this.#id);
      this.#store.dropped.delete(this.#id);
    });
  }

  #next<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  #checkOpen(): void {
    if (this.#complete !== undefined) throw new FileStoreError("busy", "The upload is complete");
    if (this.#store.dropped.has(this.#id)) throw new FileStoreError("missing", "The upload was dropped");
  }
}

/** A blob that is read to its end even if it is removed meanwhile. */
class MemoryBlob implements StoredBlob {
  readonly #store: MemoryFileStore;
  readonly #bytes: Uint8Array;
  #isReading = false;
  #isClosed = false;

  constructor(store: MemoryFileStore, bytes: Uint8Array) {
    this.#store = store;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  async read(offset: number, buffer: Uint8Array): Promise<number> {
    if (this.#isReading) throw new FileStoreError("busy", "The blob is being read");
    this.#isReading = true;
    try {
      await this.#store.work(buffer.length);
      const part = this.#bytes.subarray(offset, offset + buffer.length);
      buffer.set(part);
      return part.length;
    } finally {
      this.#isReading = false;
    }
  }

  close(): void {
    if (!this.#isClosed) this.#store.openBlobs--;
    this.#isClosed = true;
  }
}
