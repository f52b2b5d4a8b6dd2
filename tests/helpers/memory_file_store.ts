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
import { mediaTypeOf } from "../../src/protocol/files/media_types.ts";

export class MemoryFileStore implements FileStore {
  readonly partial = new Map<string, Uint8Array>();
  readonly blobs = new Map<string, Uint8Array>();
  /** Ids of the uploads that are open, and the number of blobs that are. */
  readonly openUploads = new Set<string>();
  openBlobs = 0;
  /** The most bytes of one read, and of one append. */
  largestPiece = 0;
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
    if (this.openUploads.has(id)) return Promise.reject(new FileStoreError("busy", "The upload is open already"));
    this.openUploads.add(id);
    return Promise.resolve(new MemoryUpload(this, id));
  }

  uploadedBytes(id: string): Promise<number> {
    return Promise.resolve(this.partial.get(id)?.length ?? 0);
  }

  /** Ids of open uploads that were dropped. */
  readonly dropped = new Set<string>();

  dropUpload(id: string): Promise<void> {
    if (this.openUploads.has(id)) this.dropped.add(id);
    this.partial.delete(id);
    return Promise.resolve();
  }

  openBlob(sha256: string): Promise<StoredBlob | undefined> {
    const bytes = this.blobs.get(sha256);
    if (bytes === undefined) return Promise.resolve(undefined);
    this.openBlobs++;
    return Promise.resolve({
      size: bytes.length,
      read: async (offset, buffer) => {
        await this.work(buffer.length);
        const part = bytes.subarray(offset, offset + buffer.length);
        buffer.set(part);
        return part.length;
      },
      close: () => void this.openBlobs--,
    });
  }

  removeBlob(sha256: string): Promise<boolean> {
    return Promise.resolve(this.blobs.delete(sha256));
  }

  async *list(): AsyncIterable<StoredEntry> {
    for (const [id, { length: size }] of this.partial) yield { type: "upload", id, size, changedAt: 0 };
    for (const [sha256, { length: size }] of this.blobs) yield { type: "blob", sha256, size, changedAt: 0 };
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

  constructor(store: MemoryFileStore, id: string) {
    this.#store = store;
    this.#id = id;
  }

  get offset(): number {
    return this.#bytes.length;
  }

  get #bytes(): Uint8Array {
    return this.#store.partial.get(this.#id) ?? new Uint8Array(0);
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#store.appends++;
    await this.#store.work(bytes.length);
    this.#check();
    const whole = new Uint8Array(this.offset + bytes.length);
    whole.set(this.#bytes);
    whole.set(bytes, this.offset);
    this.#store.partial.set(this.#id, whole);
  }

  // deno-lint-ignore require-await
  async truncate(): Promise<void> {
    this.#check();
    this.#store.partial.delete(this.#id);
  }

  // deno-lint-ignore require-await
  async complete(): Promise<BlobInfo> {
    this.#check();
    const blob = this.#store.addBlob(this.#bytes);
    this.#store.partial.delete(this.#id);
    return blob;
  }

  #check(): void {
    if (this.#store.dropped.has(this.#id)) throw new FileStoreError("missing", "The upload was dropped");
  }

  close(): Promise<void> {
    this.#store.dropped.delete(this.#id);
    this.#store.openUploads.delete(this.#id);
    return Promise.resolve();
  }
}
