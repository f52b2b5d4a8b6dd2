/** A whole cluster in one process: real replicas and hubs, a log in memory, clients, and faults that follow from a seed. */

import { assert, assertEquals } from "@std/assert";
import type { PlacedEntry } from "../../src/cluster/command_log.ts";
import { ClusterState } from "../../src/cluster/replica/cluster_state.ts";
import { MemoryLog } from "../../src/cluster/memory_log.ts";
import { incarnationOf } from "../../src/core/hub_op.ts";
import type { GraphImage } from "../../src/core/image/graph_table.ts";
import { nodesOf } from "../helpers/image_nodes.ts";
import { Random } from "../helpers/random.ts";
import { FaultyNetwork } from "./faulty_network.ts";
import { newFault, startAgain } from "./faults.ts";
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
  checkEnd(servers, clients, log);
  const { record } = { record: servers[0]!.replica!.status() };
  return {
    acknowledged: clients.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
    entries: record.index,
    skipped: record.skipped,
    incarnations: Math.max(...record.servers.map(({ incarnation }) => incarnation)),
  };
}

function heal(servers: readonly SimulatedServer[], network: FaultyNetwork): void {
  network.isFaulty = false;
  network.pausedUntil = 0;
  for (const server of servers) {
    server.setFaults({ isCut: false, slowness: 0 });
    server.clockError = 0;
  }
}

function checkEnd(servers: readonly SimulatedServer[], clients: readonly SimulatedClient[], log: MemoryLog): void {
  for (const client of clients) assert(client.isDone, "A client waits for an acknowledgement");
  const [first, ...others] = servers.map((server) => stateOf(server));
  assertEquals(first!.position, log.end, "A server has not read the log to its end");
  for (const other of others) {
    assertEquals(other.position, first!.position, "The servers have read different parts of the log");
    assertSame(
      other.kept,
      first!.kept,
      "The stores differ",
      (kept) => kept.map((each) => JSON.stringify(each, sorted)),
    );
    assertSame(
      other.image,
      first!.image,
      "The hubs differ",
      (image) => nodesOf(image).map((node) => JSON.stringify(node)),
    );
  }
  checkMessages(first!, clients);
  checkSessions(servers);
}

function stateOf({ replica, machine, name }: SimulatedServer) {
  assert(replica !== undefined && machine !== undefined && !replica.isStalled, `${name} does not serve`);
  return {
    position: replica.status().position,
    stored: machine.kept.reader.stored,
    kept: machine.kept.effects,
    image: machine.image() as GraphImage,
  };
}

/** The order of properties may differ after an image. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Shows the first line that differs. The lines are only made if the JSON differs. */
function assertSame<T>(one: T, other: T, what: string, linesOf: (value: T) => readonly string[]): void {
  if (JSON.stringify(one) === JSON.stringify(other)) return;
  const [lines, others] = [linesOf(one), linesOf(other)];
  const at = lines.findIndex((line, index) => line !== others[index]);
  if (at < 0 && lines.length === others.length) return;
  throw new Error(`${what} in line ${at} of ${lines.length} and ${others.length}: ${lines[at]} is ${others[at]}`);
}

function checkMessages({ stored }: ReturnType<typeof stateOf>, clients: readonly SimulatedClient[]): void {
  const messages = stored.filter((entry) => entry.type === "message");
  const byText = Map.groupBy(messages, ({ text }) => text);
  for (const { text, room, seq, id } of clients.flatMap(({ acknowledged }) => acknowledged)) {
    const found = byText.get(text) ?? [];
    assertEquals(found.map((message) => [message.room, message.seq, message.id]), [[room, seq, id]], text);
  }
  for (const [room, entries] of Map.groupBy(stored, (entry) => entry.room)) {
    assertEquals(entries.map(({ seq }) => seq), entries.map((_, at) => at + 1), `The numbers of ${room} have a gap`);
  }
  assertEquals(new Set(stored.map(({ id }) => id)).size, stored.length, "An id was used twice");
}

function checkSessions(servers: readonly SimulatedServer[]): void {
  const live = new Set(servers.map(({ replica }) => replica!.incarnation));
  assertEquals(
    servers[0]!.replica!.status().servers.map(({ incarnation }) => incarnation),
    [...live].sort((a, b) => a - b),
  );
  const dead = sessionsOf(servers[0]!).filter((session) => !live.has(incarnationOf(session)));
  assertEquals(dead, [], "Sessions of a server that has ended are left");
}

/** The ids of all sessions of the hub. */
function sessionsOf({ machine }: SimulatedServer): number[] {
  const image = machine!.image() as GraphImage;
  const kind = image.classes.findIndex(([name]) => name === "Session");
  const id = image.classes[kind]?.[1].indexOf("id") ?? 0;
  return nodesOf(image).filter(({ head }) => head[0] === kind).map(({ values }) => values[id] as number);
}
