import type { BodyPart } from "../../framing/frame.ts";
import {
  encodeContinue,
  encodeResponse,
  encodeResumable,
  type HttpResponse,
  textResponse,
} from "../../framing/http/http_response.ts";
import { asksForWebSocket, parseRequest } from "../../framing/http/http_request.ts";
import { FILES_PATH } from "../../protocol/address/file_paths.ts";
import {
  HTTP_ANSWER_TIMEOUT_MS,
  LINGER_MS,
  MAX_DISCARDED_BODY_BYTES,
  MAX_REFUSED_UPLOAD_BYTES,
  TRANSFER_IDLE_MS,
} from "../../protocol/limits.ts";
import type { Frame } from "../../transports/connection.ts";
import type { AcceptedConnection, ConnectionOwner } from "../connection/accepted_connection.ts";
import { Download } from "./download.ts";
import {
  type AboutUpload,
  type DownloadRequest,
  type FramedRequest,
  NO_FILE,
  readFileRequest,
  type UploadRequest,
} from "./file_request.ts";
import { ProgressWatch } from "./progress_watch.ts";
import type { FileHost, TransferParts } from "./transfer_parts.ts";
import { UploadExchange, type UploadSender } from "./upload_exchange.ts";

/**
 * What the connection waits for: the next request, the body of this one, the client to take what it asked for, or the
 * server itself.
 */
type Phase = "idle" | "receiving" | "sending" | "working";

/**
 * A connection that transfers files: one request after the other, in order. Nothing more is read from it while bytes are
 * stored or sent. It goes on after a response, unless the rest of the body of a refused request is too long, or it is from a
 * proxy: the next request there may come from someone else.
 */
export class FileConnection implements ConnectionOwner, UploadSender {
  readonly #connection: AcceptedConnection;
  readonly #transfers: TransferParts;
  readonly #host: FileHost;
  #phase: Phase = "working";
  /** When the phase began, in milliseconds of a monotonic clock. */
  #since: number;
  readonly #watch: ProgressWatch;
  #current: FramedRequest | undefined;
  /** Bytes of the current body that are still to come. */
  #bodyBytes = 0;
  /** Bytes that may still be discarded. */
  #discardable = MAX_DISCARDED_BODY_BYTES;
  #upload: UploadExchange | undefined;

  constructor(connection: AcceptedConnection, transfers: TransferParts, host: FileHost) {
    this.#connection = connection;
    this.#transfers = transfers;
    this.#host = host;
    this.#since = transfers.monotonic();
    this.#watch = new ProgressWatch(this.#since, this.#movedBytes);
  }

  async receive(frames: readonly Frame[]): Promise<void> {
    for (let index = 0; index < frames.length; index++) {
      const frame = frames[index]!;
      if (typeof frame === "string" && this.#connection.listening) {
        if (!isForFile(frame)) return await this.#handBack(frames.slice(index));
        await this.#guarded(() => this.#begin(frame));
      } else if (isBody(frame) && this.#upload !== undefined && this.#connection.listening) {
        await this.#guarded(() => this.#store(frame.bytes));
      } else {
        this.#discard(frame);
      }
    }
  }

  /** A WebSocket needs a connection of its own, which counts as an attempt of its address. */
  async #handBack(frames: readonly Frame[]): Promise<void> {
    const request = parseRequest(frames[0] as string);
    if (request !== undefined && asksForWebSocket(request)) {
      this.#enter("working");
      return this.#end(NO_WEBSOCKET);
    }
    const owner = this.#connection.owner = this.#host.other(this.#connection);
    await owner.receive(frames);
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.#endUpload();
      await this.#answer(this.#transfers.answerTo(error, this.#connection.source.peer));
    }
  }

  async #begin(head: string): Promise<void> {
    this.#enter("working");
    this.#watch.reset(this.#since, this.#movedBytes);
    const current = this.#current = readFileRequest(head, this.#transfers.guard);
    this.#bodyBytes = current.bodyBytes;
    this.#discardable = MAX_DISCARDED_BODY_BYTES;
    const { request } = current;
    switch (request.type) {
      case "refused":
        if (request.name !== undefined) this.#host.refused(this.#connection, request.name);
        return await this.#answer(request.response);
      case "state":
      case "cancel":
        return await this.#answer(await this.#answerAbout(request));
      case "upload":
        return await this.#beginUpload(request);
      case "download":
        return await this.#send(request);
      default:
        return request satisfies never;
    }
  }

  async #answerAbout({ type, id, token }: AboutUpload): Promise<HttpResponse> {
    const { uploads } = this.#transfers;
    const slot = uploads.slotFor(id, token);
    if (slot === undefined) return NO_FILE;
    this.#host.transferring(this.#connection);
    return type === "cancel" ? await uploads.cancel(id, slot) : await uploads.state(id, slot);
  }

  async #beginUpload(request: UploadRequest): Promise<void> {
    const { uploads } = this.#transfers;
    const slot = uploads.slotFor(request.id, request.token);
    if (slot === undefined) return await this.#answer(NO_FILE);
    this.#host.transferring(this.#connection);
    this.#discardable = MAX_REFUSED_UPLOAD_BYTES;
    const begun = await uploads.begin({ request, slot, bodyBytes: this.#bodyBytes, sender: this });
    if (!(begun instanceof UploadExchange)) return await this.#answer(begun);
    if (!this.#connection.listening) return await begun.close();
    this.#upload = begun;
    if (this.#bodyBytes === 0) return await this.#store(NO_BYTES);
    this.#answerEarly(request, slot.size);
    this.#enter("receiving");
  }

  /** Sends the provisional responses that the client waits for. A part goes on where the whole file has begun, and needs no 104. */
  #answerEarly({ id, offset }: UploadRequest, size: number): void {
    const { outbox } = this.#connection;
    const { knowsResumption, expectsContinue } = this.#current!;
    if (knowsResumption && offset === undefined) outbox.push(encodeResumable(id, size));
    if (expectsContinue) outbox.push(encodeContinue());
    outbox.flush();
  }

  async #store(bytes: Uint8Array): Promise<void> {
    this.#enter("working");
    this.#bodyBytes -= bytes.length;
    this.#transfers.counts.uploadedBytes += bytes.length;
    await this.#transfers.pace.take(bytes.length);
    const response = await this.#upload?.take(bytes, this.#bodyBytes === 0);
    if (response === undefined) return this.#enter("receiving");
    await this.#endUpload();
    await this.#answer(response);
  }

  supersede(): void {
    this.#connection.abort();
  }

  /** While bytes are being taken, they fail by themselves. */
  failed(error: unknown): void {
    if (this.#phase !== "receiving" || this.#upload === undefined) return;
    this.#end(encodeResponse(this.#transfers.answerTo(error, this.#connection.source.peer), true));
  }

  async #endUpload(): Promise<void> {
    const upload = this.#upload;
    this.#upload = undefined;
    await upload?.close();
  }

  async #send(request: DownloadRequest): Promise<void> {
    const { downloads } = this.#transfers;
    const grant = downloads.grantFor(request);
    if (grant === undefined) return await this.#answer(NO_FILE);
    this.#host.transferring(this.#connection);
    const opened = await downloads.open(request, grant, this.#keeps ? "keep-alive" : "close");
    if (!(opened instanceof Download)) return await this.#answer(opened);
    this.#enter("sending");
    this.#watch.reset(this.#since, this.#movedBytes);
    let isWhole = false;
    try {
      isWhole = await opened.send(this.#connection, this.#transfers);
    } finally {
      opened.close();
      // A response that breaks off in its body can only end with its connection.
      if (!isWhole) this.#connection.abort();
    }
    this.#goOn();
  }

  /** Sends a whole response. The rest of the body is discarded if the connection goes on. */
  async #answer(response: HttpResponse): Promise<void> {
    if (!this.#connection.listening) return;
    if (response.status >= 400) this.#transfers.counts.refused++;
    const headers = { ...response.headers, Connection: this.#keeps ? "keep-alive" : "close" };
    this.#connection.outbox.push(encodeResponse({ ...response, headers }, this.#current?.withBody ?? true));
    this.#connection.outbox.flush();
    this.#enter("sending");
    if (this.#keeps) await this.#connection.outbox.idle();
    this.#goOn();
  }

  /** Whether the connection goes on. A client that still waits for a 100 may send the body or leave it out. */
  get #keeps(): boolean {
    const { keeps, expectsContinue } = this.#current!;
    if (!keeps || this.#connection.link.isProxy === true) return false;
    return this.#bodyBytes === 0 || (this.#bodyBytes <= this.#discardable && !expectsContinue);
  }

  #goOn(): void {
    if (this.#keeps) this.#enter(this.#bodyBytes === 0 ? "idle" : "receiving");
    else this.#connection.finish(HTTP_ANSWER_TIMEOUT_MS);
  }

  /** Bytes after the last response are read for a while: closing at once would reset the connection and lose it. */
  #discard(frame: Frame): void {
    const bytes = typeof frame === "string" ? frame.length : isBody(frame) ? frame.bytes.length : 0;
    this.#bodyBytes -= bytes;
    this.#discardable -= bytes;
    if (this.#discardable < 0) this.#connection.abort();
    else if (isBody(frame) && frame.last === true && this.#connection.listening) this.#enter("idle");
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#since = this.#transfers.monotonic();
  }

  get #movedBytes(): number {
    const { receivedBytes, sentBytes } = this.#connection.link;
    return receivedBytes + sentBytes;
  }

  checkTimeouts(now: number): void {
    switch (this.#phase) {
      case "working":
        // The client must not pay for a slow disk.
        if (now > this.#since) this.#watch.reset(now, this.#movedBytes);
        return;
      case "idle":
        if (now - this.#since >= TRANSFER_IDLE_MS) this.#connection.finish(LINGER_MS);
        return;
      case "receiving":
        if (this.#watch.isStalled(now, this.#movedBytes)) this.#end(STALLED);
        return;
      case "sending":
        if (this.#watch.isStalled(now, this.#movedBytes)) this.#connection.abort();
        return;
      default:
        return this.#phase satisfies never;
    }
  }

  /** Ends the current transfer at once. What has arrived is kept. */
  shutDown(): void {
    if (this.#phase === "sending") this.#connection.abort();
    else this.#end(SHUTTING_DOWN);
  }

  /** Ends the connection, with a response if one is due. */
  #end(response: Uint8Array): void {
    if (this.#phase === "working" || this.#upload !== undefined) this.#connection.outbox.push(response);
    this.#connection.finish(LINGER_MS);
  }

  end(): undefined {
    void this.#endUpload();
  }
}

const NO_BYTES = new Uint8Array(0);
const NO_WEBSOCKET = encodeResponse(textResponse(400, "Open the WebSocket on a connection of its own"), true);
const STALLED = encodeResponse(textResponse(408, "The upload has stalled: go on from its offset"), true);
const SHUTTING_DOWN = encodeResponse(
  textResponse(503, "The server is shutting down: go on when it is back", { "Retry-After": "1" }),
  true,
);

/** Whether the head is that of a request for a path of files. */
export function isForFile(head: string): boolean {
  return REQUEST_FOR_FILE.test(head);
}

const REQUEST_FOR_FILE = new RegExp(`^\\s*\\S+ ${FILES_PATH}`);

function isBody(frame: Frame): frame is BodyPart {
  return typeof frame === "object" && "type" in frame && frame.type === "body";
}
