import { decodeMediaFrame, encodeMediaFrame, type MediaFrame } from "../../protocol/calls/media_frame.ts";
import { parseMediaWelcome } from "../../protocol/calls/media_handshake.ts";
import { MediaOutbox } from "../../protocol/calls/media_outbox.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_MEDIA_QUEUED_BYTES, MEDIA_GREETING_MS, MEDIA_TIMEOUT_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { MediaSocket, OpenMediaSocket } from "./call_ports.ts";

export interface MediaLinkOptions {
  readonly call: string;
  readonly open: OpenMediaSocket;
  readonly clock: Clock;
  /** Called when the link is up, and when it is lost. */
  readonly changed: (isUp: boolean) => void;
  readonly received: (frame: MediaFrame) => void;
}

/** Pauses before the next attempt: a call that was cut is back within three seconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** The media connection of one call: it connects again until it is closed, and sends what the other end has room for. */
export class MediaLink {
  readonly #options: MediaLinkOptions;
  readonly #life = new AbortController();
  #token: string;
  #socket: MediaSocket | undefined;
  #outbox: MediaOutbox | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  /** Ends the pause before the next attempt. */
  #hurry: (() => void) | undefined;

  constructor(options: MediaLinkOptions, token: string) {
    this.#options = options;
    this.#token = token;
    void this.#run();
  }

  get isUp(): boolean {
    return this.#outbox !== undefined;
  }

  /** Takes a new token. A link that is up goes on with the one before. */
  renew(token: string): void {
    this.#token = token;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#hurry?.();
  }

  /** Whether a picture would leave at once. */
  get takesVideo(): boolean {
    return this.#outbox?.takesVideo(0) === true;
  }

  /** Sends a frame, or lets the newest picture and the last 200 ms of sound wait. Without a link it is dropped. */
  send(frame: MediaFrame): void {
    if (this.#outbox === undefined) return;
    // The server does not read: what is sent now would be old when it arrives.
    if (this.#socket!.queuedBytes > MAX_MEDIA_QUEUED_BYTES) return this.#socket!.close();
    const bytes = encodeMediaFrame(frame);
    const { kind, time } = frame;
    if (kind === "video" || kind === "sound") this.#outbox.add({ kind, stream: 0, time, bytes });
    else this.#socket!.send(bytes);
  }

  /** Ends the link for good. */
  close(): void {
    this.#life.abort();
    this.#hurry?.();
    this.#socket?.close();
  }

  async #run(): Promise<void> {
    while (!this.#life.signal.aborted) {
      await this.#connect().catch(() => {});
      const wasUp = this.isUp;
      this.#socket = this.#outbox = undefined;
      if (this.#life.signal.aborted) return;
      if (wasUp) this.#options.changed(false);
      await this.#pause();
    }
  }

  /** Resolves or rejects when the link has ended. */
  async #connect(): Promise<void> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    this.#life.signal.addEventListener("abort", abort, { once: true });
    try {
      using _timer = this.#after(MEDIA_GREETING_MS, abort);
      const socket = this.#socket = await this.#options.open(attempt.signal);
      attempt.signal.addEventListener("abort", () => socket.close(), { once: true });
      if (attempt.signal.aborted) return socket.close();
      socket.send(JSON.stringify({ type: "media", call: this.#options.call, token: this.#token }));
      await this.#read(socket, _timer);
    } finally {
      this.#life.signal.removeEventListener("abort", abort);
    }
  }

  async #read(socket: MediaSocket, greeting: Disposable): Promise<void> {
    let heard = this.#after(MEDIA_TIMEOUT_MS, () => socket.close());
    try {
      for await (const message of socket.messages) {
        heard[Symbol.dispose]();
        heard = this.#after(MEDIA_TIMEOUT_MS, () => socket.close());
        if (typeof message === "string") this.#greeted(socket, message, greeting);
        else this.#take(decodeMediaFrame(message));
      }
    } finally {
      heard[Symbol.dispose]();
      socket.close();
    }
  }

  #greeted(socket: MediaSocket, text: string, greeting: Disposable): void {
    if (this.isUp) throw new ProtocolError("bad_frame", "Only the first message is text");
    parseMediaWelcome(text);
    greeting[Symbol.dispose]();
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#outbox = new MediaOutbox((bytes) => socket.send(bytes));
    this.#options.changed(true);
  }

  /** A frame of a kind that only clients send, such as a demand, comes from another member. */
  #take(frame: MediaFrame): void {
    if (frame.kind === "got") this.#outbox?.confirm(frame.of, 0, frame.time);
    else this.#options.received(frame);
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hurry = resolve;
    using _timer = this.#after(this.#pauseMs, resolve);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
    await promise;
    this.#hurry = undefined;
  }

  #after(ms: number, act: () => void): Disposable {
    const stop = new AbortController();
    this.#options.clock.after(ms, act, stop.signal);
    return { [Symbol.dispose]: () => stop.abort() };
  }
}
