import { clearTimeout as clearTimer, setTimeout as setTimer } from "node:timers";
import type { Frame } from "../../framing/frame.ts";
import { closeMessage, pong, textMessage } from "../../framing/websocket/websocket.ts";
import {
  type FollowerMessage,
  type HostMessage,
  type KeptChannel,
  parseFollowerMessage,
} from "../../protocol/hosts/copy_messages.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  COPY_BEAT_MS,
  COPY_PROOF_MS,
  COPY_SILENCE_MS,
  LINGER_MS,
  MAX_COPIED_CHANNELS,
  MAX_LINK_NOTE_BYTES,
  QUERY_PAUSE_MS,
} from "../../protocol/limits.ts";
import type { AcceptedConnection, ConnectionOwner } from "../connection/accepted_connection.ts";
import { KeyProof } from "../turn/key_proof.ts";
import { newToken } from "../turn/ids.ts";
import type { CopyDesk, Following } from "./copy_desk.ts";
import type { CopyMerger } from "./copy_merger.ts";
import type { Follower } from "./follower.ts";

export interface CopyHost {
  readonly desk: CopyDesk;
  /** Called when the follower has proved its key: it is no attempt of its address. */
  entered(connection: AcceptedConnection): void;
}

/** Close codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000;
const GOING_AWAY = 1001;
const POLICY = 1008;

/** The WebSocket of one follower: checks its key, and sends it its copy. */
export class CopyConnection implements ConnectionOwner {
  readonly #connection: AcceptedConnection;
  readonly #desk: CopyDesk;
  readonly #entered: CopyHost["entered"];
  readonly #challenge: { readonly nonce: string; readonly tls?: string };
  /** Gives back the place of a connection that has proved nothing yet. */
  readonly #leave: (() => void) | undefined;
  #following: Following | undefined;
  #kept: KeptChannel[] | undefined = [];
  /** Asks for what the follower has and the host lacks, before the copy begins. */
  #merger: CopyMerger | undefined;
  #isPaging = false;
  #pause: PromiseWithResolvers<void> | undefined;
  #heardAt: number;
  #beatAt: number;

  constructor(connection: AcceptedConnection, { desk, entered }: CopyHost) {
    this.#connection = connection;
    this.#entered = entered;
    this.#desk = desk;
    this.#heardAt = this.#beatAt = desk.monotonic();
    const { tls } = connection.link;
    this.#challenge = { nonce: newToken(), ...tls !== undefined && { tls } };
    connection.outbox.flush();
    this.#leave = desk.enter(connection.source.remoteAddress);
    if (this.#leave === undefined) this.#end(POLICY, "Too many connections of followers: try again later");
    else this.send({ type: "challenge", chat: desk.chat, ...this.#challenge });
  }

  /** While entries of the follower are merged, nothing further is read from it. */
  async receive(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) {
      this.#heardAt = this.#desk.monotonic();
      if (!this.#connection.listening) break;
      try {
        await this.#take(frame);
      } catch (error) {
        if (error instanceof ProtocolError) this.#end(POLICY, error.message);
        else this.#desk.fail(error);
      }
    }
    this.#heardAt = this.#desk.monotonic();
  }

  #take(frame: Frame): void | Promise<void> {
    if (frame instanceof ProtocolError) throw frame;
    if (typeof frame === "string") return this.#handle(parseFollowerMessage(frame));
    if (frame.type === "ping") return this.#answer(frame.payload);
    if (frame.type === "close") return this.#end(NORMAL, "");
    throw new ProtocolError("bad_frame", "Only text messages are about a copy");
  }

  /** An end that sends pings and does not read gets no more answers. */
  #answer(payload: Uint8Array): void {
    if (this.#connection.outbox.queuedBytes < MAX_LINK_NOTE_BYTES) this.#push(pong(payload));
  }

  #handle(message: FollowerMessage): void | Promise<void> {
    switch (message.type) {
      case "follow":
        return this.#follow(message);
      case "have":
        return this.#begin(message.channels, message.more === true);
      case "ids":
        return this.#advance(this.#offering().takeIds(message));
      case "given":
        return this.#takeGiven(message);
      case "stored":
        return this.#confirm(message.n);
      case "beat":
        return;
      default:
        return message satisfies never;
    }
  }

  #follow(message: Extract<FollowerMessage, { type: "follow" }>): void {
    if (this.#following !== undefined) throw outOfPlace();
    const proof = new KeyProof(this.#challenge, this.#connection.link.localAddress);
    proof.check(message, this.#desk.names);
    this.#following = this.#desk.add(message.key, {
      send: (json) => this.#push(textMessage(json)),
      page: (follower) => this.#page(follower),
    });
    this.#leave?.();
    this.#entered(this.#connection);
    this.send({ type: "following", term: this.#desk.term, ...this.#following.follower.size });
  }

  #begin(channels: readonly KeptChannel[], more: boolean): void {
    if (this.#following === undefined || this.#kept === undefined || this.#merger !== undefined) throw outOfPlace();
    if (this.#kept.length + channels.length > MAX_COPIED_CHANNELS) {
      throw new ProtocolError("bad_frame", `A follower has at most ${MAX_COPIED_CHANNELS} rooms and conversations`);
    }
    this.#kept.push(...channels);
    if (more) return;
    this.#merger = this.#desk.merger(this.#following, this.#kept, (message) => this.send(message));
    this.#advance(this.#merger.next());
  }

  #offering(): CopyMerger {
    if (this.#merger === undefined) throw outOfPlace();
    return this.#merger;
  }

  async #takeGiven(message: Extract<FollowerMessage, { type: "given" }>): Promise<void> {
    const isMerging = await this.#offering().takeGiven(message);
    await this.#rest();
    this.#advance(isMerging);
  }

  /** The copy begins when nothing is left to be merged. */
  #advance(isMerging: boolean): void {
    if (isMerging || this.#following === undefined) return;
    this.#following.follower.begin(this.#kept!, this.#merger!.rewinds);
    this.#kept = this.#merger = undefined;
    this.#following.page();
  }

  #confirm(n: number): void {
    if (this.#following?.follower.confirm(n) !== true) throw outOfPlace();
    this.#desk.stored();
  }

  /** Sends what the follower lacks, page by page, until it has everything. */
  #page(follower: Follower): void {
    if (this.#isPaging || !follower.isBehind) return;
    this.#isPaging = true;
    void this.#sendPages(follower);
  }

  async #sendPages(follower: Follower): Promise<void> {
    const { outbox } = this.#connection;
    while (this.#connection.listening && this.#desk.guard(() => follower.step())) {
      await outbox.idle();
      await this.#rest();
    }
    this.#isPaging = false;
  }

  /** A short pause, in which others have their turn. */
  async #rest(): Promise<void> {
    const { promise, resolve } = this.#pause = Promise.withResolvers<void>();
    const timer = setTimer(resolve, QUERY_PAUSE_MS);
    await promise;
    clearTimer(timer);
  }

  send(message: HostMessage): void {
    this.#push(textMessage(JSON.stringify(message)));
  }

  /** A follower that does not read is cut off: it comes back for what it lacks. */
  #push(bytes: Uint8Array): void {
    const { outbox } = this.#connection;
    if (!outbox.push(bytes)) return this.#connection.abort();
    // It does not wait for the end of the chat's turn.
    outbox.flush();
  }

  checkTimeouts(now: number): void {
    const silence = this.#following === undefined ? COPY_PROOF_MS : COPY_SILENCE_MS;
    if (now - this.#heardAt >= silence) return this.#end(POLICY, "Nothing has arrived in time");
    if (this.#following === undefined || now - this.#beatAt < COPY_BEAT_MS) return;
    this.#beatAt = now;
    this.send({ type: "beat" });
  }

  shutDown(): void {
    this.#end(GOING_AWAY, "The host is shutting down");
  }

  end(): undefined {
    this.#leave?.();
    this.#pause?.resolve();
    if (this.#following !== undefined) this.#desk.remove(this.#following);
    this.#following = undefined;
  }

  #end(code: number, reason: string): void {
    if (this.#connection.closing) return;
    this.#push(closeMessage(code, cut(reason)));
    this.#connection.finish(LINGER_MS);
  }
}

const MAX_REASON_BYTES = 123;

function cut(reason: string): string {
  const bytes = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return reason.slice(0, bytes.read);
}

function outOfPlace(): ProtocolError {
  return new ProtocolError("bad_frame", "The message about the copy comes out of place");
}
