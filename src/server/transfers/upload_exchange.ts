import type { BlobInfo, Upload } from "../../files/file_store.ts";
import { type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import { TRANSFER_RECHECK_BYTES } from "../../protocol/limits.ts";
import type { FileDesk } from "./file_desk.ts";
import { NO_FILE } from "./file_request.ts";
import { PieceWriter } from "./piece_writer.ts";
import { completeAnswer, progressAnswer } from "./upload_answers.ts";

/** An open upload, and what belongs to it. */
export interface OpenUpload {
  readonly id: string;
  readonly upload: Upload;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly desk: FileDesk;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Called when the upload is closed. */
  readonly closed: () => void;
  /** Bytes of the body. */
  readonly bodyBytes: number;
  readonly sender: UploadSender;
  /** Stores the blob on another server as well, if there is one. Never rejects. */
  readonly copy: (blob: BlobInfo) => Promise<void>;
}

/** The connection that sends. */
export interface UploadSender {
  /** Ends it, because the same client came back on another one. */
  supersede(): void;
  /** Called when bytes that were taken could not be stored, with an error of the store. */
  failed(error: unknown): void;
}

/** The body of one request on its way into the store. What has arrived is kept, however the request ends. */
export class UploadExchange {
  readonly #open: OpenUpload;
  readonly #pieces: PieceWriter;
  /** Bytes since the desk was asked last. */
  #unchecked = 0;
  #working: Promise<HttpResponse | undefined> = Promise.resolve(undefined);
  #closing: Promise<void> | undefined;
  /** When the last bytes arrived. */
  #heardAt: number;

  constructor(open: OpenUpload) {
    this.#open = open;
    this.#pieces = new PieceWriter(open.upload, open.bodyBytes, (error) => open.sender.failed(error));
    this.#heardAt = open.monotonic();
  }

  /** How long nothing has arrived, in milliseconds. */
  get silence(): number {
    return this.#open.monotonic() - this.#heardAt;
  }

  /** Ends the connection that sends, and resolves when the upload is closed. */
  supersede(): Promise<void> {
    this.#open.sender.supersede();
    return this.close();
  }

  /**
   * Takes the next bytes of the body, which must not change until then. Resolves with the response that ends the request;
   * `undefined` if more bytes must come. One call at a time. Rejects with the errors of the store.
   */
  take(bytes: Uint8Array, isLast: boolean): Promise<HttpResponse | undefined> {
    if (this.#closing !== undefined) return Promise.resolve(undefined);
    this.#heardAt = this.#open.monotonic();
    return this.#working = this.#append(bytes, isLast);
  }

  async #append(bytes: Uint8Array, isLast: boolean): Promise<HttpResponse | undefined> {
    const { upload, size } = this.#open;
    await this.#pieces.write(bytes);
    this.#heardAt = this.#open.monotonic();
    this.#unchecked += bytes.length;
    if (this.#unchecked >= TRANSFER_RECHECK_BYTES && !this.#isAllowed()) return NO_FILE;
    if (!isLast || this.#closing !== undefined) return undefined;
    await this.#pieces.flush();
    return upload.offset === size ? await this.#complete() : progressAnswer(204, upload.offset, size);
  }

  /** Whether the slot still exists: a member may be banned in the middle of an upload. */
  #isAllowed(): boolean {
    this.#unchecked = 0;
    return this.#open.desk.slot(this.#open.id) !== undefined;
  }

  async #complete(): Promise<HttpResponse> {
    const { id, upload, desk, copy } = this.#open;
    if (!this.#isAllowed()) return NO_FILE;
    const blob = await upload.complete();
    await copy(blob);
    const refusal = await desk.uploaded(id, blob);
    return refusal === undefined ? completeAnswer(blob) : textResponse(403, refusal.message);
  }

  /** Closes the upload after the bytes that were taken are stored. A further call waits for the same. Never rejects. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#working.catch(() => {});
    await this.#pieces.flush().catch(() => {});
    await this.#open.upload.close().catch(() => {});
    this.#open.closed();
  }
}
