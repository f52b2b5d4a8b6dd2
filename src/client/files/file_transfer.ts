import { TRANSFER_PROGRESS_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { TransferMeter } from "./transfer_meter.ts";
import { TransferRetries } from "./transfer_retries.ts";

/** One transfer, as a view shows it. */
export interface TransferState {
  /** Names it in `/cancel`: counts from 1, and stays the same while it lasts. */
  readonly number: number;
  readonly direction: "send" | "receive";
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly bytes: number;
  /** Bytes per second; 0 before it is known. */
  readonly rate: number;
  /** Milliseconds until the end; `undefined` before it is known. */
  readonly leftMs: number | undefined;
  /** `waiting` for its turn, or `paused` because of `reason` until the next attempt. */
  readonly stage: "waiting" | "running" | "paused";
  readonly reason?: string;
}

export interface FileTransferOptions extends Pick<TransferState, "number" | "direction" | "name" | "size"> {
  readonly clock: Clock;
  readonly random: () => number;
  readonly changed: () => void;
}

/** The progress of one transfer, its attempts and its end by the user. */
export class FileTransfer {
  readonly #options: FileTransferOptions;
  readonly #meter: TransferMeter;
  readonly #cancelled = new AbortController();
  #stage: TransferState["stage"] = "waiting";
  #reason: string | undefined;
  #retries: TransferRetries | undefined;
  readonly #ended = new AbortController();
  /** Whether progress is told in a moment. */
  #isDue = false;

  constructor(options: FileTransferOptions) {
    this.#options = options;
    this.#meter = new TransferMeter(options.clock, options.size);
  }

  get state(): TransferState {
    const { number, direction, name, size } = this.#options;
    const { bytes, rate, leftMs } = this.#meter;
    const why = this.#reason === undefined ? {} : { reason: this.#reason };
    return { number, direction, name, size, bytes, rate, leftMs, stage: this.#stage, ...why };
  }

  /** Aborted when the user cancels it. */
  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  cancel(): void {
    this.#cancelled.abort();
  }

  /** Ends a pause: the chat is connected again. */
  hurry(): void {
    this.#retries?.hurry();
  }

  /** Takes the bytes that have been moved. */
  readonly progress = (bytes: number): void => {
    if (this.#meter.record(bytes)) this.#options.changed();
    else this.#tellLater();
  };

  /** Shows why nothing moves; `undefined` when it goes on. */
  wait(reason: string | undefined): void {
    this.#enter(reason === undefined ? "running" : "paused", reason);
  }

  /** Runs the job of this transfer, whose turn it is. */
  async run<T>(job: (transfer: FileTransfer) => Promise<T>): Promise<T> {
    this.#enter("running", undefined);
    try {
      return await job(this);
    } finally {
      this.#ended.abort();
    }
  }

  /** Repeats one step of the job. `moved` tells the bytes that it has moved for good. */
  async retry<T>(attempt: () => Promise<T>, moved: () => number): Promise<T> {
    const { clock, random } = this.#options;
    const paused = (reason: string | undefined) => this.#enter(reason === undefined ? "running" : "paused", reason);
    this.#retries = new TransferRetries({ clock, random, signal: this.signal, moved, paused });
    return await this.#retries.run(attempt);
  }

  /** A transfer that stalls shows how far it has come. */
  #tellLater(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#options.clock.after(TRANSFER_PROGRESS_MS, () => {
      this.#isDue = false;
      this.#options.changed();
    }, this.#ended.signal);
  }

  #enter(stage: TransferState["stage"], reason: string | undefined): void {
    this.#stage = stage;
    this.#reason = reason;
    if (stage === "paused") this.#meter.reset();
    this.#options.changed();
  }
}
