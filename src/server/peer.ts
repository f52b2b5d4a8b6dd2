import type { SessionId } from "../core/effect.ts";
import { type ErrorEvent, errorEvent, type LeaveReason, type ServerEvent } from "../protocol/messages/messages.ts";
import { TokenBucket } from "../core/state/token_bucket.ts";
import { ProtocolError } from "../protocol/errors.ts";
import {
  FIRST_BYTES_WAIT_MS,
  LINGER_MS,
  PINGS_BURST,
  PINGS_PER_SECOND,
  TLS_HANDSHAKE_TIMEOUT_MS,
  TURN_FRAMES_PER_CONNECTION as AT_ONCE,
} from "../protocol/limits.ts";
import type { Codec, Format } from "../framing/codec.ts";
import { detectDialect, withoutMark } from "../framing/dialect.ts";
import { JSON_FORMAT, JSON_LINES } from "../framing/json_lines.ts";
import { PlainText } from "../framing/plain/plain_text.ts";
import { pong, WebSocketJson } from "../framing/websocket/websocket.ts";
import type { Connection, Control, Frame } from "../transports/connection.ts";
import { ErrorThrottle } from "./turn/error_throttle.ts";
import { Outbox } from "./output/outbox.ts";
import type { Statistics } from "./monitor/statistics.ts";

/** What a peer tells the server of. */
export interface PeerHost {
  readonly statistics: Statistics;
  /** The peer has shown how it speaks; called again where silence was taken for a person and JSON came after all. */
  greet(peer: Peer): void;
  /** Frames have arrived; resolves when they have been dealt with and the next ones may be read. */
  receive(peer: Peer, frames: readonly Frame[]): Promise<void>;
  /** The head of an HTTP request, to be answered. True where the peer speaks by WebSocket from there on. */
  answerHttp(peer: Peer, head: string): Promise<boolean>;
  /** Whether the peer, which is silent, may be a connection that a browser has opened in advance. */
  mayBeSpare(peer: Peer): boolean;
  /** The outbox has something to write at the end of the turn. */
  touch(peer: Peer): void;
  /** The link is gone and the connection closed. */
  gone(peer: Peer): void;
}

/** One connection as the server sees it: what language it speaks, what waits to be sent, and how it ends. */
export class Peer {
  readonly id: SessionId;
  readonly connection: Connection;
  readonly outbox: Outbox;
  /** When something arrived last, in milliseconds since the epoch. */
  lastHeard: number;
  /** When the connection was accepted, likewise. */
  readonly since: number;
  /** What the others are told when it ends. */
  leaveReason: LeaveReason = "closed";
  /** Whether a `ping` is out that nothing has answered. */
  pinged = false;
  /** Resolves when the peer may be read from again; undefined where it may. */
  heldBack: Promise<void> | undefined;
  /** Resolves when the queries of the peer are done; `undefined` where it has none. */
  busy: Promise<void> | undefined;
  /** Whether the outbox is on the server's list of those to flush. */
  touched = false;
  #codec: Codec | undefined;
  #detected = false;
  #closing = false;
  readonly #faults = new ErrorThrottle();
  #pings: TokenBucket | undefined;
  readonly #host: PeerHost;
  /** Runs out for whoever has said nothing, and later for whoever takes too long to go. */
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #aborted = false;

  constructor(id: SessionId, connection: Connection, host: PeerHost, now: number) {
    this.id = id;
    this.connection = connection;
    this.outbox = new Outbox(connection);
    this.since = now;
    this.lastHeard = now;
    this.#host = host;
  }

  /** Undefined until it is known, or guessed, how the other end speaks. */
  get codec(): Codec | undefined {
    return this.#codec;
  }

  /** Whether the connection is on its way out: what still arrives is not listened to. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Reads until the link ends. Never rejects. */
  async run(): Promise<void> {
    if (this.connection.handshake !== undefined) await this.#shakeHands();
    if (!this.#closing) this.#deadline = setTimeout(() => this.#greetSilence(), FIRST_BYTES_WAIT_MS);
    try {
      const reader = this.connection.frames.getReader();
      for (let batch = await reader.read(); !batch.done; batch = await reader.read()) {
        await this.#takeTurns(batch.value);
        if (this.heldBack !== undefined) await this.#relieved();
      }
      // The other end may have closed its half only, and still be reading.
      if (!this.#closing) this.finish(LINGER_MS);
      await this.outbox.idle();
    } finally {
      this.abort();
      this.#host.gone(this);
    }
  }

  /** Whoever does not come to an end with it in time is cut off, though Deno keeps a socket in mid-handshake until the client closes it. */
  async #shakeHands(): Promise<void> {
    const timer = setTimeout(() => this.abort(), TLS_HANDSHAKE_TIMEOUT_MS);
    await this.connection.handshake!().catch(() => this.abort());
    clearTimeout(timer);
  }

  /** Queues an event for this peer alone. */
  send(event: ServerEvent): void {
    this.#tell(event);
    if (event.type === "error") this.#noteFault(event);
  }

  /** After too many of them nothing is read for a while, or the connection ends. */
  #noteFault({ code }: ErrorEvent): void {
    this.#host.statistics.reject(code);
    if (this.#codec?.exhausted) return this.#dismiss();
    const tooMany = this.#closing ? undefined : this.#faults.note(this.lastHeard);
    if (tooMany !== undefined) this.#tell(tooMany);
  }

  #dismiss(): void {
    this.#tell({ type: "goodbye", reason: "refused" });
    this.finish(LINGER_MS);
  }

  #tell(event: ServerEvent): void {
    if (this.#codec !== undefined) this.sendText(this.#codec.encode(event), this.#codec.format);
  }

  /** Tells whoever has not spoken yet what is wrong: in JSON, which a person can read, too. */
  sendUnasked(error: ProtocolError): void {
    this.#host.statistics.reject(error.code);
    this.sendText(JSON_LINES.encode(errorEvent(error)), JSON_FORMAT);
  }

  /** Lines of that format. */
  sendText(text: string, format: Format): void {
    if (text !== "" && !this.#closing) this.#pushed(this.outbox.pushOwn(format.pack(text)));
  }

  /** Answers a WebSocket's ping. Those past the pace stay unanswered, which RFC 6455, section 5.5.3, allows. */
  answerPing(payload: Uint8Array): void {
    this.#pings ??= new TokenBucket({ perSecond: PINGS_PER_SECOND, burst: PINGS_BURST }, this.lastHeard);
    if (this.#pings.take(this.lastHeard) === 0) this.sendChunk(pong(payload));
  }

  /** Queues a chunk that may be shared with other peers. */
  sendChunk(chunk: Uint8Array): void {
    if (!this.#closing) this.#pushed(this.outbox.push(chunk));
  }

  #pushed(taken: boolean): void {
    if (!taken) this.#cut();
    else if (!this.touched) this.#host.touch(this);
  }

  /** The receiver is too slow: what waits is dropped, for it can be had again on return. */
  #cut(): void {
    this.leaveReason = "slow";
    this.outbox.clear();
    const message = "You read more slowly than messages arrive: come back for what you missed";
    this.send({ type: "error", code: "slow_consumer", message });
    this.send({ type: "goodbye", reason: "slow", retryAfter: 1 });
    this.finish(LINGER_MS);
  }

  /** Lets what waits be sent, for `timeoutMs` at most, and then ends the connection. Nothing more is queued or listened to. */
  finish(timeoutMs: number): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#faults.end();
    const ending = this.#codec?.ending?.();
    if (ending !== undefined) this.outbox.push(ending);
    this.outbox.flush();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.abort(), timeoutMs);
    this.outbox.idle().then(async () => {
      await this.connection.end();
      // The reading side ends when the other end has closed, too; a reset before that could cost it our last line.
      if (!this.#aborted) this.#linger = setTimeout(() => this.abort(), LINGER_MS);
    });
  }

  /** Ends the connection at once, whatever waits. */
  abort(): void {
    this.#closing = true;
    this.#aborted = true;
    this.#faults.end();
    clearTimeout(this.#deadline);
    clearTimeout(this.#linger);
    this.connection.close();
    this.outbox.stop();
  }

  /** However much came at once, others have their turns in between. */
  async #takeTurns(frames: readonly Frame[]): Promise<void> {
    for (let start = 0; start < frames.length && !this.#closing && !this.outbox.broken; start += AT_ONCE) {
      await this.#receive(frames.length <= AT_ONCE ? frames : frames.slice(start, start + AT_ONCE));
      while (this.busy !== undefined) await this.busy;
      await this.#faults.pause;
    }
  }

  async #receive(frames: readonly Frame[]): Promise<void> {
    if (this.#detected) return await this.#host.receive(this, frames);
    this.#detected = true;
    const [first, ...others] = frames;
    const dialect = typeof first === "string" ? detectDialect(first) : this.#dialectOfFirstByte();
    if (dialect === "http") return await this.#answerHttp(first as string, others);
    this.#speak(dialect);
    await this.#host.receive(this, [typeof first === "string" ? withoutMark(first) : first!, ...others]);
  }

  async #answerHttp(head: string, others: readonly Frame[]): Promise<void> {
    if (!await this.#host.answerHttp(this, head)) return;
    this.#codec = new WebSocketJson();
    this.#host.greet(this);
    if (others.length > 0) await this.#host.receive(this, others);
  }

  async #relieved(): Promise<void> {
    await this.heldBack;
    this.heldBack = undefined;
  }

  #greetSilence(): void {
    this.#deadline = undefined;
    if (this.connection.firstByte === undefined && !this.#host.mayBeSpare(this)) this.#speak("plain");
  }

  #dialectOfFirstByte(): "json" | "plain" {
    return this.connection.firstByte === "{".charCodeAt(0) ? "json" : "plain";
  }

  /** A person who was greeted after silence may turn out to be a program. */
  #speak(dialect: "json" | "plain"): void {
    if (this.#codec?.format.name === dialect) return;
    // The telnet of a person may negotiate before it shows anything.
    const unasked = this.connection.firstByte !== undefined && this.connection.firstByte !== TELNET_IAC;
    this.#codec = dialect === "json" ? JSON_LINES : new PlainText({ unasked });
    this.#host.greet(this);
  }
}

/** The byte with which telnet's commands begin: RFC 854. */
const TELNET_IAC = 0xff;

/** Whether a frame is the fault that ends a stream of frames. */
export function isFault(frame: Control | ProtocolError): frame is ProtocolError {
  return frame instanceof ProtocolError;
}
