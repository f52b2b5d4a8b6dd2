/** A server under all that clients do, for a long time: no message may be lost, and nothing may pile up. */

import { Archive } from "../../src/history/transfer/archive.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { CuttingProxy } from "../chaos/lossy_proxy.ts";
import { fasterClock, pause, repeat, settled } from "../chaos/pace.ts";
import { ServerProcess } from "../chaos/server_process.ts";
import { findFaults } from "../chaos/verdict.ts";
import { Random } from "../helpers/random.ts";
import { Ledger, ROOM } from "./ledger.ts";
import { Regular } from "./regular.ts";
import { readSlowly } from "./slow_reader.ts";
import { Visitor } from "./visitor.ts";
import { type ServerSample, Watch } from "./watch.ts";

export interface SoakOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** The server's data folder; without it, the server stores in memory. It is not removed. */
  readonly folder: string | undefined;
}

export interface SoakReport {
  readonly acknowledged: number;
  readonly directs: number;
  readonly cut: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Samples during the load. */
  readonly samples: readonly ServerSample[];
  readonly before: ServerSample;
  /** The sample after the last client left. */
  readonly after: ServerSample;
  readonly faults: readonly string[];
}

const REGULARS = 16;
/** Number of visitors: so high that only the store still knows most of them when they return. */
const VISITORS = 2_000;
const SLOW_READERS = 2;
const MEAN_BYTES_TO_CUT = 1_000_000;
/** Reconnects five times as fast, so that no client misses more than a join replays. */
const CLOCK_SPEED = 5;
const MAX_PENDING = 100;
const MESSAGE_MS = 4;
const WHISPER_MS = 60;
const VISIT_MS = 60;
const SETTLE_MS = 30_000;

/** Rejects if the clients do not become idle. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const keeping = options.folder === undefined ? ["--memory"] : ["--data", options.folder];
  const server = await ServerProcess.start(...keeping, "--rate", "0");
  using watch = new Watch(server.pid);
  const before = watch.look();
  const soak = new Soak(options, server.port);
  await soak.run();
  const samples = watch.samples.slice();
  const after = await deserted(watch, before);
  return soak.report(await server.stop(), { samples, before, after });
}

class Soak {
  readonly #options: SoakOptions;
  readonly #port: number;
  readonly #random: Random;
  readonly #ledger = new Ledger();
  readonly #proxy: CuttingProxy;
  /** The member whose connection is never cut, and who shows every message from the first on. */
  readonly #witness: Regular;
  readonly #regulars: readonly Regular[];

  constructor(options: SoakOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.#random = new Random(options.seed);
    this.#proxy = new CuttingProxy(port, this.#random, MEAN_BYTES_TO_CUT);
    this.#witness = this.#regular("witness", port);
    this.#regulars = Array.from({ length: REGULARS }, (_, n) => this.#regular(`regular${n}`, this.#proxy.port));
  }

  async run(): Promise<void> {
    const everybody = [this.#witness, ...this.#regulars];
    try {
      for (const regular of everybody) await regular.join();
      this.#proxy.cutting = true;
      await this.#goOn(Date.now() + this.#options.durationMs);
      this.#proxy.cutting = false;
      await settled(this.#regulars, everybody, this.#ledger.acks);
      await this.#directsShown();
    } finally {
      for (const regular of everybody) await regular.end();
      await this.#proxy.close();
    }
  }

  report(complaints: string, figures: Pick<SoakReport, "samples" | "before" | "after">): SoakReport {
    const { sent, acks, directs, counts } = this.#ledger;
    const received = [this.#witness, ...this.#regulars].map((regular) => regular.received);
    const faults = findFaults(
      { sent, unsaved: [], acks, received, conversationFaults: [], complaints },
      this.#stored(),
    );
    return {
      ...figures,
      acknowledged: acks.size,
      directs: directs.size,
      cut: this.#proxy.cuts,
      counts,
      faults: [...faults, ...this.#ledger.directFaults()],
    };
  }

  /** Reads the stored messages; with a store in memory, those that the witness saw. */
  #stored(): readonly RoomMessage[] {
    if (this.#options.folder === undefined) return this.#witness.received;
    using archive = new Archive(this.#options.folder);
    return [...archive.entries(ROOM)].filter((entry) => entry.type === "message");
  }

  async #goOn(until: number): Promise<void> {
    const random = this.#random;
    const often = (meanMs: number, work: () => unknown) => repeat(until, () => random.exponential(meanMs), work);
    const slow = Array.from(
      { length: SLOW_READERS },
      (_, n) => readSlowly(`slow${n}`, this.#port, until, this.#ledger),
    );
    await Promise.all([
      often(MESSAGE_MS, () => this.#say()),
      often(WHISPER_MS, () => this.#whisper()),
      this.#visits(often),
      ...slow,
    ]);
  }

  #say(): void {
    const sender = this.#anyRegular();
    // Most texts are short, a few have the maximum length.
    if (sender.pending < MAX_PENDING) sender.say(Math.min(8_000, this.#random.exponential(150)));
  }

  #whisper(): void {
    const [from, to] = [this.#anyRegular(), this.#anyRegular()];
    if (from !== to && from.pending < MAX_PENDING) from.whisper(to.name);
  }

  /** Visitors that are not connected now. */
  async #visits(often: (meanMs: number, work: () => unknown) => Promise<void>): Promise<void> {
    const regulars = this.#regulars.map(({ name }) => name);
    const site = { address: `127.0.0.1:${this.#port}`, ledger: this.#ledger, random: this.#random, regulars };
    const away = Array.from({ length: VISITORS }, (_, n) => new Visitor(`visitor${n}`, site));
    const visits = new Set<Promise<void>>();
    await often(VISIT_MS, () => {
      const [visitor] = away.splice(this.#random.between(0, away.length - 1), 1);
      const visit = visitor!.visit().then(() => {
        away.push(visitor!);
        visits.delete(visit);
      });
      visits.add(visit);
    });
    await Promise.all(visits);
  }

  #anyRegular(): Regular {
    return this.#regulars[this.#random.between(0, REGULARS - 1)]!;
  }

  #regular(name: string, port: number): Regular {
    const clock = fasterClock(CLOCK_SPEED);
    return new Regular({ name, port, ledger: this.#ledger, random: this.#random, clock });
  }

  /** Waits for the clients to become idle. Messages missing by then are faults. */
  async #directsShown(): Promise<void> {
    const deadline = Date.now() + SETTLE_MS;
    while (!this.#ledger.directsShown && Date.now() < deadline) await pause(20);
  }
}

/** Samples the server after the last client left: descriptors open then are leaks. */
async function deserted(watch: Watch, before: ServerSample): Promise<ServerSample> {
  const deadline = Date.now() + SETTLE_MS;
  let sample = watch.look();
  while (sample.descriptors > before.descriptors && Date.now() < deadline) {
    await pause(100);
    sample = watch.look();
  }
  return sample;
}
