import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { Random } from "../../helpers/random.ts";
import { type ChaosReport, runChaos } from "../chaos.ts";
import { ROOM } from "../chaos_device.ts";
import { findFaults } from "../verdict.ts";
import { type ClusterChaos, ClusterWorld } from "./cluster_world.ts";
import { LoopbackMachines, NetworkMachines } from "./machines.ts";
import { compareStores } from "./store_comparison.ts";

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
  const chaos: ClusterChaos = { engines, servers, machines, freePort, folder, random, report };
  try {
    using world = await ClusterWorld.start(chaos);
    const result = await runChaos({ seed, random, durationMs, world, settleMs: SETTLE_MS }).catch(async (error) => {
      report(await world.describe());
      report(await world.stop());
      throw error;
    });
    const [first, ...others] = world.folders;
    const faults = [
      ...findFaults(result, entriesOf(first!)),
      ...compareStores(first!, others),
      ...world.broken,
    ];
    return { summary: summaryOf(result, world, faults.length), faults };
  } finally {
    machines[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

function summaryOf(report: ChaosReport, { counts, seen, kinds }: ClusterWorld, faults: number): string {
  const { seed, sent, unsaved, acknowledged, longestGapMs, longestGapAt, clientRestarts } = report;
  return `seed ${seed}: ${sent - unsaved.length} sent, ${acknowledged} acknowledged; killed or frozen ${counts.kill} ` +
    `times, networks cut ${counts.cut} times, disks filled ${counts.disk} times, clocks set ${counts.clock} times, ` +
    `clients killed ${clientRestarts} times (${seen.size} of ${kinds.length} kinds); ` +
    `longest gap ${longestGapMs} ms, after ${Math.round(longestGapAt / 1_000)} s; ${faults} faults`;
}

/** A fault may last eight seconds, and the last servers come back after it. */
const SETTLE_MS = 60_000;

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
