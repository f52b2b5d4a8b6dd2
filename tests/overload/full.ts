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
  /** Who were told `server_full` and when to come back. */
  readonly told: number;
  /** Who were neither let in nor told why. */
  readonly untold: number;
  readonly servedAgain: boolean;
  readonly descriptors: number;
  /** Of a core, while it is full and more stand at the door who do not go by themselves; 0 where the system does not tell. */
  readonly busyWhileFull: number;
}

const IDLERS = 100;
const IDLE_MS = 3_000;

/** More come at once than there is room for; then one goes, and another one comes. */
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

/** Whoever is not let in goes. */
async function knock(address: string, name: string): Promise<Knock> {
  const peer = (await Peer.dial(address, name)).read();
  await peer.send({ type: "join", name, room: ROOM }).catch(() => {});
  const line = await peer.lines.first(/"type":"joined"|"code":"server_full"/).catch(() => "");
  if (line.includes('"type":"joined"')) return { peer, answer: "joined" };
  peer.close();
  await peer.ended();
  return { peer, answer: /"code":"server_full".*"retryAfter":\d/.test(line) ? "server_full" : undefined };
}

/** The descriptors of those who go are free a moment later. */
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
