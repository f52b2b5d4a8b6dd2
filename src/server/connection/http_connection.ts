import type { Frame } from "../../transports/connection.ts";
import { encodeResponse, type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import {
  DRAIN_TIMEOUT_MS,
  FIRST_LINE_TIMEOUT_MS,
  HTTP_ANSWER_TIMEOUT_MS,
  MAX_DISCARDED_BODY_BYTES,
} from "../../protocol/limits.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";
import type { RefusedName } from "../refused_name.ts";
import { type HttpExchange, NO_PAGE, type SocketUse } from "../web_exchange.ts";
import type { AcceptedConnection, ConnectionOwner } from "./accepted_connection.ts";

/** The part of the server that HTTP exchanges need. */
export interface HttpHost {
  readonly log: Log;
  readonly exchange: Pick<HttpExchange, "reply">;
  /** Makes the source of the connection final, by the head of its request. Returns the response if it is refused. */
  settleSource(connection: AcceptedConnection, head: string): HttpResponse | undefined;
  /** Called when a request names a host or an origin that is not the server's own. */
  refused(connection: AcceptedConnection, name: RefusedName): void;
  /** Called after a response that is not a WebSocket's: a page, a redirect or an error. */
  answered(connection: AcceptedConnection, isPage: boolean): void;
  /** Returns the new owner of the connection if the head is that of a request for a file, and the server has files. */
  openFiles(connection: AcceptedConnection, head: string): ConnectionOwner | undefined;
  /** Makes the connection a WebSocket. Returns its new owner. */
  upgrade(connection: AcceptedConnection, to: SocketUse): ConnectionOwner;
}

const SHUTTING_DOWN = encodeResponse(textResponse(503, "The server is shutting down: come back later"), true);

/**
 * One HTTP exchange: it answers the head of a request, and then hands the connection over as a WebSocket or ends it. A
 * connection with a request for a file goes to another owner before that.
 * The request's body is read and discarded, since closing with unread bytes would reset the connection and lose the answer.
 */
export class HttpConnection implements ConnectionOwner {
  readonly #connection: AcceptedConnection;
  readonly #host: HttpHost;
  /** Milliseconds of a monotonic clock. */
  readonly #began: number;
  #hasHead = false;
  #discardedBytes = 0;

  constructor(connection: AcceptedConnection, host: HttpHost, now: number) {
    this.#connection = connection;
    this.#host = host;
    this.#began = now;
  }

  /** The first frame is the head of the request. */
  async receive(frames: readonly Frame[]): Promise<void> {
    if (this.#hasHead) return this.#discard(frames);
    this.#hasHead = true;
    const [head, ...others] = frames as readonly [string, ...Frame[]];
    const connection = this.#connection;
    const refusal = this.#host.settleSource(connection, head);
    if (refusal !== undefined) {
      this.#refuse(refusal);
      return this.#discard(others);
    }
    const files = this.#host.openFiles(connection, head);
    if (files !== undefined) {
      connection.owner = files;
      return await files.receive(frames);
    }
    if (!await this.#answer(head)) return this.#discard(others);
    if (others.length > 0) await connection.owner!.receive(others);
  }

  /** Returns whether the connection has become a WebSocket. */
  async #answer(head: string): Promise<boolean> {
    const connection = this.#connection;
    try {
      const { chunk, upgraded, isPage = false, refused } = await this.#host.exchange.reply(head);
      if (refused !== undefined) this.#host.refused(connection, refused);
      connection.outbox.push(chunk);
      if (upgraded !== undefined) return this.#upgrade(upgraded);
      this.#host.answered(connection, isPage);
    } catch (error) {
      this.#host.log("error", "internal error", { peer: connection.source.peer, stack: stackOf(error) });
      connection.outbox.push(NO_PAGE);
    }
    connection.finish(HTTP_ANSWER_TIMEOUT_MS);
    return false;
  }

  #refuse(response: HttpResponse): void {
    this.#connection.outbox.push(encodeResponse(response, true));
    this.#connection.finish(HTTP_ANSWER_TIMEOUT_MS);
  }

  #upgrade(to: SocketUse): boolean {
    if (this.#connection.closing) return false;
    this.#connection.owner = this.#host.upgrade(this.#connection, to);
    return true;
  }

  #discard(frames: readonly Frame[]): void {
    for (const frame of frames) this.#discardedBytes += bytesOf(frame);
    if (this.#discardedBytes > MAX_DISCARDED_BODY_BYTES) this.#connection.abort();
  }

  /** The answer must be ready within `FIRST_LINE_TIMEOUT_MS`. */
  checkTimeouts(now: number): void {
    if (now - this.#began >= FIRST_LINE_TIMEOUT_MS) this.#connection.abort();
  }

  shutDown(): void {
    this.#connection.outbox.push(SHUTTING_DOWN);
    this.#connection.finish(DRAIN_TIMEOUT_MS);
  }

  end(): undefined {}
}

/** Frames of a WebSocket that was refused count as well. */
function bytesOf(frame: Frame): number {
  if (typeof frame === "string") return frame.length;
  if (frame instanceof Error) return 0;
  if ("payload" in frame) return frame.payload.length;
  return "bytes" in frame ? frame.bytes.length : 0;
}
