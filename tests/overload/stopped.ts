import { Latencies } from "../bench/load/latencies.ts";
import { markedText, MarkScanner, MessageTemplate } from "../bench/load/marks.ts";
import { pause } from "../chaos/pace.ts";
import { Crew, DIALECT } from "./crew.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { numberOf, Order } from "./order.ts";

/**
 * The phases of a run: before the stopped receivers join; while the system still buffers for them, which costs as much as if they read;
 * from full buffers until the server closes them; and after that.
 */
export interface Phases {
  readonly before: number;
  readonly filling: number;
  readonly stopped: number;
  readonly after: number;
}

export interface StoppedOptions {
  readonly port: number;
  readonly pid: number;
  /** Receivers that join and never read again. */
  readonly stopped: number;
  readonly readers: number;
  /** Number of the first connection. Numbers are unique while the server remembers them. */
  readonly first?: number;
  readonly textBytes: number;
  readonly everyMs: number;
  readonly messages: Phases;
}

export interface StoppedReport {
  readonly stopped: number;
  /** Stopped receivers that the server closed before the last message. */
  readonly cut: number;
  /** Seconds until the last of them had read the system's buffer. */
  readonly cutSeconds: number;
  readonly readersCut: number;
  readonly missing: number;
  readonly faults: number;
  readonly sameOrder: boolean;
  /** 99th percentile of the time from sending to receiving, for receivers that read. */
  readonly p99Ms: Phases;
  readonly empty: Memory;
  readonly end: Memory;
}

const READER_BUFFER_BYTES = 64 * 1024;
const STOPPED_BUFFER_BYTES = 4 * 1024;
/** Messages by which readers may lag. The sender waits, so that a busy machine does not get them closed. */
const MAX_BEHIND = 50;
/** Milliseconds in which a closed receiver reads to the end. */
const CUT_MS = 10_000;

/** One sender at a steady pace, receivers that read, and receivers that do not. */
export async function stopReading(options: StoppedOptions): Promise<StoppedReport> {
  const { port, pid, stopped, readers, messages, first = 0 } = options;
  const empty = await memoryOf(pid);
  using crew = await Crew.join({ port, count: 1 + readers, first, bufferBytes: READER_BUFFER_BYTES, alive: true });
  const speaker = new Speaker(crew, options);
  const before = await speaker.say(messages.before);
  using still = await Crew.join({
    port,
    count: stopped,
    first: first + 1 + readers,
    bufferBytes: STOPPED_BUFFER_BYTES,
    alive: false,
  });
  const filling = await speaker.say(messages.filling);
  const waiting = await speaker.say(messages.stopped);
  const reading = performance.now();
  const cut = await cutAmong(still);
  const cutSeconds = (performance.now() - reading) / 1_000;
  const after = await speaker.say(messages.after);
  return {
    stopped,
    cut,
    cutSeconds,
    readersCut: crew.lost.size,
    ...speaker.verdict(),
    p99Ms: { before, filling, stopped: waiting, after },
    empty,
    end: await memoryOf(pid),
  };
}

/** Lets stopped receivers read the system's buffer, and then the server's close. */
async function cutAmong(still: Crew): Promise<number> {
  for (const connection of still.connections) connection.receive((bytes) => bytes.length);
  const deadline = performance.now() + CUT_MS;
  while (still.lost.size < still.connections.length && performance.now() < deadline) await pause(10);
  return still.lost.size;
}

class Speaker {
  readonly #crew: Crew;
  readonly #options: StoppedOptions;
  readonly #template: MessageTemplate;
  readonly #scanner: MarkScanner;
  readonly #order: Order;
  readonly #latencies = new Latencies();
  /** Times of sending, by message number. */
  readonly #sentAtMs: number[] = [];
  #wake = () => {};

  constructor(crew: Crew, options: StoppedOptions) {
    this.#crew = crew;
    this.#options = options;
    const { connections } = crew;
    this.#template = new MessageTemplate(DIALECT.message(markedText(options.textBytes), connections[0]!.client));
    this.#order = new Order(connections.length, 1);
    this.#scanner = new MarkScanner(options.textBytes, (receiver, number) => this.#note(receiver, number));
    for (const [receiver, connection] of connections.entries()) {
      connection.receive((bytes) => this.#scanner.scan(receiver, bytes));
    }
  }

  /** Resolves when all receivers have all messages, to the 99th percentile of the delivery time. */
  async say(messages: number): Promise<number> {
    this.#latencies.clear();
    const start = performance.now();
    for (let nth = 0; nth < messages; nth++) {
      const early = start + nth * this.#options.everyMs - performance.now();
      if (early > 0) await pause(early);
      await this.#sayOne();
      await this.#got(MAX_BEHIND);
    }
    await this.#got(0);
    return this.#latencies.quantileMs(0.99);
  }

  verdict(): Pick<StoppedReport, "missing" | "faults" | "sameOrder"> {
    const due = this.#sentAtMs.length * this.#crew.connections.length;
    const faults = this.#order.faults + this.#scanner.corrupt;
    return { missing: due - this.#order.received, faults, sameOrder: this.#order.sameForAll };
  }

  #sayOne(): Promise<void> {
    const bytes = this.#template.bytes.slice();
    this.#template.write(numberOf(0, this.#sentAtMs.length), bytes, 0);
    this.#sentAtMs.push(performance.now());
    return new Promise((resolve) => this.#crew.connections[0]!.send(bytes, resolve));
  }

  #note(receiver: number, number: number): void {
    this.#latencies.add(performance.now() - this.#sentAtMs[number]!);
    this.#order.got(receiver, number);
    this.#wake();
  }

  /** Waits until all receivers lag by at most `lag` messages. Closed receivers do not count. */
  async #got(lag: number): Promise<void> {
    const due = (this.#sentAtMs.length - lag) * this.#crew.connections.length;
    while (this.#order.received < due && this.#crew.lost.size === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
