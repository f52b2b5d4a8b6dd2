import { processUse } from "../bench/load/server_watch.ts";
import { pause } from "../chaos/pace.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { ROOM } from "./crew.ts";
import { descriptorsOf } from "./memory.ts";

export interface FullOptions {
  readonly port: number;
  readonly pid: number;
  readonly arrivals: number;
}

export interface FullReport {
  readonly seconds: number;
  readonly inside: number;
  /** Clients that got `server_full` with a retry time. */
  readonly told: number;
  /** Clients that neither joined nor got a reason. */
  readonly untold: number;
  readonly servedAgain: boolean;
  readonly descriptors: number;
  /** Share of a core that the full server used while more clients waited to connect; 0 if unknown. */
  readonly busyWhileFull: number;
}

const IDLERS = 100;
const IDLE_MS = 3_000;

/** More clients connect at once than the server admits. Then one leaves, and another connects. */
export async function fill({ port, pid, arrivals }: FullOptions): Promise<FullReport> {
  const address = `127.0.0.1:${port}`;
  const start = performance.now();
  await using stack = new AsyncDisposableStack();
  const all = await Promise.all(Array.from({ length: arrivals }, (_, n) => knock(address, `peer${n}`)));
  const seconds = (performance.now() - start) / 1_000;
  const inside = all.flatMap(({ peer, answer }) => answer === "joined" ? [stack.use(peer)] : []);
  const told = all.filter(({ answer }) => answer === "server_full").length;
  const descriptors = await descriptorsOf(pid);
  const busyWhileFull = await busyWith(pid, address);
  await inside[0]!.send({ type: "leave" });
  await inside[0]!.ended();
  const next = await knockUntilIn(address);
  stack.use(next.peer);
  const untold = arrivals - inside.length - told;
  const servedAgain = next.answer === "joined";
  return { seconds, inside: inside.length, told, untold, servedAgain, descriptors, busyWhileFull };
}

interface Knock {
  readonly peer: Peer;
  readonly answer: "joined" | "server_full" | undefined;
}

/** Closes the connections of refused clients. */
async function knock(address: string, name: string): Promise<Knock> {
  const peer = (await Peer.dial(address, name)).read();
  await peer.send({ type: "join", name, room: ROOM }).catch(() => {});
  const line = await peer.lines.first(/"type":"joined"|"code":"server_full"/).catch(() => "");
  if (line.includes('"type":"joined"')) return { peer, answer: "joined" };
  peer.close();
  await peer.ended();
  return { peer, answer: /"code":"server_full".*"retryAfter":\d/.test(line) ? "server_full" : undefined };
}

/** Waits until the descriptors of closed connections are free. */
async function knockUntilIn(address: string): Promise<Knock> {
  for (let attempt = 0;; attempt++) {
    const result = await knock(address, `late${attempt}`);
    if (result.answer === "joined" || attempt === 100) return result;
    await pause(50);
  }
}

async function busyWith(pid: number, address: string): Promise<number> {
  const idlers = await Promise.all(Array.from({ length: IDLERS }, () => Peer.dial(address, "idler")));
  const before = processUse(pid).cpuSeconds;
  await pause(IDLE_MS);
  const busy = (processUse(pid).cpuSeconds - before) / (IDLE_MS / 1_000);
  for (const idler of idlers) idler.close();
  return busy;
}
