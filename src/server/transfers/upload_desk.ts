import { timingSafeEqual } from "node:crypto";
import type { BlobInfo, FileStore, Upload } from "../../files/file_store.ts";
import { type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import { UPLOAD_TAKEOVER_MS } from "../../protocol/limits.ts";
import { digest } from "../turn/ids.ts";
import type { FileDesk, UploadSlot } from "./file_desk.ts";
import { NO_FILE, type UploadRequest } from "./file_request.ts";
import type { TransferQuota } from "./transfer_quota.ts";
import { completeAnswer, progressAnswer } from "./upload_answers.ts";
import { UploadExchange, type UploadSender } from "./upload_exchange.ts";

export interface UploadDeskOptions {
  readonly store: FileStore;
  readonly desk: FileDesk;
  readonly quota: TransferQuota;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Stores a complete upload on another server as well, if there is one. Never rejects. */
  readonly copy: (blob: BlobInfo) => Promise<void>;
}

/** A request to upload, with a token that fits. */
export interface AdmittedUpload {
  readonly request: UploadRequest;
  readonly slot: UploadSlot;
  readonly bodyBytes: number;
  readonly sender: UploadSender;
}

/** Opens uploads, one at a time for each slot. All calls reject with the errors of the store. */
export class UploadDesk {
  readonly #options: UploadDeskOptions;
  readonly #running = new Map<string, UploadExchange>();

  constructor(options: UploadDeskOptions) {
    this.#options = options;
  }

  /** The slot that the token opens. How long this takes does not depend on what is wrong. */
  slotFor(id: string, token: string): UploadSlot | undefined {
    const slot = this.#options.desk.slot(id);
    const given = ENCODER.encode(digest(token));
    const expected = ENCODER.encode(slot?.tokenDigest ?? "");
    const fits = expected.length === given.length;
    return timingSafeEqual(given, fits ? expected : given) && fits ? slot : undefined;
  }

  /** How much of the upload has arrived. */
  async state(id: string, { size, complete }: UploadSlot): Promise<HttpResponse> {
    if (complete !== undefined) return progressAnswer(204, size, size, true);
    return progressAnswer(204, await this.#options.store.uploadedBytes(id), size);
  }

  /** Ends the slot and removes what has arrived. A request that is sending its bytes ends with its connection. */
  async cancel(id: string, { complete }: UploadSlot): Promise<HttpResponse> {
    const { store, desk } = this.#options;
    await this.#running.get(id)?.supersede();
    const bytes = complete?.size ?? await store.uploadedBytes(id);
    return await desk.cancel(id, bytes > 0) ? CANCELLED : NO_FILE;
  }

  /** Opens the upload for the body of a request. Returns the response if it is refused. */
  async begin(admitted: AdmittedUpload): Promise<UploadExchange | HttpResponse> {
    const refusal = refusalOf(admitted);
    if (refusal !== undefined) return refusal;
    const earlier = this.#running.get(admitted.request.id);
    if (earlier !== undefined) {
      if (earlier.silence < UPLOAD_TAKEOVER_MS) return LOCKED;
      await earlier.supersede();
      // It may have been cancelled meanwhile.
      if (this.#options.desk.slot(admitted.request.id) === undefined) return NO_FILE;
    }
    return this.#options.quota.enter(admitted.slot.member) ?? await this.#open(admitted);
  }

  /** Closes all uploads. What has arrived is kept. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#running.values(), (exchange) => exchange.close()));
  }

  async #open({ request, slot: { member, size }, ...rest }: AdmittedUpload): Promise<UploadExchange | HttpResponse> {
    const { store, desk, quota, monotonic, copy } = this.#options;
    const { id } = request;
    const upload = await store.openUpload(id).catch((error) => {
      quota.leave(member);
      throw error;
    });
    const closed = () => {
      if (this.#running.get(id) === exchange) this.#running.delete(id);
      quota.leave(member);
    };
    const exchange = new UploadExchange({ id, upload, size, desk, monotonic, copy, closed, ...rest });
    this.#running.set(id, exchange);
    let refusal: HttpResponse | undefined = LOCKED;
    try {
      refusal = await placeAt(request.offset, upload, size);
    } finally {
      if (refusal !== undefined) await exchange.close();
    }
    return refusal ?? exchange;
  }
}

const ENCODER = new TextEncoder();

/** Prepares the upload for bytes at `offset`, or for a whole file. Returns the response if they do not follow what is there. */
async function placeAt(offset: number | undefined, upload: Upload, size: number): Promise<HttpResponse | undefined> {
  if (offset !== undefined) return offset === upload.offset ? undefined : progressAnswer(409, upload.offset, size);
  if (upload.offset > 0) await upload.truncate();
  return undefined;
}

/** A client that has not got the last response sends the same again: it gets that response. */
function refusalOf({ request: { offset, completes }, slot: { size, complete }, bodyBytes }: AdmittedUpload) {
  const end = (offset ?? 0) + bodyBytes;
  if (complete !== undefined) {
    return end === size && (bodyBytes === 0 || offset === undefined)
      ? completeAnswer(complete)
      : progressAnswer(409, size, size, true);
  }
  if (end > size) return textResponse(413, `The file was offered with ${size} bytes: offer it again with its size`);
  if (completes && end < size) return tooShort(end, size);
  return undefined;
}

function tooShort(end: number, size: number): HttpResponse {
  return textResponse(400, `The file was offered with ${size} bytes and ends after ${end}: send all of them`);
}

const CANCELLED: HttpResponse = { status: 204, headers: {}, body: new Uint8Array(0) };

/** The response while another connection uploads the same file. */
export const LOCKED: HttpResponse = textResponse(
  423,
  "Another connection is uploading this file: try again when it has ended",
  { "Retry-After": "1" },
);
