import type { LoadConnection } from "../bench/load/load_connection.ts";
import { markedText, MarkScanner, MessageTemplate } from "../bench/load/marks.ts";
import { Crew, DIALECT } from "./crew.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { numberOf, Order } from "./order.ts";

export interface FloodOptions {
  readonly port: number;
  readonly pid: number;
  readonly senders: number;
  /** Receivers, without the senders, which receive as well. */
  readonly receivers: number;
  /** Messages of each sender. */
  readonly messages: number;
  readonly textBytes: number;
}

export interface FloodReport {
  readonly seconds: number;
  readonly deliveriesPerSecond: number;
  /** Bytes of text that the server would hold if it took all messages at once. */
  readonly floodBytes: number;
  /** Receivers, and senders, that the server closed for reading too slowly. */
  readonly cut: number;
  readonly sendersCut: number;
  readonly missing: number;
  readonly faults: number;
  readonly sameOrder: boolean;
  readonly before: Memory;
  readonly after: Memory;
}

const BUFFER_BYTES = 128 * 1024;
const WRITE_BYTES = 64 * 1024;
const LOOK_MS = 500;
/** Checks without a new delivery after which no more is expected. */
const STALLED = 20;

/** Senders that write as fast as the server reads, without waiting for acknowledgements. */
export async function flood(options: FloodOptions): Promise<FloodReport> {
  const { port, pid, senders, receivers, messages, textBytes } = options;
  const hearers = senders + receivers;
  using crew = await Crew.join({ port, count: hearers, first: 0, bufferBytes: BUFFER_BYTES, alive: true });
  const before = await memoryOf(pid);
  const order = new Order(hearers, senders);
  const all = new Progress(hearers * senders * messages, crew.lost);
  const scanner = new MarkScanner(textBytes, (receiver, number) => {
    order.got(receiver, number);
    all.set(order.received);
  });
  for (const [receiver, connection] of crew.connections.entries()) {
    connection.receive((bytes) => scanner.scan(receiver, bytes));
  }
  const start = performance.now();
  for (let sender = 0; sender < senders; sender++) pour(crew.connections[sender]!, sender, options);
  await all.reached();
  const seconds = (performance.now() - start) / 1_000;
  return {
    seconds,
    deliveriesPerSecond: Math.round(order.received / seconds),
    floodBytes: senders * messages * textBytes,
    cut: [...crew.lost].filter((number) => number >= senders).length,
    sendersCut: [...crew.lost].filter((number) => number < senders).length,
    missing: hearers * senders * messages - order.received,
    faults: order.faults + scanner.corrupt,
    sameOrder: order.sameForAll,
    before,
    after: await memoryOf(pid),
  };
}

/** Writes the next messages as soon as the system has accepted the last ones. */
function pour(connection: LoadConnection, sender: number, { messages, textBytes }: FloodOptions): void {
  const template = new MessageTemplate(DIALECT.message(markedText(textBytes), connection.client));
  const size = template.bytes.length;
  const buffer = new Uint8Array(Math.max(size, WRITE_BYTES));
  const fit = Math.floor(buffer.length / size);
  let sent = 0;
  const next = () => {
    const count = Math.min(fit, messages - sent);
    for (let nth = 0; nth < count; nth++) template.write(numberOf(sender, sent++), buffer, nth * size);
    if (count > 0) connection.send(buffer.subarray(0, count * size), next);
  };
  next();
}

/** Resolves when no more deliveries are expected. */
class Progress {
  readonly #goal: number;
  readonly #lost: ReadonlySet<number>;
  readonly #done = Promise.withResolvers<void>();
  #count = 0;

  constructor(goal: number, lost: ReadonlySet<number>) {
    this.#goal = goal;
    this.#lost = lost;
  }

  set(count: number): void {
    this.#count = count;
    if (count >= this.#goal) this.#done.resolve();
  }

  async reached(): Promise<void> {
    let [last, still] = [-1, 0];
    const timer = setInterval(() => {
      still = this.#count === last ? still + 1 : 0;
      last = this.#count;
      // Messages from and to closed connections do not arrive.
      if (still === STALLED || still > 0 && this.#lost.size > 0) this.#done.resolve();
    }, LOOK_MS);
    await this.#done.promise;
    clearInterval(timer);
  }
}
