import { Client } from "../../../src/client/client.ts";
import type { ClientEvent } from "../../../src/client/client_event.ts";
import { dialTcp } from "../../../src/transports/tcp.ts";
import { poll } from "../../helpers/process_lines.ts";
import { pause } from "../pace.ts";

const PAUSE_MS = 20;
const TICK = /^tick (\d+)$/;

/** Two members who chat in the lobby while files go by: one writes, the other reads. */
export class Talk {
  /** The numbers of the messages that the reader was shown, in order. */
  readonly shown: number[] = [];
  /** The names of the files that came with messages. */
  readonly files: string[] = [];
  /** The longest time from the writing of a message until it was shown, since the last `takeLongest`. */
  #longestMs = 0;
  readonly #writer: Client;
  readonly #reader: Client;
  readonly #writtenAt: number[] = [];
  #ended = false;
  readonly #writing: Promise<void>;

  private constructor(port: number) {
    const join = (name: string, onEvent: (event: ClientEvent) => void) =>
      new Client({
        dial: (signal) => dialTcp("127.0.0.1", port, signal),
        name,
        acceptSuggestion: false,
        rooms: ["lobby"],
        onEvent,
      });
    this.#writer = join("writer", () => {});
    this.#reader = join("reader", (event) => this.#note(event));
    this.#writer.start();
    this.#reader.start();
    this.#writing = this.#write();
  }

  /** Resolves when the first message was shown. */
  static async start(port: number): Promise<Talk> {
    const talk = new Talk(port);
    await talk.goesOn();
    return talk;
  }

  /** Resolves when a message that was written after this call is shown. */
  async goesOn(): Promise<void> {
    const next = this.#writtenAt.length;
    await poll(() => Promise.resolve((this.shown.at(-1) ?? -1) >= next), () => `message ${next} of the chat`);
  }

  /** Milliseconds. */
  takeLongest(): number {
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return Math.round(longest);
  }

  /** Resolves with what went wrong when both have left. */
  async end(): Promise<string[]> {
    this.#ended = true;
    await this.#writing;
    await this.#writer.drained();
    const last = this.#writtenAt.length - 1;
    await poll(() => Promise.resolve((this.shown.at(-1) ?? -1) >= last), () => `message ${last} of the chat`);
    await Promise.all([this.#writer.close(), this.#reader.close()]);
    const isInOrder = this.shown.every((number, index) => number === index);
    return isInOrder ? [] : [`The chat was shown as ${this.shown.join(" ")}`];
  }

  async #write(): Promise<void> {
    while (!this.#ended) {
      if (this.shown.length === this.#writtenAt.length && this.#reader.status.kind === "online") {
        this.#writer.send({ room: "lobby" }, `tick ${this.#writtenAt.push(performance.now()) - 1}`);
      }
      await pause(PAUSE_MS);
    }
  }

  #note(event: ClientEvent): void {
    if (event.type !== "received" || event.event?.type !== "message") return;
    const { text, file } = event.event;
    if (file !== undefined) this.files.push(file.name);
    const number = TICK.exec(text)?.[1];
    if (number === undefined) return;
    this.shown.push(Number(number));
    this.#longestMs = Math.max(this.#longestMs, performance.now() - this.#writtenAt[Number(number)]!);
  }
}
