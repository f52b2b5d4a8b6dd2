import { setImmediate } from "node:timers";
import type { LoadConnection } from "./load_connection.ts";
import type { MessageTemplate } from "./marks.ts";
import type { Tally } from "./tally.ts";

const WATCH_MS = 50;

export interface SendingOptions {
  readonly window: number;
  readonly rate: number;
  readonly spin: boolean;
  readonly maxSeconds: number;
  readonly stallSeconds: number;
}

export interface Sender {
  readonly connection: LoadConnection;
  readonly template: MessageTemplate;
}

/** The outcome of a phase: all messages reached all receivers, or not. */
export type PhaseEnd = "ok" | "time" | "stall" | "closed";

/** Runs the senders in phases, as fast as their windows and the rate allow. */
export class Sending {
  readonly #options: SendingOptions;
  readonly #tally: Tally;
  readonly #senders: readonly Sender[];
  readonly #buffers: readonly Uint8Array[];
  #end: ((end: PhaseEnd) => void) | undefined;
  #target = 0;
  #due = false;
  #turnOf = 0;
  #startMs = 0;
  #nextMs = 0;
  #deliveries = 0;
  #progressMs = 0;

  constructor(options: SendingOptions, senders: readonly Sender[], tally: Tally) {
    this.#options = options;
    this.#senders = senders;
    this.#tally = tally;
    this.#buffers = senders.map(({ template }) => new Uint8Array(template.bytes.length * options.window));
  }

  /** Resolves when `count` more messages have reached all receivers, or cannot any more. */
  async phase(messages: number): Promise<PhaseEnd> {
    const { promise, resolve } = Promise.withResolvers<PhaseEnd>();
    this.#end = resolve;
    this.#target = this.#tally.sent + messages;
    this.#startMs = this.#nextMs = this.#progressMs = performance.now();
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    this.wake();
    const end = await promise;
    clearInterval(watch);
    return end;
  }

  /** Schedules one pass for all changes of this turn of the event loop. */
  readonly wake = (): void => {
    if (this.#due || this.#end === undefined) return;
    this.#due = true;
    setImmediate(this.#turn);
  };

  /** Ends the phase: the server closed a connection. */
  closed(): void {
    this.#finish("closed");
  }

  readonly #turn = (): void => {
    this.#due = false;
    if (this.#end === undefined) return;
    const now = performance.now();
    if (this.#tally.completed >= this.#target) return this.#finish("ok");
    if (this.#options.rate === 0) this.#fillWindows(now);
    else this.#keepPace(now);
    if (this.#options.spin) this.wake();
  };

  #fillWindows(now: number): void {
    for (let sender = 0; sender < this.#senders.length; sender++) this.#send(sender, Infinity, now);
  }

  #keepPace(now: number): void {
    const stepMs = 1_000 / this.#options.rate;
    for (let tried = 0; this.#nextMs <= now && tried < this.#senders.length; tried++) {
      const sent = this.#send(this.#turnOf, 1, now);
      this.#turnOf = (this.#turnOf + 1) % this.#senders.length;
      this.#nextMs += sent * stepMs;
    }
    if (!this.#options.spin && this.#tally.sent < this.#target) setTimeout(this.wake, Math.max(0, this.#nextMs - now));
  }

  /** Sends at most `most` messages, as the window allows, in one write. Returns how many. */
  #send(index: number, most: number, now: number): number {
    const { connection, template } = this.#senders[index]!;
    if (connection.writing) return 0;
    const open = this.#options.window - this.#tally.outstanding[index]!;
    const count = Math.min(most, open, this.#target - this.#tally.sent);
    if (count <= 0) return 0;
    const buffer = this.#buffers[index]!;
    const bytes = template.bytes.length;
    for (let nth = 0; nth < count; nth++) template.write(this.#tally.send(index, now), buffer, nth * bytes);
    connection.send(buffer.subarray(0, count * bytes), this.wake);
    return count;
  }

  #watch(): void {
    const now = performance.now();
    const { deliveries } = this.#tally;
    const waitsForPace = this.#options.rate > 0 && this.#tally.completed === this.#tally.sent;
    if (deliveries !== this.#deliveries || waitsForPace) this.#progressMs = now;
    this.#deliveries = deliveries;
    if (now - this.#startMs > this.#options.maxSeconds * 1_000) this.#finish("time");
    else if (now - this.#progressMs > this.#options.stallSeconds * 1_000) this.#finish("stall");
    else this.wake();
  }

  #finish(end: PhaseEnd): void {
    this.#end?.(end);
    this.#end = undefined;
  }
}
