import type { Frame } from "../../framing/frame.ts";
import { binaryMessage, closeMessage, pong, textMessage } from "../../framing/websocket/websocket.ts";
import { decodeMediaFrame, encodeMediaFrame, type MediaFrame } from "../../protocol/calls/media_frame.ts";
import { parseMediaHello } from "../../protocol/calls/media_handshake.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  DRAIN_TIMEOUT_MS,
  LINGER_MS,
  MAX_MEDIA_CONTROL_BYTES,
  MAX_MEDIA_QUEUED_BYTES,
  MEDIA_GREETING_MS,
  MEDIA_PAUSE_MS,
  MEDIA_TIMEOUT_MS,
  SOUND_CONFIRM_MS,
  SOUND_PACKET_MS,
} from "../../protocol/limits.ts";
import type { MediaCounts } from "../monitor/statistics.ts";
import type { AcceptedConnection, ConnectionOwner } from "../connection/accepted_connection.ts";
import type { CallRelay } from "./call_relay.ts";
import type { MediaReceiver, MediaSeat } from "./media_seat.ts";
import { type MediaChunk, MediaOutbox } from "../../protocol/calls/media_outbox.ts";
import { MediaQuota } from "./media_quota.ts";
import { ReadPause } from "./read_pause.ts";

export interface MediaHost {
  readonly relay: CallRelay;
  readonly counts: MediaCounts;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Called when the token of the connection was right: it is no attempt of its address any more. */
  entered(connection: AcceptedConnection): void;
}

/** Close codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000;
const GOING_AWAY = 1001;
const POLICY = 1008;

/** Relays the sound and pictures of one member of a call to the others, and theirs to the member. It stores nothing. */
export class MediaConnection implements ConnectionOwner, MediaReceiver {
  readonly #connection: AcceptedConnection;
  readonly #host: MediaHost;
  readonly #outbox: MediaOutbox;
  /** The member's own from the first message on. */
  #quota: MediaQuota;
  #seat: MediaSeat | undefined;
  readonly #openedAt: number;
  #heardAt: number;
  #soundConfirmed = 0;
  readonly #pause = new ReadPause(MEDIA_PAUSE_MS);
  /** Whether frames of the last batch were dropped. It stays so after the end. */
  #isFlooding = false;

  constructor(connection: AcceptedConnection, host: MediaHost) {
    this.#connection = connection;
    this.#host = host;
    this.#outbox = new MediaOutbox((bytes) => this.#push(bytes));
    this.#openedAt = this.#heardAt = host.monotonic();
    this.#quota = new MediaQuota(this.#openedAt);
    connection.outbox.flush();
  }

  receive(frames: readonly Frame[]): Promise<void> {
    this.#heardAt = this.#host.monotonic();
    if (this.#connection.listening) this.#isFlooding = false;
    for (const frame of frames) {
      if (!this.#connection.listening) break;
      try {
        this.#take(frame);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#end(POLICY, error.message);
      }
    }
    return this.#isFlooding ? this.#pause.begin() : Promise.resolve();
  }

  #take(frame: Frame): void {
    if (frame instanceof ProtocolError) throw frame;
    if (typeof frame === "string") return this.#greet(frame);
    switch (frame.type) {
      case "ping":
        return this.#admits(frame.payload.length) ? this.control(pong(frame.payload)) : undefined;
      case "close":
        return this.#end(NORMAL, "");
      case "binary":
        return this.#relay(frame.bytes);
      default:
        throw new ProtocolError("bad_frame", "Only binary messages may follow the first one");
    }
  }

  #greet(text: string): void {
    if (this.#seat !== undefined) throw new ProtocolError("bad_frame", "Only the first message is text");
    const hello = parseMediaHello(text);
    this.#seat = this.#host.relay.enter(hello, this, this.#host.monotonic());
    if (this.#seat === undefined) {
      throw new ProtocolError("no_such_call", "The token is not valid: the call is over, or you have left it");
    }
    this.#quota = this.#seat.quota;
    this.#host.entered(this.#connection);
    this.#host.counts.open++;
    const { call, stream } = this.#seat;
    this.#push(textMessage(JSON.stringify({ type: "media", call, stream })));
    for (const state of this.#seat.states()) this.#push(packed({ kind: "state", time: 0, ...state }));
  }

  #relay(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#seat === undefined) throw new ProtocolError("bad_frame", "The first message must be text with a token");
    if (this.#admits(bytes.length)) this.#handle(this.#seat, decodeMediaFrame(bytes), bytes);
  }

  /** Counts a frame; false if it must be dropped. Throws `rate_limited` after too many of those. */
  #admits(bytes: number): boolean {
    if (this.#quota.take(bytes, this.#host.monotonic())) return true;
    this.#host.counts.dropped++;
    this.#isFlooding = true;
    if (this.#quota.isExhausted) throw new ProtocolError("rate_limited", "You send too much into the call");
    return false;
  }

  #handle(seat: MediaSeat, frame: MediaFrame, bytes: Uint8Array<ArrayBuffer>): void {
    const { kind, time } = frame;
    switch (kind) {
      case "video":
        this.#confirm("video", time);
        return seat.spread(kind, time, bytes);
      case "sound":
        if (++this.#soundConfirmed * SOUND_PACKET_MS % SOUND_CONFIRM_MS === 0) this.#confirm("sound", time);
        return seat.spread(kind, time, bytes);
      case "state":
        return seat.tell(frame, bytes);
      case "demand":
        return seat.demand(frame.stream, bytes);
      case "got":
        return this.#outbox.confirm(frame.of, frame.stream, time);
      default:
        return kind satisfies never;
    }
  }

  #confirm(of: "video" | "sound", time: number): void {
    this.control(packed({ kind: "got", stream: this.#seat!.stream, time, of }));
  }

  /** A receiver who does not read gets nothing more, even if the sender connects again and again. */
  deliver(chunk: MediaChunk): void {
    const { counts } = this.#host;
    if (this.#connection.outbox.queuedBytes >= MAX_MEDIA_QUEUED_BYTES) {
      counts.dropped++;
      return;
    }
    const before = this.#outbox.dropped;
    this.#outbox.add(chunk);
    counts.relayedBytes += chunk.bytes.length;
    counts.dropped += this.#outbox.dropped - before;
  }

  /** A receiver who does not read gets no more of these than fit into a small queue. */
  control(bytes: Uint8Array): void {
    if (this.#connection.outbox.queuedBytes < MAX_MEDIA_CONTROL_BYTES) this.#push(bytes);
  }

  forget(stream: number): void {
    this.#outbox.forget(stream);
  }

  dismiss(reason: string): void {
    this.#stand();
    this.#end(POLICY, reason);
  }

  checkTimeouts(now: number): void {
    if (this.#seat === undefined && now - this.#openedAt >= MEDIA_GREETING_MS) {
      this.#end(POLICY, "No token has arrived in time");
    } else if (now - this.#heardAt >= MEDIA_TIMEOUT_MS) {
      this.#end(POLICY, "Nothing has arrived in time");
    }
  }

  shutDown(): void {
    this.#push(closeMessage(GOING_AWAY, "The server is shutting down"));
    this.#connection.finish(DRAIN_TIMEOUT_MS);
  }

  end(): undefined {
    this.#pause.end();
    this.#seat?.leave();
    this.#stand();
  }

  /** Has no seat any more. */
  #stand(): void {
    if (this.#seat !== undefined) this.#host.counts.open--;
    this.#seat = undefined;
  }

  #end(code: number, reason: string): void {
    this.#push(closeMessage(code, reason));
    this.#connection.finish(LINGER_MS);
  }

  #push(bytes: Uint8Array): void {
    const { outbox } = this.#connection;
    if (!outbox.push(bytes)) return this.#connection.abort();
    // It does not wait for the end of the chat's turn.
    outbox.flush();
  }
}

function packed(frame: MediaFrame): Uint8Array {
  return binaryMessage(encodeMediaFrame(frame));
}
