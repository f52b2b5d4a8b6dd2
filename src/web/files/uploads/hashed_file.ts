/** Reads a chosen file in slices, and hashes it on the way. */

import type { FileHash } from "../../../client/files/file_ports.ts";
import { FILE_PIECE_BYTES } from "../../../protocol/limits.ts";
import { wireFileName } from "../../../protocol/files/file_names.ts";

/** The part of `Blob` that is used. */
export type SlicedFile = Pick<File, "name" | "size" | "slice"> & Partial<Pick<File, "lastModified">>;

export class HashedFile {
  readonly #file: SlicedFile;
  readonly #hash: FileHash;
  #hashed = 0;
  #digest: string | undefined;

  constructor(file: SlicedFile, hash: FileHash) {
    this.#file = file;
    this.#hash = hash;
  }

  get size(): number {
    return this.#file.size;
  }

  /**
   * The bytes from `start` to `end`, which must not begin after the last slice. Reads and hashes `FILE_PIECE_BYTES` at a time,
   * so that the page can draw in between. Rejects with an Error for users if the file has changed or is gone.
   */
  async slice(start: number, end: number): Promise<Blob> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let at = start; at < end; at += FILE_PIECE_BYTES) {
      const piece = await this.#read(at, Math.min(end, at + FILE_PIECE_BYTES));
      this.#update(at, piece);
      pieces.push(piece);
    }
    return new Blob(pieces);
  }

  /** Hashes what is before `end` and was not read yet: an earlier page has sent it. */
  async hashTo(end: number): Promise<void> {
    while (this.#hashed < end) {
      const at = this.#hashed;
      this.#update(at, await this.#read(at, Math.min(end, at + FILE_PIECE_BYTES)));
    }
  }

  /** SHA-256 in base64url; `undefined` before all slices are read. */
  get sha256(): string | undefined {
    if (this.#hashed === this.#file.size) this.#digest ??= this.#hash.digest();
    return this.#digest;
  }

  async #read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    let bytes: Uint8Array<ArrayBuffer> | undefined;
    try {
      bytes = new Uint8Array(await this.#file.slice(start, end).arrayBuffer());
    } catch (cause) {
      throw new Error(this.#changed, { cause });
    }
    if (bytes.length !== end - start) throw new Error(this.#changed);
    return bytes;
  }

  /** A slice that is read again is in the hash already, or its beginning is. */
  #update(at: number, piece: Uint8Array): void {
    const known = this.#hashed - at;
    if (known < 0 || known >= piece.length) return;
    this.#hash.update(piece.subarray(known));
    this.#hashed = at + piece.length;
  }

  get #changed(): string {
    return `${wireFileName(this.#file.name)} was changed or removed while it was sent: choose it again`;
  }
}
