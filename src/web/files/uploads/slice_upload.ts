/** The way of a chosen file into its slot, in slices, with the names of the IETF's draft on resumable uploads. */

import { refusalOf } from "../../../client/files/http_link.ts";
import { invalidReply, TransferError } from "../../../client/files/transfer_error.ts";
import { goneText, parseFound, type UploadedFile } from "../../../client/files/upload_reply.ts";
import { numberIn } from "../../../framing/http/http_reply.ts";
import type { HashedFile } from "./hashed_file.ts";
import type { SendRequest, SliceReply, SliceRequest } from "./upload_request.ts";

export interface SliceUploadOptions {
  /** The path of the slot, from the root of the host. */
  readonly path: string;
  readonly token: string;
  readonly file: HashedFile;
  /** Whether an earlier page has begun: the server may have bytes already. */
  readonly continues?: boolean;
  readonly send: SendRequest;
  /** Bytes of the request that begins at an offset. */
  readonly sliceBytesAt: (offset: number) => number;
}

export interface AttemptOptions {
  readonly signal: AbortSignal;
  /** Takes the bytes that the server has, or that are on their way to it. */
  readonly progress: (bytes: number) => void;
}

export class SliceUpload {
  readonly #options: SliceUploadOptions;
  #hasBegun: boolean;
  #stored = 0;
  /** The end of the furthest slice that was sent, in bytes. */
  #sent: number;

  constructor(options: SliceUploadOptions) {
    this.#options = options;
    const { continues = false, file } = options;
    this.#hasBegun = continues;
    this.#sent = continues ? file.size : 0;
  }

  /** Bytes that the server has said to have. */
  get moved(): number {
    return this.#stored;
  }

  /**
   * Sends what the server does not have yet. Rejects with a `TransferError`, or with an Error for users if the file has
   * changed. If the error is a passing one, call it again.
   */
  async attempt(options: AttemptOptions): Promise<UploadedFile> {
    if (this.#hasBegun) await this.#findOffset(options.signal);
    this.#hasBegun = true;
    options.progress(this.#stored);
    // The next slice is read while one is sent.
    let next = this.#read(this.#stored);
    for (;;) {
      const slice = await next;
      const end = this.#stored + slice.size;
      this.#sent = Math.max(this.#sent, end);
      next = this.#read(end);
      next.catch(() => {});
      try {
        const reply = await this.#append(slice, options);
        if (reply.status === 201) return this.#check(reply);
        this.#takeOffset(reply, end);
      } finally {
        // The hash takes the slices in order, also if another attempt follows.
        await next.catch(() => {});
      }
    }
  }

  /** Ends the slot on the server. Rejects with a `TransferError` if there is no reply. */
  async giveBack(): Promise<void> {
    await this.#send({ method: "DELETE", headers: {}, signal: new AbortController().signal });
  }

  #read(start: number): Promise<Blob> {
    const { file, sliceBytesAt } = this.#options;
    return file.slice(start, Math.min(file.size, start + sliceBytesAt(start)));
  }

  #append(body: Blob, { signal, progress }: AttemptOptions): Promise<SliceReply> {
    const start = this.#stored;
    const headers = {
      "Content-Type": "application/partial-upload",
      "Upload-Offset": String(start),
      "Upload-Complete": start + body.size === this.#options.file.size ? "?1" : "?0",
    };
    const moved = (bytes: number) => progress(start + Math.min(bytes, body.size));
    return this.#send({ method: "PATCH", headers, body, signal, progress: moved });
  }

  #takeOffset(reply: SliceReply, end: number): void {
    if (reply.status !== 204) throw refusalOf(reply, reply.text);
    if (offsetOf(reply) !== end || end === this.#options.file.size) {
      throw invalidReply("it has not taken what was sent");
    }
    this.#stored = end;
  }

  async #findOffset(signal: AbortSignal): Promise<void> {
    const reply = await this.#send({ method: "HEAD", headers: {}, signal });
    const gone = goneText(reply);
    if (gone !== "") throw new TransferError("gone", gone);
    if (reply.status !== 200 && reply.status !== 204) throw refusalOf(reply, "");
    const offset = offsetOf(reply);
    if (offset === undefined || offset > this.#sent) throw invalidReply("it has more of the file than was sent");
    await this.#options.file.hashTo(offset);
    this.#stored = offset;
  }

  #send(request: Omit<SliceRequest, "path">): Promise<SliceReply> {
    const { path, token, send } = this.#options;
    return send({ ...request, path, headers: { ...request.headers, Authorization: `Bearer ${token}` } });
  }

  #check({ text }: SliceReply): UploadedFile {
    const found = parseFound(text);
    if (found === undefined) throw invalidReply("it does not say what it stored");
    const { file: { sha256, size } } = this.#options;
    if (found.size !== size || found.sha256 !== sha256) {
      throw new TransferError("invalid", "The server has stored other bytes than were sent: send the file again");
    }
    return { sha256: found.sha256, media: found.media };
  }
}

function offsetOf({ headers }: SliceReply): number | undefined {
  return numberIn(headers.get("upload-offset"));
}
