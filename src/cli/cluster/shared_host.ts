/** The parts of a host that belong to a cluster: data that are a copy of the others', and the membership. */

import { hostname } from "node:os";
import { versions } from "node:process";
import { CHAT_LEVEL } from "../../cluster/cluster_op.ts";
import { hasForeignPast, ReplicaFailure, settleOrigin } from "../../cluster/replica/mod.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { ServerOptions } from "../../server/server.ts";
import type { Log } from "../../server/monitor/log_events.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import type { Endpoints } from "../hosting/endpoints.ts";
import type { HostPlan } from "../hosting/host_plan.ts";
import { addressesNow } from "../invites/reachability.ts";
import { VERSION } from "../platform/program.ts";
import { ClusterMembership } from "./cluster_membership.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import { settingsDigest } from "./cluster_settings.ts";
import { copyIfNew, isBehind, replaceByCopy } from "./newcomer.ts";
import { readState, type StateAt } from "./state_at.ts";

/** The chat has gone by other options than this server's, at least for a while. */
export interface SettingsRefusal {
  /** The digest of this server's options. */
  readonly settings: string;
  /** One sentence for the operator. */
  readonly message: string;
}

export interface SharedData {
  readonly plan: HostPlan;
  readonly parts: ClusterParts;
  readonly log: Log;
  /** Why the server could not go on with these data; `undefined` at the first attempt. */
  readonly refusal: SettingsRefusal | undefined;
}

/**
 * Opens the data of a server in a cluster by `open`. Before that it fetches a copy of another server's, if the folder has none or
 * has missed entries that the log does not keep any more, or that count by other options. Rejects with a failure.
 */
export async function openShared<S extends HistoryStore>(data: SharedData, open: () => S): Promise<S> {
  const { plan, parts, log } = data;
  const options = { parts, log, folder: plan.folder! };
  await copyIfNew(options);
  const history = open();
  const state = readState(history.lastCheckpoint?.());
  if (state === undefined) return history;
  const { position } = state;
  let isClosed = false;
  try {
    if (!await needsCopy(state, data)) return history;
    await checkOrigin(state, parts);
    history.close();
    isClosed = true;
    log("warn", "data outdated", { folder: options.folder, position });
    await replaceByCopy(options);
  } catch (error) {
    if (!isClosed) history.close();
    throw error;
  }
  return open();
}

async function needsCopy({ position, order }: StateAt, { parts, log, refusal }: SharedData): Promise<boolean> {
  if (await isBehind(position, parts)) return true;
  if (refusal === undefined) return false;
  const start = { log: parts.log, sealer: parts.sealer, position, state: order };
  if (await hasForeignPast(start, refusal.settings, new AbortController().signal)) return true;
  log("error", "cluster failed", { error: refusal.message });
  throw new Failure(EXIT.outOfCluster, refusal.message);
}

/** A copy takes the place of data of the same chat only. Rejects with a failure for others. */
async function checkOrigin({ order }: StateAt, { log, sealer }: ClusterParts): Promise<void> {
  try {
    await settleOrigin(JSON.parse(order).origin, log, sealer, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof ReplicaFailure)) throw error;
    throw new Failure(EXIT.outOfCluster, error.message, { cause: error });
  }
}

export interface SharedServer extends Pick<ServerOptions, "access" | "files"> {
  readonly parts: ClusterParts;
  readonly history: HistoryStore;
  readonly endpoints: Endpoints;
  readonly log: Log;
}

/** Makes the membership of a server that is about to start. Throws a failure if nobody could reach it. */
export function openMembership(plan: HostPlan, shared: SharedServer): ClusterMembership {
  const { parts, history, endpoints, log } = shared;
  return new ClusterMembership({
    ...{ parts, log, chat: history.serverId, folder: plan.folder!, certificate: endpoints.certificate },
    store: shared.files?.store,
    passphrase: plan.password === undefined ? endpoints.password : undefined,
    saved: readState(history.lastCheckpoint?.()),
    facts: {
      name: hostname(),
      addresses: addressesOf(plan, endpoints),
      level: CHAT_LEVEL,
      unicode: versions["unicode"] ?? "",
      settings: settingsDigest(plan, shared),
      version: VERSION,
    },
  });
}

function addressesOf({ cluster }: HostPlan, { reach }: Endpoints): string[] {
  const addresses = cluster?.address === undefined ? addressesNow(reach.addresses) : [cluster.address];
  if (addresses.length > 0) return addresses;
  throw new Failure(
    EXIT.cannotListen,
    "This machine has no address at which the other servers reach it: name one with --cluster-address HOST:PORT",
  );
}
