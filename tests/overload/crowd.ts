import { LoadConnection } from "../bench/load/load_connection.ts";
import { pause } from "../chaos/pace.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { DIALECT, ROOM } from "./crew.ts";
import { descriptorsOf, type Memory, memoryOf } from "./memory.ts";

export interface CrowdOptions {
  readonly port: number;
  readonly pid: number;
  readonly connections: number;
  /** Of how many addresses of this machine they make use, from 127.0.0.2: each has ports of its own. */
  readonly hosts: number;
  /** With a goodbye; else they hang up, and are announced as gone when the grace is over. */
  readonly leave: boolean;
  /** How long memory may take to fall again. */
  readonly settleMs: number;
}

export interface CrowdReport {
  /** Until all were in the room, from when all began to connect at once. */
  readonly arrivalSeconds: number;
  readonly departureSeconds: number;
  readonly refused: number;
  /** Who was cut off between coming and going. */
  readonly cut: number;
  /** Lines by which somebody who was there was told who came and went. */
  readonly notices: { readonly arrivals: number; readonly departures: number };
  readonly descriptors: { readonly before: number; readonly during: number; readonly after: number };
  readonly memory: { readonly before: Memory; readonly during: Memory; readonly after: Memory };
}

const BUFFER_BYTES = 4 * 1024;
const LOOK_MS = 500;
const NOTICE_MS = 20;
/** Longer than the grace for those who might come back. */
const TOLD_MS = 40_000;
const LEAVE = new TextEncoder().encode('{"type":"leave"}\n');

/** All come at once, and all go at once, while somebody else is there. */
export async function crowd(options: CrowdOptions): Promise<CrowdReport> {
  const { port, pid, connections, settleMs } = options;
  await using witness = await Peer.join(`127.0.0.1:${port}`, "witness", ROOM);
  const notices = new Notices();
  const people = new People();
  const before = await look(pid);
  const start = performance.now();
  await people.arrive(options);
  const arrivalSeconds = since(start);
  await notices.until(witness, 1 + people.inside.length);
  const arrivals = notices.lines;
  const during = await look(pid);
  const going = performance.now();
  await people.depart(options.leave);
  const departureSeconds = since(going);
  await notices.until(witness, 1);
  const after = await calm(pid, witness, before, performance.now() + settleMs);
  // Throws where the witness was cut off.
  await witness.send({ type: "ping", ref: "still here" });
  await witness.next({ type: "pong", ref: "still here" });
  await witness.send({ type: "leave" });
  await witness.ended();
  return {
    arrivalSeconds,
    departureSeconds,
    refused: connections - people.inside.length,
    cut: people.lost,
    notices: { arrivals, departures: notices.lines - arrivals },
    descriptors: { before: before.descriptors, during: during.descriptors, after: after.descriptors },
    memory: { before: before.memory, during: during.memory, after: after.memory },
  };
}

/** Those who were let in. */
class People {
  readonly inside: LoadConnection[] = [];
  lost = 0;
  #left = 0;
  #going = false;
  #allGone = () => {};

  async arrive({ port, connections, hosts }: CrowdOptions): Promise<void> {
    const one = async (number: number) => {
      const hostname = hosts === 0 ? undefined : `127.0.0.${2 + number % hosts}`;
      const client = { number, sends: false, receives: true, hostname };
      const connection = await LoadConnection.open(port, client, BUFFER_BYTES, () => this.#lose(connection));
      if (await connection.join(DIALECT)) this.inside.push(connection);
      else connection.close();
    };
    await Promise.all(Array.from({ length: connections }, (_, number) => one(number)));
    for (const connection of this.inside) connection.receive((bytes) => bytes.length);
  }

  /** Resolves when the last connection is closed, at this end at least. */
  async depart(leave: boolean): Promise<void> {
    this.#going = true;
    if (!leave) return this.inside.forEach((connection) => connection.close());
    const gone = new Promise<void>((resolve) => this.#allGone = resolve);
    for (const connection of this.inside) connection.send(LEAVE, () => {});
    await gone;
  }

  #lose(connection: LoadConnection): void {
    connection.close();
    if (!this.#going) this.lost++;
    else if (++this.#left === this.inside.length - this.lost) this.#allGone();
  }
}

/** What somebody who is in the room is told of comings and goings. */
class Notices {
  lines = 0;
  #members = 1;
  #read = 0;

  /** Resolves when the notices say that the room has so many members. */
  async until({ lines }: Peer, members: number): Promise<void> {
    const deadline = performance.now() + TOLD_MS;
    for (;;) {
      while (this.#read < lines.all.length) this.#note(lines.all[this.#read++]!);
      if (this.#members === members) return;
      if (lines.ended || performance.now() > deadline) throw new Error(`Told of ${this.#members}, not ${members}`);
      await pause(NOTICE_MS);
    }
  }

  #note(line: string): void {
    const { type, count }: Json = JSON.parse(line);
    if (type === "join") this.#members++;
    else if (type === "leave") this.#members--;
    else if (type === "presence") this.#members = count;
    else return;
    this.lines++;
  }
}

interface Look {
  readonly descriptors: number;
  readonly memory: Memory;
}

async function look(pid: number): Promise<Look> {
  return { descriptors: await descriptorsOf(pid), memory: await memoryOf(pid) };
}

/** Until descriptors and memory are what they were, but for a tenth: the engine cleans up when it likes. */
async function calm(pid: number, witness: Peer, before: Look, deadline: number): Promise<Look> {
  for (;;) {
    const now = await look(pid);
    const isCalm = now.descriptors <= before.descriptors && now.memory.nowBytes <= 1.1 * before.memory.nowBytes;
    if (isCalm || performance.now() > deadline) return now;
    // The server cuts off who is silent.
    await witness.send({ type: "pong" });
    await pause(LOOK_MS);
  }
}

function since(start: number): number {
  return (performance.now() - start) / 1_000;
}
