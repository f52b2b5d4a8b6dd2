import type { SessionId } from "../../core/effect.ts";
import { TokenBucket } from "../../core/state/token_bucket.ts";
import type { Codec, Format } from "../../framing/codec.ts";
import { pong } from "../../framing/websocket/websocket.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  COMMANDS_BURST,
  COMMANDS_PER_SECOND,
  DRAIN_TIMEOUT_MS,
  LINGER_MS,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  PINGS_BURST,
  PINGS_PER_SECOND,
  TURN_FRAMES_PER_CONNECTION,
} from "../../protocol/limits.ts";
import { type ClientCommand, type ErrorEvent, errorEvent, type ServerEvent } from "../../protocol/messages/messages.ts";
import type { Frame } from "../../transports/connection.ts";
import type { Statistics } from "../monitor/statistics.ts";
import type { Outbox } from "../output/outbox.ts";
import type { KeyProof } from "../turn/key_proof.ts";
import type { AcceptedConnection, ConnectionOwner } from "./accepted_connection.ts";
import { ErrorThrottle } from "./error_throttle.ts";

/** Frames of a peer that wait for the end of the turn. */
export interface Arrival {
  readonly peer: Peer;
  readonly frames: readonly Frame[];
}

/** The part of the server that a peer needs. */
export interface PeerHost {
  readonly statistics: Pick<Statistics, "reject">;
  /** Adds frames to this turn. Resolves when they have been handled. */
  readonly turns: { add(arrival: Arrival): Promise<void> };
  /** Returns the id of a new session. */
  newSession(): SessionId;
}

const PING_RATE = { perSecond: PINGS_PER_SECOND, burst: PINGS_BURST };
const COMMAND_RATE = { perSecond: COMMANDS_PER_SECOND, burst: COMMANDS_BURST };
const NO_COMMANDS: readonly ClientCommand[] = [];

/** A connection that chats: it decodes its own frames, encodes the events sent to it, and decides when to read on. */
export class Peer implements ConnectionOwner {
  readonly id: SessionId;
  readonly connection: AcceptedConnection;
  readonly outbox: Outbox;
  /** The nonce in its `welcome`; `undefined` for people on nc, who have no key. */
  nonce: string | undefined;
  /** Created with the first signature of the nonce. */
  proof: KeyProof | undefined;
  /** Whether its next frames wait until the outcome of earlier ones is known. */
  mustSettle = false;
  readonly #codec: Codec;
  readonly #host: PeerHost;
  readonly #errors = new ErrorThrottle();
  /** Each bucket is created with the first command or frame that it counts. */
  #pingFrames: TokenBucket | undefined;
  #pings: TokenBucket | undefined;
  #typings: TokenBucket | undefined;
  /** When frames of the peer were last handled, in milliseconds of a monotonic clock. */
  #lastHeard: number;
  /** Whether a `ping` is unanswered. */
  #pinged = false;
  /** Whether the client has asked the host of a shared chat for its proof. */
  #hasHostProof = false;
  /** Whether the other end has closed its stream of frames, or broken it: later frames are ignored. */
  #ended = false;
  /** Resolves when the rooms that the peer writes to have caught up. */
  #heldBack: Promise<void> | undefined;
  /** Resolves when the peer's queries are done. */
  #queries: Promise<void> | undefined;
  /** Whether a batch of frames is in a turn, or on its way through the order of ops. */
  #isBusy = false;

  constructor(connection: AcceptedConnection, codec: Codec, host: PeerHost, now: number) {
    this.id = connection.session ??= host.newSession();
    this.connection = connection;
    this.outbox = connection.outbox;
    this.#codec = codec;
    this.#host = host;
    this.#lastHeard = now;
  }

  get format(): Format {
    return this.#codec.format;
  }

  get closing(): boolean {
    return this.connection.closing;
  }

  /** Hands frames to the turn, `TURN_FRAMES_PER_CONNECTION` at a time, so that other peers get their turns in between. */
  async receive(frames: readonly Frame[]): Promise<void> {
    const atOnce = TURN_FRAMES_PER_CONNECTION;
    for (let start = 0; start < frames.length && this.connection.listening; start += atOnce) {
      const part = frames.length <= atOnce ? frames : frames.slice(start, start + atOnce);
      this.#isBusy = true;
      await this.#host.turns.add({ peer: this, frames: part });
      this.#isBusy = false;
      while (this.#queries !== undefined) await this.#queries;
      await this.#errors.pause;
    }
    if (this.#heldBack !== undefined) await this.#waitForRooms();
  }

  async #waitForRooms(): Promise<void> {
    await this.#heldBack;
    this.#heldBack = undefined;
  }

  /** Reads no further batch before `until` resolves, because the peer writes faster than its rooms' receivers read. */
  holdBack(until: Promise<void>): void {
    this.#heldBack = until;
  }

  /** Reads nothing more before `endQueries`. `done` resolves just before that call. */
  startQueries(done: Promise<void>): void {
    this.#queries = done;
  }

  endQueries(): void {
    this.#queries = undefined;
  }

  /** Notes that frames of the peer are handled now. Any frame answers a `ping`. */
  noteActivity(now: number): void {
    this.#lastHeard = now;
    this.#pinged = false;
  }

  /** Tells the client that its session is void, and ends the connection: it may come back at once. */
  cut(): void {
    this.send({ type: "goodbye", reason: "shutdown", retryAfter: 1 });
    this.connection.finish(LINGER_MS, "shutdown");
  }

  /** Sends the error to a client that gets no session, and ends the connection. */
  turnAway(error: ProtocolError): void {
    this.send(errorEvent(error));
    this.connection.finish(LINGER_MS);
  }

  /**
   * Returns the commands of the next frame, or `"closed"` if the other end closes its stream with it. Answers a WebSocket's
   * ping itself. Throws `ProtocolError` for a frame that is not valid. Frames must be decoded in order, and on plain text
   * only after the commands of the previous one were carried out: a line's meaning can depend on their outcome.
   */
  decode(frame: Frame): readonly ClientCommand[] | "closed" {
    if (this.#ended) return NO_COMMANDS;
    if (typeof frame === "string") return this.#decodeText(frame);
    if (frame instanceof ProtocolError) return this.#fail(frame);
    switch (frame.type) {
      case "ping":
        return this.#answerPing(frame.payload);
      case "close":
        this.#ended = true;
        return "closed";
      case "binary":
        return this.#fail(new ProtocolError("not_text", "A WebSocket message is binary: send text"));
      case "body":
      case "proxied":
        throw new Error("A chat peer was handed a frame that comes before its own");
      default:
        return frame satisfies never;
    }
  }

  #decodeText(text: string): readonly ClientCommand[] {
    const { commands, reply } = this.#codec.decode(text);
    if (reply !== undefined) this.sendText(reply, this.format);
    return commands;
  }

  #fail(error: ProtocolError): never {
    this.#ended = true;
    throw error;
  }

  /** Pings beyond the rate stay unanswered, which RFC 6455, section 5.5.3, allows. */
  #answerPing(payload: Uint8Array): readonly ClientCommand[] {
    this.#pingFrames ??= new TokenBucket(PING_RATE, this.#lastHeard);
    if (this.#pingFrames.take(this.#lastHeard) === 0) this.sendChunk(pong(payload));
    return NO_COMMANDS;
  }

  /** The fingerprint of the certificate, if TLS ends here. */
  get tls(): string | undefined {
    return this.connection.link.tls;
  }

  /** Notes that the client has asked the host for a proof. Returns false from the second time on. */
  askForProof(): boolean {
    const isFirst = !this.#hasHostProof;
    this.#hasHostProof = true;
    return isFirst;
  }

  /** Counts a `ping` command and returns 0; or returns the seconds until the next one is allowed. */
  takePing(): number {
    this.#pings ??= new TokenBucket(PING_RATE, this.#lastHeard);
    return this.#pings.take(this.#lastHeard);
  }

  /** Counts a `typing` command, or one about hosts, as `takePing` does. */
  takeTyping(): number {
    this.#typings ??= new TokenBucket(COMMAND_RATE, this.#lastHeard);
    return this.#typings.take(this.#lastHeard);
  }

  /** Queues an event for this peer alone. Too many errors pause reading for a while, or end the connection. */
  send(event: ServerEvent): void {
    this.#encode(event);
    if (event.type === "error") this.#countError(event);
  }

  #encode(event: ServerEvent): void {
    this.sendText(this.#codec.encode(event), this.format);
  }

  #countError({ code }: ErrorEvent): void {
    this.#host.statistics.reject(code);
    if (this.#codec.exhausted) return this.#refuse();
    const tooMany = this.closing ? undefined : this.#errors.note(this.#lastHeard);
    if (tooMany !== undefined) this.#encode(tooMany);
  }

  #refuse(): void {
    this.#encode({ type: "goodbye", reason: "refused" });
    this.connection.finish(LINGER_MS);
  }

  /** Queues lines of `format` for this peer alone. */
  sendText(text: string, format: Format): void {
    if (text !== "" && !this.closing && !this.outbox.pushOwn(format.pack(text))) this.#cutOff();
  }

  /** Queues a chunk that may be shared with other peers. */
  sendChunk(chunk: Uint8Array): void {
    if (!this.outbox.push(chunk)) this.#cutOff();
  }

  /** Ends the connection of a slow receiver. Queued events are dropped: the client can ask for them when it returns. */
  #cutOff(): void {
    this.outbox.clear();
    const message = "You read more slowly than messages arrive: come back to get the messages you missed";
    this.send({ type: "error", code: "slow_consumer", message });
    this.send({ type: "goodbye", reason: "slow", retryAfter: 1 });
    this.connection.finish(LINGER_MS, "slow");
  }

  /**
   * Pings a silent client, and ends the connection if it does not answer. People on `nc` cannot answer: TCP keep-alive
   * watches their connections, and the hub ends those who take too long to join.
   */
  checkTimeouts(now: number): void {
    if (this.format.name !== "json") return;
    // Nothing is read from the peer while its queries run.
    if (this.#queries !== undefined) return;
    // Nor while its frames wait for an order that cannot decide: it gets time to answer afterwards.
    if (this.#isBusy && this.#pinged) this.#lastHeard = Math.max(this.#lastHeard, now - PING_INTERVAL_MS);
    const silence = now - this.#lastHeard;
    if (silence >= PING_TIMEOUT_MS) {
      this.send({ type: "goodbye", reason: "timeout", retryAfter: 1 });
      this.connection.finish(LINGER_MS, "timeout");
    } else if (silence >= PING_INTERVAL_MS && !this.#pinged) {
      this.#pinged = true;
      this.send({ type: "ping" });
    }
  }

  shutDown(): void {
    this.send({ type: "goodbye", reason: "shutdown", retryAfter: 1 });
    this.connection.finish(DRAIN_TIMEOUT_MS);
  }

  end(): Uint8Array | undefined {
    this.#errors.end();
    return this.#codec.ending?.();
  }
}
