import { Latencies } from "../bench/load/latencies.ts";
import { markedText, MarkScanner, MessageTemplate } from "../bench/load/marks.ts";
import { pause } from "../chaos/pace.ts";
import { Crew, DIALECT } from "./crew.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { numberOf, Order } from "./order.ts";

/**
 * Before the stopped ones come; while the system still takes what is sent to them, which costs as much as if they read;
 * from when it takes no more until they are cut; and after that.
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
  /** Who join and never read again. */
  readonly stopped: number;
  readonly readers: number;
  /** The number of the first connection: no two have the same as long as the server remembers them. */
  readonly first?: number;
  readonly textBytes: number;
  readonly everyMs: number;
  readonly messages: Phases;
}

export interface StoppedReport {
  readonly stopped: number;
  /** Of those who had stopped: cut off by the server before the last message. */
  readonly cut: number;
  /** Until the last of them had read what the system still had for it. */
  readonly cutSeconds: number;
  readonly readersCut: number;
  readonly missing: number;
  readonly faults: number;
  readonly sameOrder: boolean;
  /** From sending to receiving, for 99 of 100 deliveries to those who read. */
  readonly p99Ms: Phases;
  readonly empty: Memory;
  readonly end: Memory;
}

const READER_BUFFER_BYTES = 64 * 1024;
const STOPPED_BUFFER_BYTES = 4 * 1024;
/** Messages by which those who read may be behind: a busy machine is no reason to cut them off. */
const MAX_BEHIND = 50;
/** Within it somebody who was cut has read to the end. */
const CUT_MS = 10_000;

/** One sender at a steady pace, some who read, and some who do not. */
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

/** They read again: what the system still has for them, and then that the server has closed. */
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
  /** When each message was sent, by its number. */
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

  /** Resolves when everybody has got all of it, with the 99th percentile of how long that took for one. */
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

  /** Until all have got all messages, but for so many of the last. Whoever was cut off gets no more. */
  async #got(behind: number): Promise<void> {
    const due = (this.#sentAtMs.length - behind) * this.#crew.connections.length;
    while (this.#order.received < due && this.#crew.lost.size === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
