/** The port of the store of files: uploads on their way, and blobs. It knows nothing of members, messages or HTTP. */

import type { MediaType } from "../protocol/files/media_types.ts";

/** A complete upload as the store found it. */
export interface BlobInfo {
  /** SHA-256 of the bytes, in base64url without padding: 43 characters. It names the blob. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  /** Found by the first bytes, whatever the sender says. */
  readonly media: MediaType;
}

/** Something that takes space in the store. `changedAt` is in milliseconds since the epoch. */
export type StoredEntry =
  | { readonly type: "upload"; readonly id: string; readonly size: number; readonly changedAt: number }
  | { readonly type: "blob"; readonly sha256: string; readonly size: number; readonly changedAt: number };

/**
 * The bytes of one slot on their way into the store. Calls are performed one after the other, in the order in which they
 * are made. The opener closes it; no call is allowed after `close`.
 */
export interface Upload {
  /** Bytes that have arrived: those of whole appends, and of earlier openings. */
  readonly offset: number;
  /**
   * Appends the bytes, which must not change until the promise settles. If the promise rejects, none of them have
   * arrived, and the same call may be repeated.
   */
  append(bytes: Uint8Array): Promise<void>;
  /** Removes all bytes that have arrived. */
  truncate(): Promise<void>;
  /**
   * Makes a blob of the bytes, which survives a power cut from then on. No bytes may follow. A further call returns the
   * same again. If the same bytes are stored already, they are stored once.
   * Until `close`, `removeBlob` keeps the blob: enough time to record who uses it.
   * If the disk does not confirm what was written, the promise rejects and the upload is empty.
   */
  complete(): Promise<BlobInfo>;
  /**
   * Keeps what has arrived, for the next `openUpload`, also after the end of the process. A power cut may damage it: then the
   * hash is another one than the sender's. A further call does nothing.
   */
  close(): Promise<void>;
}

/** Bytes that are stored whole. The opener closes it. It can be read to its end even if it is removed meanwhile. */
export interface StoredBlob {
  /** In bytes. */
  readonly size: number;
  /**
   * Fills the buffer with the bytes from `offset` on, and returns their number: less than the buffer holds only at the end
   * of the blob. One call at a time; a second one rejects with `busy`.
   */
  read(offset: number, buffer: Uint8Array): Promise<number>;
  /** A read that is under way ends first. A further call does nothing. */
  close(): void;
}

/**
 * Keeps files. All calls work in pieces of at most `FILE_PIECE_BYTES` and leave the event loop free between them.
 * They reject with a `FileStoreError`, and have changed nothing then unless they say otherwise. Ids of uploads are UUIDs
 * in lower case. The opener closes the store, after everything that it opened; no call is allowed after `close`.
 */
export interface FileStore {
  /** Bytes of all blobs and of all uploads that are not complete. */
  readonly usedBytes: number;
  /**
   * Opens the upload for appending, and creates it if it is new. Rejects with `busy` if it is open already. Each open upload
   * takes one file descriptor.
   */
  openUpload(id: string): Promise<Upload>;
  /** Bytes that have arrived; 0 for an unknown or complete upload. */
  uploadedBytes(id: string): Promise<number>;
  /** Removes what has arrived, if anything. Calls of an `Upload` that is open then reject with `missing`, except `close`. */
  dropUpload(id: string): Promise<void>;
  /** Opens a blob for reading; `undefined` if it does not exist. Each open blob takes one file descriptor. */
  openBlob(sha256: string): Promise<StoredBlob | undefined>;
  /** Removes the blob. Returns false, and keeps it, while an `Upload` that has completed to it is open. */
  removeBlob(sha256: string): Promise<boolean>;
  /** All blobs and all uploads that are not complete, in no particular order. What changes meanwhile may be in it or not. */
  list(): AsyncIterable<StoredEntry>;
  close(): Promise<void>;
}

/**
 * - `full`: the disk has no space left, or the quota of this user is used up.
 * - `busy`: the upload, the blob or the folder is in use.
 * - `missing`: the upload was dropped.
 * - `failed`: everything else, such as missing permissions and disk errors.
 */
export type FileStoreFault = "full" | "busy" | "missing" | "failed";

/** The store failed. `message` is one sentence for the operator: what happened to which file, and what to do next. */
export class FileStoreError extends Error {
  override readonly name = "FileStoreError";
  readonly kind: FileStoreFault;

  constructor(kind: FileStoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
