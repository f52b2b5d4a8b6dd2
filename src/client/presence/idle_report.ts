import { IDLE_AFTER_MS } from "../../protocol/limits.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";

export interface IdleReportOptions {
  readonly clock: Clock;
  /** Sends a command. False if there is no connection: then `connected` follows. */
  readonly send: (command: ClientCommand) => boolean;
  /** Whether the user lets others see it. */
  readonly isShared: () => boolean;
  /** Ends the report. */
  readonly signal: AbortSignal;
}

/** Reports to the server that no key was pressed on this device for `IDLE_AFTER_MS`, and the next key after that. */
export class IdleReport {
  readonly #options: IdleReportOptions;
  #lastKeyAt: number;
  #isIdle = false;
  /** Whether the server knows that this session is idle. */
  #isTold = false;

  constructor(options: IdleReportOptions) {
    this.#options = options;
    this.#lastKeyAt = options.clock.now();
    this.#wait();
  }

  /** Notes that the user pressed a key. */
  keyPressed(): void {
    const { clock, send } = this.#options;
    this.#lastKeyAt = clock.now();
    if (!this.#isIdle) return;
    if (this.#isTold) send({ type: "away", idle: true, off: true });
    this.#isIdle = this.#isTold = false;
    this.#wait();
  }

  /** Notes a new session on the server, which counts as in use. */
  connected(): void {
    this.#isTold = false;
    if (this.#isIdle) this.#tell();
  }

  /** One timer runs until the user is idle, however many keys are pressed. */
  #wait(): void {
    const { clock, signal } = this.#options;
    const left = this.#lastKeyAt + IDLE_AFTER_MS - clock.now();
    clock.after(Math.max(0, left), () => this.#check(), signal);
  }

  #check(): void {
    if (this.#options.clock.now() - this.#lastKeyAt < IDLE_AFTER_MS) return this.#wait();
    this.#isIdle = true;
    this.#tell();
  }

  #tell(): void {
    this.#isTold = this.#options.isShared() && this.#options.send({ type: "away", idle: true });
  }
}
