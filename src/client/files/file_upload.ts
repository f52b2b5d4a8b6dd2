/** The way of a file into its slot: by PUT, and after a break by PATCH from where it was. */

import type { SlotEvent } from "../../protocol/messages/messages.ts";
import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";
import { numberIn } from "../../framing/http/http_reply.ts";
import type { FileHash, FileSource } from "./file_ports.ts";
import { type FileRequest, type HttpLink, PieceBuffers, refusalOf } from "./http_link.ts";
import { type LinkUse, useLink } from "./link_use.ts";
import { cancelledTransfer, invalidReply, TransferError } from "./transfer_error.ts";
import { goneText, parseFound, type UploadedFile } from "./upload_reply.ts";

export interface FileUploadOptions extends LinkUse {
  readonly slot: Pick<SlotEvent, "path" | "token">;
  readonly source: FileSource;
  /** A new one. */
  readonly hash: FileHash;
  /** Whether an earlier client has begun: the server may have bytes already. */
  readonly continues?: boolean;
  /** Takes the bytes that the server has, or that are on their way to it. */
  readonly progress: (bytes: number) => void;
}

export class FileUpload {
  readonly #options: FileUploadOptions;
  /** Bytes that are in the hash. */
  #hashed = 0;
  #digest: string | undefined;
  #hasBegun: boolean;
  /** Whether the server may have bytes that are not in the hash. */
  #isUnhashed: boolean;
  #confirmed = 0;

  constructor(options: FileUploadOptions) {
    this.#options = options;
    this.#hasBegun = this.#isUnhashed = options.continues ?? false;
  }

  /** Bytes that the server has said to have. */
  get moved(): number {
    return this.#confirmed;
  }

  /**
   * Sends what the server does not have yet. Rejects with a `TransferError`, or with an error of the source. If the error is a
   * passing one, call it again.
   */
  async attempt(): Promise<UploadedFile> {
    const { source, continues = false } = this.#options;
    await this.#hashEarlier();
    return await useLink(this.#options, async (http) => {
      const offset = this.#hasBegun ? await this.#offset(http) : 0;
      // Bytes of the earlier client may still have been on their way.
      if (continues) await this.#hashTo(offset);
      const request = this.#hasBegun ? this.#append(offset) : this.#whole();
      this.#hasBegun = true;
      this.#options.progress(offset);
      const reply = await http.ask(request);
      const text = await http.text();
      if (reply.status === 201) return this.#check(text, source.size);
      // The server took a part of the body: the next attempt asks how much.
      if (reply.status === 204) throw new TransferError("broken", "The server has not taken the whole file");
      throw refusalOf(reply, text);
    });
  }

  #whole(): FileRequest {
    const { slot: { path }, source: { size } } = this.#options;
    return { method: "PUT", path, headers: this.#headers(), body: { bytes: size, pieces: this.#pieces(0) } };
  }

  #append(offset: number): FileRequest {
    const { slot: { path }, source: { size } } = this.#options;
    const headers = {
      ...this.#headers(),
      "Content-Type": "application/partial-upload",
      "Upload-Offset": String(offset),
      "Upload-Complete": "?1",
    };
    return { method: "PATCH", path, headers, body: { bytes: size - offset, pieces: this.#pieces(offset) } };
  }

  #headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.#options.slot.token}` };
  }

  /** Bytes that the server has. */
  async #offset(http: HttpLink): Promise<number> {
    const { slot: { path }, source: { size } } = this.#options;
    const reply = await http.ask({ method: "HEAD", path, headers: this.#headers() });
    const gone = goneText(reply);
    if (gone !== "") throw new TransferError("gone", gone);
    if (reply.status !== 200 && reply.status !== 204) throw refusalOf(reply, "");
    const offset = numberIn(reply.headers.get("upload-offset"));
    if (offset === undefined || offset > size) throw invalidReply("it has more of the file than was sent");
    return this.#confirmed = offset;
  }

  /** Hashes what an earlier client has sent: the server says how much. No link waits meanwhile. */
  async #hashEarlier(): Promise<void> {
    if (!this.#isUnhashed) return;
    const offset = await useLink(this.#options, (http) => this.#offset(http));
    this.#options.progress(offset);
    await this.#hashTo(offset);
    this.#isUnhashed = false;
  }

  async #hashTo(offset: number): Promise<void> {
    if (this.#hashed >= offset) return;
    const buffer = new Uint8Array(Math.min(offset - this.#hashed, FILE_PIECE_BYTES));
    while (this.#hashed < offset) {
      if (this.#options.signal.aborted) throw cancelledTransfer();
      await this.#read(this.#hashed, buffer.subarray(0, offset - this.#hashed));
    }
  }

  /** The bytes from `offset` on. The next piece is read while one is written. */
  async *#pieces(offset: number): AsyncGenerator<Uint8Array> {
    const buffers = new PieceBuffers(this.#options.source.size - offset);
    let next = this.#read(offset, buffers.take());
    // A rejection is thrown below, unless the reader stops before.
    next.catch(() => {});
    try {
      for (let at = offset; at < this.#options.source.size;) {
        const piece = await next;
        at += piece.length;
        next = this.#read(at, buffers.take());
        next.catch(() => {});
        yield piece;
        this.#options.progress(at);
      }
    } finally {
      // The hash takes the bytes in order, also if another attempt follows.
      await next.catch(() => {});
    }
  }

  async #read(offset: number, buffer: Uint8Array): Promise<Uint8Array> {
    const { source, hash } = this.#options;
    const wanted = buffer.subarray(0, Math.max(0, source.size - offset));
    if (wanted.length === 0) return wanted;
    const count = await source.read(offset, wanted);
    if (count === 0) throw new Error(`File ${source.name} has become shorter while it was sent`);
    const piece = wanted.subarray(0, count);
    const fresh = offset + count - this.#hashed;
    if (fresh > 0 && this.#hashed >= offset) {
      hash.update(piece.subarray(count - fresh));
      this.#hashed += fresh;
    }
    return piece;
  }

  #check(text: string, size: number): UploadedFile {
    const found = parseFound(text);
    if (found === undefined) throw invalidReply("it does not say what it stored");
    if (this.#hashed < size) throw invalidReply("it has a file that was not sent");
    this.#digest ??= this.#options.hash.digest();
    if (found.size !== size || found.sha256 !== this.#digest) {
      throw new TransferError("invalid", "The server has stored other bytes than were sent: send the file again");
    }
    return { sha256: found.sha256, media: found.media };
  }
}
