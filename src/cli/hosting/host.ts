/** Hosts a chat. This module loads the whole server; commands that only join must not import it. */

import { type HistoryStore, StoreError } from "../../history/store.ts";
import { MemoryHistory } from "../../history/memory/memory_history.ts";
import { openSqliteHistory } from "../../history/sqlite/sqlite_history.ts";
import { MAX_METRICS_CONNECTIONS, RESERVED_DESCRIPTORS } from "../../protocol/limits.ts";
import { MANUAL_PATH } from "../../protocol/address/page_paths.ts";
import { watchCore } from "../../server/monitor/process_load.ts";
import { digest, newIdSource } from "../../server/turn/ids.ts";
import type { Log } from "../../server/monitor/log_events.ts";
import type { ClusterMembership } from "../cluster/cluster_membership.ts";
import { openClusterParts } from "../cluster/cluster_parts.ts";
import type { ReplicaFailure } from "../../cluster/replica/replica_failure.ts";
import { hasData, removeData } from "../cluster/newcomer.ts";
import { openMembership, openShared, type SettingsRefusal } from "../cluster/shared_host.ts";
import { Server, type ServerOptions } from "../../server/server.ts";
import { garbageCollection } from "../platform/garbage_collection.ts";
import type { Listener } from "../../transports/connection.ts";
import { TlsListener } from "../../transports/tls_listener.ts";
import { FileReserve } from "../../transports/descriptor_reserve.ts";
import { announceShared } from "./share_announcement.ts";
import type { Arguments } from "../args/arguments.ts";
import { storeFailure } from "./data_folder.ts";
import { HOST_CONTEXT, type HostPlan, planHost } from "./host_plan.ts";
import { pageUnlessRefused } from "./page_files.ts";
import { CertificateRenewal, watchCertificate } from "./certificate_renewal.ts";
import { MEMORY_OWNER, openFiles, removeOwner } from "./file_folder.ts";
import { type Endpoints, openEndpoints, printAddresses, renewReach } from "./endpoints.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { openLog } from "../log/log_options.ts";
import { type Metrics, openMetrics } from "./metrics_endpoint.ts";
import { ownLocalNames } from "../platform/machine_addresses.ts";
import { onServiceSignals } from "../platform/process_signals.ts";
import { onUncaught, VERSION } from "../platform/program.ts";
import { drawPassphrase } from "../invites/passphrase.ts";

/** Runs the command `serve`. */
export async function serve(args: Arguments): Promise<ExitCode> {
  const plan = planHost(args, HOST_CONTEXT);
  let current: Hosting | undefined;
  return await host(plan, (started) => {
    // A server that fetches a copy of another one's data starts again in the same program.
    const isFirst = current === undefined;
    current = started;
    if (isFirst) obeySignals(() => current!, plan.quiet);
    printAddresses(started.endpoints, started.metrics, plan.share, plan.quiet);
  });
}

/** A running server. */
export interface Hosting {
  readonly server: Server;
  readonly endpoints: Endpoints;
  readonly metrics: Metrics | undefined;
  readonly log: Log;
  /** Opens the log file again, and reads the files of the certificate again. */
  readonly reload: () => void;
}

/**
 * Hosts a chat by a plan, and resolves when the server has drained. Calls
 * `onStarted` once the server listens on its addresses and on the listeners `inside` this program.
 * Rejects with a failure.
 */
export async function host(
  plan: HostPlan,
  onStarted: (hosting: Hosting) => void,
  inside: readonly Listener[] = [],
): Promise<ExitCode> {
  let outcome: ExitCode | SecondStart = {};
  while (typeof outcome === "object") outcome = await hostOnce(plan, onStarted, inside, outcome);
  return outcome;
}

/** The server's data cannot be continued: it starts again, and fetches a copy of another server's in their place. */
interface SecondStart {
  /** Then it is not sure whether a copy helps. */
  readonly refusal?: SettingsRefusal;
}

async function hostOnce(
  plan: HostPlan,
  onStarted: (hosting: Hosting) => void,
  inside: readonly Listener[],
  { refusal }: SecondStart,
): Promise<ExitCode | SecondStart> {
  const start = { isNew: plan.cluster !== undefined && !hasData(plan.folder!), wasRefused: refusal !== undefined };
  await using opened = await openLog(plan.log);
  const { log } = opened;
  using cluster = plan.cluster && await openClusterParts(plan.cluster, log);
  const history = cluster === undefined
    ? openHistory(plan, log)
    : await openShared({ plan, parts: cluster, log, refusal }, () => openHistory(plan, log));
  const closed = (error: unknown) => {
    history.close();
    throw error;
  };
  const owner = plan.folder === undefined ? MEMORY_OWNER : history.serverId;
  await using files = await openFiles(plan.files, owner).catch(closed);
  const endpoints = await openEndpoints(plan, log).catch(closed);
  const access = accessOf(endpoints.password, plan.adminPassword);
  await using membership = cluster &&
    openMembership(plan, { parts: cluster, history, endpoints, access, files: files.options, log });
  const parts = { history, files: files.options, access, log, ...membership?.serverOptions };
  const server = new Server({ ...serverOptions(plan), ...parts });
  onUncaught((error) => server.fail(error));
  for (const listener of [...endpoints.listeners, ...inside]) server.listen(listener);
  void membership?.failed.then((failure) => {
    if (!startsAgain(failure, start)) log("error", "cluster failed", { error: failure.message });
    void server.drain();
  });
  await Promise.race([membership?.takesPart, server.ended]);
  const running = { server, endpoints, membership, history, log, reopenLog: () => opened.reopen() };
  const failure = membership?.failure === undefined ? await runUntilEnd(plan, running, onStarted) : undefined;
  if (membership?.failure !== undefined) return afterParting(plan, membership, membership.failure, start);
  if (failure === undefined) return EXIT.fine;
  if (failure instanceof StoreError) throw new Failure(EXIT.cannotStore, failure.message, { cause: failure });
  throw failure;
}

/** The options of a server that do not depend on its data. */
function serverOptions(plan: HostPlan) {
  return {
    title: plan.title,
    version: VERSION,
    ...plan.bounds,
    reserve: new FileReserve(RESERVED_DESCRIPTORS + (plan.metrics === undefined ? 0 : MAX_METRICS_CONNECTIONS)),
    newWords: drawPassphrase,
    page: () =>
      pageUnlessRefused(async () =>
        await (await import("../../page/page.ts")).buildPage({ title: plan.title, pause: turnOfEventLoop })
      ),
    manual: (topic: Parameters<NonNullable<ServerOptions["manual"]>>[0]) =>
      pageUnlessRefused(async () => {
        return await (await import("../../page/manual_page.ts")).buildManualPage(topic, MANUAL_PATH);
      }),
    webHosts: webHostsOf(plan),
    isProxy: plan.proxies.isProxy,
    coreIsTaken: watchCore(),
    collect: garbageCollection(),
  } satisfies Partial<ServerOptions>;
}

function webHostsOf({ origins }: HostPlan): string[] {
  return [...origins, ...ownLocalNames()];
}

/** A server that listens, and takes part in its cluster if it has one. */
interface RunningServer extends Pick<Hosting, "server" | "endpoints" | "log"> {
  readonly membership: ClusterMembership | undefined;
  readonly history: HistoryStore;
  readonly reopenLog: () => void;
}

/** Opens what belongs to a running server, and closes it when the server has ended. Resolves with the failure of the server. */
async function runUntilEnd(
  plan: HostPlan,
  { server, endpoints, membership, history, log, reopenLog }: RunningServer,
  onStarted: (hosting: Hosting) => void,
): Promise<Error | undefined> {
  if (membership !== undefined) endpoints.reach = { ...endpoints.reach, others: membership.servers.slice(1) };
  const measured = { server, log, webHosts: webHostsOf(plan), cluster: membership && (() => membership.figures) };
  const metrics = plan.metrics && await openMetrics(plan.metrics, measured).catch(async (error) => {
    await server.drain();
    throw error;
  });
  log("info", "started", {
    version: VERSION,
    history: plan.folder ?? "memory",
    rooms: history.rooms().length,
    addresses: endpoints.listeners.map((listener) => listener.address).join(" "),
    metrics: metrics?.urls.join(" "),
  });
  // Finders show the servers of a cluster as one chat.
  await using announcement = announceShared(plan, endpoints, log, membership && history.serverId);
  const ended = new AbortController();
  const renewal = renewalOf(plan, endpoints, log, () => announcement.restart());
  if (renewal !== undefined) watchCertificate(renewal, ended.signal);
  const reload = () => {
    reopenLog();
    log("info", "reloaded");
    void renewal?.reload();
  };
  onStarted({ server, endpoints, metrics, log, reload });
  const failure = await server.ended;
  ended.abort();
  await metrics?.close();
  const { accepted, messages } = server.statistics;
  log("info", "drained", { accepted, messages });
  return failure;
}

interface StartState {
  /** Whether it had no data. */
  readonly isNew: boolean;
  /** Whether it has started again because the chat went by other options. */
  readonly wasRefused: boolean;
}

/** Starts a server again that takes no part in its cluster any more, if a copy may help. Throws a failure otherwise. */
function afterParting(
  { folder, files }: HostPlan,
  { settings }: Pick<ClusterMembership, "settings">,
  failure: ReplicaFailure,
  start: StartState,
): SecondStart {
  const { kind, message } = failure;
  if (!startsAgain(failure, start)) throw new Failure(exitOf(failure), message, { cause: failure });
  if (kind === "settings") return { refusal: { settings, message } };
  if (kind === "trimmed") return {};
  // Another server has founded the chat at the same time.
  removeData(folder!);
  if (files !== undefined) removeOwner(files.folder);
  return {};
}

/** A service manager starts a server again that has failed by itself, but none at which an operator must look. */
function exitOf({ kind }: ReplicaFailure): ExitCode {
  return kind === "store" ? EXIT.cannotStore : kind === "internal" ? EXIT.bug : EXIT.outOfCluster;
}

/** Whether a copy of another server's data may help, and loses nothing that only this server has. */
function startsAgain({ kind }: ReplicaFailure, { isNew, wasRefused }: StartState): boolean {
  if (kind === "settings") return !wasRefused;
  return kind === "trimmed" || isNew && (kind === "otherChat" || kind === "needsCopy");
}

/** The renewal of the certificate from `--cert` and `--key`; `undefined` without them. */
function renewalOf(
  plan: HostPlan,
  endpoints: Endpoints,
  log: Log,
  onRenewed: () => void,
): CertificateRenewal | undefined {
  const listener = endpoints.listeners.find((listener) => listener instanceof TlsListener);
  if (plan.certificate.kind !== "files" || listener === undefined) return undefined;
  return new CertificateRenewal({
    files: plan.certificate,
    certificate: endpoints.certificate!,
    replace: (pair) => listener.replace(pair, turnOfEventLoop),
    renewed: ({ fingerprint }) => {
      renewReach(endpoints, fingerprint, plan, log);
      onRenewed();
    },
    log,
  });
}

/** Resolves after the event loop has polled its sockets, which it does before each timer. */
function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function openHistory({ folder, retention, sync, cluster }: HostPlan, log: Log): HistoryStore {
  const newServerId = newIdSource().next(Date.now());
  if (folder === undefined) return new MemoryHistory(retention, newServerId);
  try {
    return openSqliteHistory({
      folder,
      retention,
      sync,
      newServerId,
      checkpoints: cluster !== undefined,
      onMigrated: (from, to) => log("info", "migrated", { from, to }),
      onPruned: (messages) => log("debug", "pruned", { messages }),
    });
  } catch (error) {
    throw storeFailure(error);
  }
}

/** The server gets only the digests of the passwords. */
function accessOf(password: string | undefined, adminPassword: string | undefined): ServerOptions["access"] {
  return {
    passwordDigest: password && digest(password),
    adminDigest: adminPassword && digest(adminPassword),
    inviteOnly: false,
  };
}

/** Drains the current server at the first signal to end, and ends the program at the second. Without a window, SIGHUP reloads. */
function obeySignals(current: () => Hosting, quiet: boolean): void {
  onServiceSignals((count) => {
    if (count > 1) Deno.exit(EXIT.fine);
    const { server, log } = current();
    log("info", "draining", { connections: server.snapshot().connections });
    if (!quiet) console.log("Shutting down: disconnecting everyone (Ctrl-C again stops at once)");
    void server.drain();
  }, () => current().reload());
}
