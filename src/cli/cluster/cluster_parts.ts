/** The key, the seal and the log of a cluster, which a server needs before its store is open. */

import type { CommandLog } from "../../cluster/command_log.ts";
import type { dialAsNewcomer } from "../../cluster/link/mod.ts";
import { systemClock } from "../../client/clock.ts";
import { EntrySealer } from "../../cluster/sealed_entry.ts";
import type { Log } from "../../server/monitor/log_events.ts";
import type { ClusterPlan } from "../args/cluster_options.ts";
import { readKeyFile } from "./cluster_key_file.ts";
import { openEngine } from "./engine.ts";

type NewcomerParts = Parameters<typeof dialAsNewcomer>[0];

export interface ClusterParts extends Disposable {
  readonly log: CommandLog;
  readonly sealer: EntrySealer;
  readonly secret: NewcomerParts["secret"];
}

/** Reads the key and makes the log. Warns of what is wrong with the engine. Rejects with a failure. */
export async function openClusterParts(plan: ClusterPlan, log: Log): Promise<ClusterParts> {
  const key = readKeyFile(plan.keyFile, (hint) => log("warn", "cluster key readable", { hint }));
  const engine = openEngine(plan.engine, { cluster: plan.name, onTrouble: (trouble) => noteTrouble(log, trouble) });
  const status = await engine.log.status(AbortSignal.timeout(STATUS_MS)).catch(() => undefined);
  for (const hint of status?.warnings ?? []) log("warn", "etcd warns", { hint });
  return {
    log: engine.log,
    sealer: new EntrySealer(key, plan.name),
    secret: { key, cluster: plan.name },
    [Symbol.dispose]: () => engine[Symbol.dispose](),
  };
}

const STATUS_MS = 5_000;

function noteTrouble(log: Log, trouble: string | undefined): void {
  if (trouble === undefined) log("info", "etcd answers");
  else log("error", "etcd does not answer", { hint: trouble });
}

/** The clock, the source of random bytes, and the key of links. */
export function linkParts(secret: ClusterParts["secret"]): NewcomerParts {
  return { secret, random: (bytes) => crypto.getRandomValues(bytes), clock: systemClock };
}
