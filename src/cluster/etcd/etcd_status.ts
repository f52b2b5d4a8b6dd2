import type { EndpointStatus, LogStatus } from "../command_log.ts";
import { asList, asNumber, asObject, asText, headerOf, rangeOf } from "./etcd_answer.ts";
import { type EtcdClient, wellFormed } from "./etcd_client.ts";
import { EtcdFault } from "./etcd_fault.ts";
import type { EtcdGateway } from "./etcd_gateway.ts";
import type { EtcdKeys } from "./etcd_keys.ts";
import { withDeadline } from "./deadline.ts";

/** How long each endpoint may take for one answer. */
const STATUS_MS = 2_000;
const MAX_STATUS_BYTES = 4 * 1024 * 1024;
const LIMITS = { timeoutMs: STATUS_MS, maxBytes: MAX_STATUS_BYTES };
/** etcd's default. */
const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;
/** The part of the quota from which the operator is warned. */
const WARNED_PART = 0.5;
const MEBIBYTE = 1024 * 1024;

/** The first releases of each minor version that keep what they have confirmed (etcd issues 13766 and 14211). */
const SAFE_PATCHES: Readonly<Record<string, number>> = { "3.4": 32, "3.5": 14 };

/** Asks each endpoint about itself, and any of them for the number of entries. Throws only the signal's reason. */
export async function readEtcdStatus(client: EtcdClient, keys: EtcdKeys, signal: AbortSignal): Promise<LogStatus> {
  signal.throwIfAborted();
  const [entries, ...found] = await Promise.all([
    countOf(client, keys, signal),
    ...client.gateways.map((gateway) => endpointStatus(client, gateway, signal)),
  ]);
  signal.throwIfAborted();
  const endpoints = found.map(({ status }) => status);
  const isReady = typeof entries === "number";
  const alarms = found.flatMap((each) => each.alarms);
  const warnings = [
    ...(isReady ? [] : [entries]),
    ...alarms,
    ...endpoints.flatMap(({ fault }) => fault === undefined ? [] : [fault]),
    ...endpoints.flatMap(warningsOf),
    ...(client.troubles.current === undefined ? [] : [client.troubles.current]),
  ];
  return { engine: "etcd", isReady, endpoints, ...(isReady ? { entries } : {}), warnings: [...new Set(warnings)] };
}

/** Returns a warning for a version that can lose or mix up what it has confirmed; `undefined` if there is none. */
export function versionWarning(endpoint: string, version: string): string | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return undefined;
  const isOlder = Number(major) < 3 || (major === "3" && Number(minor) < 4);
  const safe = SAFE_PATCHES[`${major}.${minor}`] ?? 0;
  if (!isOlder && Number(patch) >= safe) return undefined;
  return `etcd at ${endpoint} has version ${version}, whose machines may differ after a crash: ` +
    "update it to 3.4.32, 3.5.14 or later";
}

interface FoundStatus {
  readonly status: EndpointStatus;
  readonly alarms: readonly string[];
}

async function endpointStatus(client: EtcdClient, gateway: EtcdGateway, signal: AbortSignal): Promise<FoundStatus> {
  const endpoint = gateway.endpoint.name;
  try {
    return await client.authorized(gateway, signal, async (token) => {
      const ask = (path: string, body: unknown) => gateway.post({ path, body, token }, LIMITS, signal);
      const about = await ask("/v3/maintenance/status", {});
      const [alarms, quota] = await Promise.all([
        ask("/v3/maintenance/alarm", { action: "GET" }).catch(() => ({})),
        quotaOf(gateway, signal),
      ]);
      return wellFormed(gateway, () => ({
        status: statusOf(client, gateway, about, quota),
        alarms: asList(asObject(alarms).alarms).map((alarm) => alarmText(asText(asObject(alarm).alarm), endpoint)),
      }));
    });
  } catch (error) {
    if (error instanceof EtcdFault) return { status: { endpoint, fault: error.message }, alarms: [] };
    throw error;
  }
}

function statusOf(
  client: EtcdClient,
  gateway: EtcdGateway,
  answer: unknown,
  quota: number | undefined,
): EndpointStatus {
  const about = asObject(answer);
  const header = headerOf(about);
  client.checkCluster(gateway, header);
  const leader = asText(about.leader);
  const endpoint = gateway.endpoint.name;
  const hasLeader = leader !== "" && leader !== "0";
  return {
    endpoint,
    ...(hasLeader
      ? {}
      : { fault: `etcd at ${endpoint} has no leader: more than half of its machines must run and reach each other` }),
    version: asText(about.version),
    isLeader: hasLeader && leader === header.memberId,
    databaseBytes: asNumber(about.dbSize),
    usedBytes: asNumber(about.dbSizeInUse),
    quotaBytes: asNumber(about.dbSizeQuota) || quota || DEFAULT_QUOTA_BYTES,
  };
}

/** The gateway of etcd 3.4 and 3.5 does not tell the quota, but the figures for Prometheus do, if they are served here. */
async function quotaOf(gateway: EtcdGateway, signal: AbortSignal): Promise<number | undefined> {
  try {
    const text = await gateway.get("/metrics", LIMITS, signal);
    return Number(/^etcd_server_quota_backend_bytes ([\d.e+]+)$/m.exec(text)?.[1] ?? 0);
  } catch (error) {
    if (error instanceof EtcdFault) return undefined;
    throw error;
  }
}

/** The number of entries, which only a majority can tell, or why it is not known. */
async function countOf(client: EtcdClient, keys: EtcdKeys, signal: AbortSignal): Promise<number | string> {
  const read = (inner: AbortSignal) =>
    client.call({
      kind: "status",
      path: "/v3/kv/range",
      body: { ...keys.log, count_only: true },
      ends: ["refused"],
      read: (answer) => rangeOf(answer).count,
    }, inner);
  try {
    return await withDeadline(signal, STATUS_MS, read);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof EtcdFault) return error.message;
    return "The log in etcd cannot be read: more than half of etcd's machines must run and reach each other";
  }
}

function warningsOf({ endpoint, version, databaseBytes = 0, usedBytes = 0, quotaBytes = 0 }: EndpointStatus): string[] {
  const old = version === undefined ? undefined : versionWarning(endpoint, version);
  const isLarge = quotaBytes > 0 && databaseBytes >= quotaBytes * WARNED_PART;
  const next = usedBytes < databaseBytes / 2
    ? `run etcdctl --endpoints=${endpoint} defrag`
    : "raise etcd's --quota-backend-bytes";
  const large = `The database of etcd at ${endpoint} has ${mebibytes(databaseBytes)} of at most ${
    mebibytes(quotaBytes)
  } MiB: ${next}`;
  return [...(isLarge ? [large] : []), ...(old === undefined ? [] : [old])];
}

function alarmText(alarm: string, endpoint: string): string {
  if (alarm === "NOSPACE") {
    return "The database of etcd is full (NOSPACE): raise etcd's --quota-backend-bytes, or free space with " +
      "etcdctl defrag, then run etcdctl alarm disarm";
  }
  return `etcd at ${endpoint} reports the alarm ${alarm.replaceAll(/[^A-Z]/g, "")}: run etcdctl alarm list`;
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / MEBIBYTE);
}
