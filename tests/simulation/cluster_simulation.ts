/** A whole cluster in one process: real replicas and hubs, a log in memory, clients, and faults that follow from a seed. */

import { assert } from "@std/assert";
import type { PlacedEntry } from "../../src/cluster/command_log.ts";
import { ClusterState } from "../../src/cluster/replica/cluster_state.ts";
import { MemoryLog } from "../../src/cluster/memory_log.ts";
import { Random } from "../helpers/random.ts";
import { Counts } from "./fault_counts.ts";
import { FaultyNetwork } from "./faulty_network.ts";
import { alignSettings, newFault, startAgain } from "./faults.ts";
import { checkEnd } from "./final_checks.ts";
import { SimulatedClient } from "./simulated_client.ts";
import { SimulatedServer, type SimulatedWorld } from "./simulated_server.ts";
import { VirtualTime } from "./virtual_time.ts";

const START = Date.parse("2026-01-02T03:04:05.000Z");
const SERVERS = ["north", "east", "south"];
const CLIENTS = 5;
/** One of so many seeds encrypts the entries, which takes most of the time. */
const ENCRYPTED_SEEDS = 10;
const ROOMS = ["lobby", "den"];
/** The first faults come when all servers are up. */
const CALM_MS = 3_000;
const FAULTY_MS = 20_000;
/** Time in which everything must be right again. */
const HEALING_MS = 12_000;

/** The state is checked more often than by real servers. */
const CHECKED_ENTRIES = 40;
export interface SimulationOptions extends Pick<SimulatedWorld, "plant" | "plantDisk"> {
  /** Gets a line for everything that happens. */
  readonly note?: (line: string) => void;
}

/** Counts of what happened, to see that a simulation does something. */
export interface SimulationResult {
  readonly acknowledged: number;
  readonly entries: number;
  readonly skipped: number;
  readonly incarnations: number;
  /** Faults and what clients did, by name. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs one simulation. Throws if a property does not hold; the same seed throws the same. Only one may run at a time. */
export async function simulateCluster(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  const { takeCheck } = ClusterState.prototype;
  ClusterState.prototype.takeCheck = function (weight) {
    if (this.record.index % CHECKED_ENTRIES === 0) this.record.checkFrom = 0;
    return takeCheck.call(this, weight);
  };
  try {
    return await simulate(seed, options);
  } finally {
    ClusterState.prototype.takeCheck = takeCheck;
  }
}

async function simulate(seed: number, options: SimulationOptions): Promise<SimulationResult> {
  const random = new Random(seed);
  const time = new VirtualTime();
  const network = new FaultyNetwork(time, random);
  const log = new MemoryLog(network.carry);
  const note = (line: string) => options.note?.(`${(time.now / 1000).toFixed(3).padStart(8)} ${line}`);
  const key = seed % ENCRYPTED_SEEDS === 0 ? new Uint8Array(32).fill(7) : undefined;
  const removed: PlacedEntry[] = [];
  const forget = log.forget.bind(log);
  log.forget = (through) => {
    removed.push(...log.entries.filter(({ position }) => position <= through));
    forget(through);
  };
  const runs = new Map<number, object>();
  const noteIncarnation = (incarnation: number, run: object) => {
    assert((runs.get(incarnation) ?? run) === run, `Two servers have the incarnation ${incarnation}`);
    runs.set(incarnation, run);
  };
  const world = {
    noteIncarnation,
    time,
    random,
    network,
    start: START,
    key,
    note,
    counts: new Counts(),
    droppedFiles: new Set<string>(),
    open: (id: string) => log.open(id),
    plant: options.plant,
    plantDisk: options.plantDisk,
    log,
    removed: () => removed,
    mayHaveWrongClock: (server: SimulatedServer): boolean =>
      servers.every((other) => other === server || (other.isServing && other.clockError === 0)),
  };
  const servers: SimulatedServer[] = SERVERS.map((name) => new SimulatedServer(name, world));
  servers[0]!.start();
  // A new server begins with a copy of another one's data.
  await time.runUntil(CALM_MS / 2);
  for (const server of servers.slice(1)) {
    server.copyFrom(servers[0]!);
    server.start();
  }
  await time.runUntil(CALM_MS);
  const clients = Array.from(
    { length: CLIENTS },
    (_, nth) => new SimulatedClient(`member${nth}`, ROOMS, servers, world),
  );
  let isHealing = false;
  const next = () => {
    if (isHealing) return;
    newFault(servers, world);
    time.after(random.exponential(1_500), next);
  };
  time.after(1_000, next);
  await time.runUntil(CALM_MS + FAULTY_MS);
  isHealing = true;
  heal(servers, network);
  const startAll = () => {
    for (const server of servers) alignSettings(server, servers);
    for (const server of servers) startAgain(server, servers);
    time.after(500, startAll);
  };
  startAll();
  await time.runUntil(CALM_MS + FAULTY_MS + HEALING_MS - 4_000);
  for (const client of clients) client.isTalking = false;
  await time.runUntil(CALM_MS + FAULTY_MS + HEALING_MS);
  // Without ticks and clients, the log comes to its end.
  for (const server of servers) server.isQuiet = true;
  for (const client of clients) client.isQuiet = true;
  await time.runUntil(CALM_MS + FAULTY_MS + HEALING_MS + 2_000);
  checkEnd(servers, clients, world);
  const record = servers[0]!.replica!.status();
  return {
    acknowledged: clients.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    entries: record.index,
    skipped: record.skipped,
    incarnations: Math.max(...record.servers.map(({ incarnation }) => incarnation)),
    counts: world.counts.all,
  };
}

function heal(servers: readonly SimulatedServer[], network: FaultyNetwork): void {
  network.isFaulty = false;
  network.pausedUntil = 0;
  for (const server of servers) {
    server.setFaults({ isCut: false, slowness: 0, answerLoss: 0 });
    server.clockError = 0;
  }
}
