import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { runConfab } from "../../helpers/e2e.ts";
import { Random } from "../../helpers/random.ts";
import { runChaos } from "../chaos.ts";
import { ROOM } from "../chaos_device.ts";
import { findFaults } from "../verdict.ts";
import { type ClusterLayout, ClusterWorld } from "./cluster_world.ts";
import { LoopbackMachines, NetworkMachines } from "./machines.ts";

export interface ClusterRunOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Whether each program is a machine of its own, with three machines of etcd. Otherwise all are here, with one. */
  readonly networks: boolean;
  readonly report?: (line: string) => void;
}

/** Runs the suite once against a cluster, and judges it by the final content of all stores, which must be equal. */
export async function clusterRun(
  { seed, durationMs, networks, report = () => {} }: ClusterRunOptions,
): Promise<{ summary: string; faults: string[] }> {
  const folder = await Deno.makeTempDir({ prefix: "confab-cluster-chaos-" });
  const random = new Random(seed);
  const servers = ["s1", "s2", "s3"];
  const engines = networks ? ["e1", "e2", "e3"] : ["e1"];
  const machines = networks ? new NetworkMachines([...engines, ...servers]) : new LoopbackMachines();
  const freePort = networks ? portOfMachine() : freeLoopbackPort;
  const layout: ClusterLayout = { engines, servers, machines, freePort, folder, random, report };
  try {
    const world = await ClusterWorld.start(layout);
    const result = await runChaos({ seed, random, durationMs, world, settleMs: SETTLE_MS }).catch(async (error) => {
      report(await world.describe());
      report(await world.stop());
      throw error;
    });
    const [stored, ...others] = await Promise.all(world.folders.map(exported));
    const different = others.flatMap((text, index) =>
      text === stored ? [] : [`The store of ${servers[index + 1]} differs from that of ${servers[0]}`]
    );
    const faults = [...findFaults(result, entriesOf(world.folders[0]!)), ...different];
    const { sent, unsaved, acknowledged, killed, cut, longestGapMs, clientRestarts } = result;
    const summary =
      `seed ${seed}: ${sent - unsaved.length} sent, ${acknowledged} acknowledged; killed or frozen ${killed} ` +
      `times, networks cut ${cut} times, clients killed ${clientRestarts} times; longest gap ${longestGapMs} ms; ` +
      `${faults.length} faults`;
    return { summary, faults };
  } finally {
    machines[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** A fault may last eight seconds, and the last servers come back after it. */
const SETTLE_MS = 60_000;

/** All that a store has for people, in order. */
async function exported(folder: string): Promise<string> {
  const { code, stdout, stderr } = await runConfab(["export", "--data", folder]);
  if (code !== 0) throw new Error(`Export of ${folder}: ${stderr}`);
  return stdout;
}

function entriesOf(folder: string) {
  const history = openSqliteHistory({ folder });
  try {
    return history.entries({ room: ROOM, limit: Number.MAX_SAFE_INTEGER });
  } finally {
    history.close();
  }
}

function freeLoopbackPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A machine of its own has all ports free. */
function portOfMachine(): () => number {
  let next = 5050;
  return () => next++;
}
