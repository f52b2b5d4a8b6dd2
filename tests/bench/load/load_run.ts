import { cpuUsage } from "node:process";
import { Crowd } from "./crowd.ts";
import { dialectOf } from "./dialects.ts";
import type { LoadOptions } from "./load_options.ts";
import { markedText, MarkScanner, MessageTemplate, PROBE } from "./marks.ts";
import { processUse } from "./server_watch.ts";
import { Sending } from "./senders.ts";
import { Tally } from "./tally.ts";

const PROBE_MS = 250;
const PAUSE_MS = 20;
/** Milliseconds of silence to wait for after the joins and after a phase, and the longest wait. */
const SETTLE_MS = 500;
const STRAGGLE_MS = 200;
const SETTLE_LIMIT_MS = 60_000;

/** Results under the names of fanload's, so that one program reads both. Times are in microseconds, shares in percent. */
export interface LoadResult {
  readonly status: string;
  readonly messages: number;
  readonly elapsed_s: number;
  readonly deliveries: number;
  readonly deliv_per_s: number;
  readonly msg_per_s: number;
  readonly p50_us: number;
  readonly p99_us: number;
  readonly max_us: number;
  readonly lost: number;
  readonly dups: number;
  readonly corrupt: number;
  readonly recv_closed: number;
  readonly send_closed: number;
  readonly srv_cpu_pct: number;
  readonly gen_cpu_pct: number;
  readonly rss_per_conn_b: number;
  readonly join_s: number;
  readonly error: string;
}

/** One run: all clients join, a warm-up, then the messages. */
export class LoadRun {
  readonly #options: LoadOptions;
  readonly #tally: Tally;
  readonly #scanner: MarkScanner;
  #sending: Sending | undefined;
  #nowMs = 0;
  #lastReadMs = 0;
  #closed = 0;
  #error = "";

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#tally = new Tally({ ...options, messages: options.warmup + options.messages });
    this.#scanner = new MarkScanner(
      options.size,
      (receiver, message) => this.#tally.arrived(receiver, message, this.#nowMs),
    );
  }

  async run(): Promise<LoadResult> {
    const { size, pid, receivers, senders } = this.#options;
    const before = processUse(pid);
    using crowd = new Crowd({ ...this.#options, textBytes: size }, (why) => this.#cutOff(why));
    const startMs = performance.now();
    const joinFault = await this.#join(crowd);
    const joinSeconds = (performance.now() - startMs) / 1_000;
    if (joinFault !== undefined) return this.#result(joinFault, 0, joinSeconds, 0);
    const probed = await this.#probe(crowd);
    await this.#silence(SETTLE_MS, SETTLE_LIMIT_MS);
    const grown = (processUse(pid).memoryBytes - before.memoryBytes) / (receivers + senders);
    if (!probed) return this.#result("probe timeout", 0, joinSeconds, grown);
    await pause(this.#options.idleSeconds * 1_000);
    return await this.#measure(joinSeconds, grown);
  }

  /** `undefined` once all have joined. */
  async #join(crowd: Crowd): Promise<string | undefined> {
    const { mode, size, window } = this.#options;
    const dialect = dialectOf(mode, this.#options);
    try {
      await crowd.join(dialect);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const talking = crowd.connections.filter(({ client }) => client.sends);
    const senders = talking.map((connection) => ({
      connection,
      template: new MessageTemplate(dialect.message(markedText(size), connection.client)),
    }));
    this.#sending = new Sending({ ...this.#options, window }, senders, this.#tally);
    for (const connection of crowd.connections) {
      const row = connection.client.number;
      connection.receive(connection.client.receives ? (bytes) => this.#take(row, bytes) : this.#drop);
    }
    return undefined;
  }

  #take(receiver: number, bytes: Uint8Array): number {
    this.#lastReadMs = this.#nowMs = performance.now();
    const wanted = this.#scanner.scan(receiver, bytes);
    this.#sending!.wake();
    return wanted;
  }

  readonly #drop = (bytes: Uint8Array): number => {
    this.#lastReadMs = performance.now();
    return bytes.length;
  };

  #cutOff(why: string): void {
    this.#closed++;
    this.#error ||= why;
    this.#sending?.closed();
  }

  /** Sends probes until every receiver has one: before that the server may not have subscribed them all. */
  async #probe(crowd: Crowd): Promise<boolean> {
    const dialect = dialectOf(this.#options.mode, this.#options);
    const talking = crowd.connections.filter(({ client }) => client.sends);
    // Without receivers, a sender's probe reaches only the sender.
    const probing = this.#options.receivers === 0 ? talking : talking.slice(0, 1);
    const end = performance.now() + SETTLE_LIMIT_MS;
    while (this.#tally.probed.includes(0) && performance.now() < end && this.#closed === 0) {
      for (const connection of probing.filter(({ writing }) => !writing)) {
        const template = new MessageTemplate(dialect.message(markedText(this.#options.size), connection.client));
        const bytes = template.bytes.slice();
        template.write(PROBE, bytes, 0);
        connection.send(bytes, () => {});
      }
      const next = performance.now() + PROBE_MS;
      while (this.#tally.probed.includes(0) && performance.now() < next) await pause(PAUSE_MS);
    }
    return !this.#tally.probed.includes(0);
  }

  async #silence(quietMs: number, limitMs: number): Promise<void> {
    const start = this.#lastReadMs = performance.now();
    while (performance.now() - this.#lastReadMs < quietMs && performance.now() - start < limitMs) await pause(PAUSE_MS);
  }

  async #measure(joinSeconds: number, grownBytes: number): Promise<LoadResult> {
    const { warmup, messages, pid } = this.#options;
    const sending = this.#sending!;
    const warm = warmup === 0 ? "ok" : await sending.phase(warmup);
    await this.#silence(STRAGGLE_MS, SETTLE_LIMIT_MS);
    this.#tally.begin();
    const server = processUse(pid);
    const own = cpuUsage();
    const startMs = performance.now();
    const end = warm === "ok" && this.#closed === 0 ? await sending.phase(messages) : "warm-up failed";
    const wallSeconds = (performance.now() - startMs) / 1_000;
    const used = cpuUsage(own);
    const busy = (used.user + used.system) / 1e6 / wallSeconds;
    const serverBusy = (processUse(pid).cpuSeconds - server.cpuSeconds) / wallSeconds;
    const seconds = (this.#tally.lastDeliveryMs - startMs) / 1_000;
    await this.#silence(STRAGGLE_MS, SETTLE_LIMIT_MS);
    return {
      ...this.#result(end, seconds, joinSeconds, grownBytes),
      gen_cpu_pct: busy * 100,
      srv_cpu_pct: serverBusy * 100,
    };
  }

  #result(status: string, seconds: number, joinSeconds: number, grownBytes: number): LoadResult {
    const { deliveries, messages, lost, doubled, strange, latencies } = this.#tally;
    const perSecond = (count: number) => seconds > 0 ? Math.round(count / seconds) : 0;
    return {
      status,
      messages,
      elapsed_s: seconds,
      deliveries,
      deliv_per_s: perSecond(deliveries),
      msg_per_s: perSecond(messages),
      p50_us: latencies.quantileMs(0.5) * 1_000,
      p99_us: latencies.quantileMs(0.99) * 1_000,
      max_us: latencies.maxMs * 1_000,
      lost,
      dups: doubled,
      corrupt: strange + this.#scanner.corrupt,
      recv_closed: this.#closed,
      send_closed: 0,
      srv_cpu_pct: 0,
      gen_cpu_pct: 0,
      rss_per_conn_b: Math.max(0, Math.round(grownBytes)),
      join_s: joinSeconds,
      error: this.#error,
    };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
