import type { SessionId } from "../../core/effect.ts";
import { errorEvent } from "../../protocol/messages/messages.ts";
import { JSON_FORMAT, JSON_LINES } from "../../framing/json_lines.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { DRAIN_TIMEOUT_MS, FIRST_LINE_TIMEOUT_MS, LINGER_MS, OUTBOX_LIMIT_BYTES } from "../../protocol/limits.ts";
import type { LeaveReason } from "../../protocol/messages/messages.ts";
import type { Connection, Frame } from "../../transports/connection.ts";
import type { Statistics } from "../monitor/statistics.ts";
import { Outbox } from "../output/outbox.ts";

/** The only reader of a connection once its dialect is known: a chat peer, an HTTP exchange, or transfers of files. */
export interface ConnectionOwner {
  /** Takes the next frames. Resolves when the connection may be read again: this is the backpressure. Never rejects. */
  receive(frames: readonly Frame[]): Promise<void>;
  /** Called once a second. */
  checkTimeouts(now: number): void;
  /** Says goodbye and finishes the connection, because the server drains. */
  shutDown(): void;
  /**
   * Ends the owner: it sends nothing more. Returns the bytes that end its stream, if the protocol has some.
   * Called when the connection finishes and again when it is aborted.
   */
  end(): Uint8Array | undefined;
}

/** The other end of a connection, for limits, bans and the log. */
export type ConnectionSource = Pick<Connection, "peer" | "remoteAddress" | "privileged">;

/** The part of the server that each connection needs. */
export interface ConnectionHost {
  readonly statistics: Pick<Statistics, "reject">;
  /** Flushes the outbox at the end of the turn. */
  scheduleFlush(outbox: Outbox): void;
}

const SHUTTING_DOWN = new ProtocolError("shutting_down", "The server is shutting down: come back later", {
  retryAfter: 1,
});

/** An accepted connection with its outbox, for any owner, from the first byte to an orderly or sudden end. */
export class AcceptedConnection {
  /** The id of its chat session, once it has one. */
  session: SessionId | undefined;
  readonly link: Connection;
  /** The other end of the link, unless that is a trusted proxy which has named its client. */
  source: ConnectionSource;
  /** False while a proxy may still name its client: until then no limit of addresses applies. */
  sourceIsFinal: boolean;
  /** Whether it is no attempt of its address to get in. */
  pardoned = false;
  readonly outbox: Outbox;
  /** Milliseconds of a monotonic clock. */
  readonly acceptedAt: number;
  /** `undefined` until the dialect is known. */
  owner: ConnectionOwner | undefined;
  readonly #host: ConnectionHost;
  #leaveReason: LeaveReason = "closed";
  #closing = false;
  #aborted = false;
  /** The timer of `after`, and later the time limit of the orderly end. */
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Connection, host: ConnectionHost, now: number) {
    this.link = link;
    this.source = link;
    this.sourceIsFinal = link.isProxy !== true;
    this.acceptedAt = now;
    this.#host = host;
    this.outbox = new Outbox(link, OUTBOX_LIMIT_BYTES, (outbox) => host.scheduleFlush(outbox));
  }

  /** Whether the connection is ending: incoming frames are ignored and nothing more is queued. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Whether frames from the other end are still handled. */
  get listening(): boolean {
    return !this.#closing && !this.outbox.broken;
  }

  /** The reason that other members see when the connection has ended. */
  get leaveReason(): LeaveReason {
    return this.#leaveReason;
  }

  /** Sends an error before the dialect is known. It is JSON, which a person can read too. */
  sendRefusal(error: ProtocolError): void {
    this.#host.statistics.reject(error.code);
    this.outbox.pushOwn(JSON_FORMAT.pack(JSON_LINES.encode(errorEvent(error))));
  }

  /** Calls `act` after `ms` unless the connection is ending by then, or this is called again. */
  after(ms: number, act: () => void): void {
    if (this.#closing) return;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(act, ms);
  }

  /** Called once a second. A connection without an owner must end its first line in time. */
  checkTimeouts(now: number): void {
    if (this.#closing) return;
    if (this.owner !== undefined) this.owner.checkTimeouts(now);
    else if (now - this.acceptedAt >= FIRST_LINE_TIMEOUT_MS) this.abort();
  }

  /** Says goodbye and ends the connection within `DRAIN_TIMEOUT_MS`. */
  shutDown(): void {
    this.#leaveReason = "shutdown";
    if (this.owner !== undefined) return this.owner.shutDown();
    this.sendRefusal(SHUTTING_DOWN);
    this.finish(DRAIN_TIMEOUT_MS);
  }

  /** Sends what is queued, for at most `timeoutMs`, then ends the connection. Nothing more is queued or listened to. */
  finish(timeoutMs: number, reason: LeaveReason = this.#leaveReason): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#leaveReason = reason;
    const ending = this.owner?.end();
    if (ending !== undefined) this.outbox.push(ending);
    this.outbox.seal();
    this.outbox.flush();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.abort(), timeoutMs);
    void this.#endWhenIdle();
  }

  async #endWhenIdle(): Promise<void> {
    await this.outbox.idle();
    await this.link.end();
    // The other end closes after it has read everything. A reset before that could cost it our last line.
    if (!this.#aborted) this.#linger = setTimeout(() => this.abort(), LINGER_MS);
  }

  /** Ends the connection at once and drops what is queued. */
  abort(): void {
    this.#closing = true;
    this.#aborted = true;
    this.owner?.end();
    clearTimeout(this.#deadline);
    clearTimeout(this.#linger);
    this.link.close();
    this.outbox.stop();
  }
}
