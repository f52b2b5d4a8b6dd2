import { LoadConnection } from "../bench/load/load_connection.ts";
import { pause } from "../chaos/pace.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { DIALECT, ROOM } from "./crew.ts";
import { descriptorsOf, type Memory, memoryOf } from "./memory.ts";

export interface CrowdOptions {
  readonly port: number;
  readonly pid: number;
  readonly connections: number;
  /** Number of source addresses, from 127.0.0.2 on: each has its own ports. */
  readonly hosts: number;
  /** True if clients send `leave`. Otherwise they close the connection, and the server announces it after the grace. */
  readonly leave: boolean;
  /** Milliseconds that memory may take to fall again. */
  readonly settleMs: number;
}

export interface CrowdReport {
  /** Seconds from the first connection attempt until all had joined. */
  readonly arrivalSeconds: number;
  readonly departureSeconds: number;
  readonly refused: number;
  /** Number of connections that the server closed meanwhile. */
  readonly cut: number;
  /** Lines about joins and leaves that another member got. */
  readonly notices: { readonly arrivals: number; readonly departures: number };
  readonly descriptors: { readonly before: number; readonly during: number; readonly after: number };
  readonly memory: { readonly before: Memory; readonly during: Memory; readonly after: Memory };
}

const BUFFER_BYTES = 4 * 1024;
const LOOK_MS = 500;
const NOTICE_MS = 20;
/** Longer than the grace. */
const TOLD_MS = 40_000;
const LEAVE = new TextEncoder().encode('{"type":"leave"}\n');

/** All clients join at once and leave at once, while another member watches. */
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
  // Throws if the server closed the witness's connection.
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

/** The connections that joined. */
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

  /** Resolves when the last connection is closed, at least on this side. */
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

/** A member that counts the joins and leaves it is told of. */
class Notices {
  lines = 0;
  #members = 1;
  #read = 0;

  /** Resolves when the events give this number of members in the room. */
  async until({ lines }: Peer, members: number): Promise<void> {
    const deadline = performance.now() + TOLD_MS;
    for (;;) {
      while (this.#read < lines.all.length) this.#note(lines.all[this.#read++]!);
      if (this.#members === members) return;
      if (lines.ended || performance.now() > deadline) {
        throw new Error(`The events tell of ${this.#members} members, not ${members}`);
      }
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

/** Waits until descriptors and memory are back to within a tenth: V8 collects garbage at its own time. */
async function calm(pid: number, witness: Peer, before: Look, deadline: number): Promise<Look> {
  for (;;) {
    const now = await look(pid);
    const isCalm = now.descriptors <= before.descriptors && now.memory.nowBytes <= 1.1 * before.memory.nowBytes;
    if (isCalm || performance.now() > deadline) return now;
    // The server closes silent connections.
    await witness.send({ type: "pong" });
    await pause(LOOK_MS);
  }
}

function since(start: number): number {
  return (performance.now() - start) / 1_000;
}
