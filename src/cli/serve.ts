import { type HistoryStore, StoreError } from "../history/history_store.ts";
import { MemoryHistory } from "../history/memory.ts";
import { openSqliteHistory } from "../history/sqlite.ts";
import { DEFAULT_PORT } from "../protocol/endpoint.ts";
import { RESERVED_DESCRIPTORS } from "../protocol/limits.ts";
import { sanitizeLine } from "../protocol/sanitize.ts";
import { watchCore } from "../server/core_load.ts";
import { digest, IdSource } from "../server/ids.ts";
import type { Log } from "../server/log.ts";
import { Server, type ServerOptions } from "../server/server.ts";
import type { Listener } from "../transports/connection.ts";
import { FileReserve } from "../transports/descriptor_reserve.ts";
import { DEFAULT_HOST } from "./address.ts";
import { announceShared, NO_ANNOUNCE_OPTION } from "./announcing.ts";
import { type Arguments, badValue } from "./arguments.ts";
import { BOUND_OPTIONS, parseBounds } from "./bounds.ts";
import type { CommandSpec } from "./command.ts";
import { chooseFolder, DATA_OPTION, openInFolder } from "./data_folder.ts";
import { announce, type Doors, openDoors } from "./doors.ts";
import { EXIT, type ExitCode, Failure } from "./exit_codes.ts";
import { KEEP_OPTION, parseRetention } from "./keeping.ts";
import { LOG_OPTIONS, openLog } from "./log.ts";
import { type Metrics, METRICS_OPTION, type MetricsAddress, openMetrics, parseMetricsAddress } from "./metrics.ts";
import { ADMIN_PASSWORD_OPTION, givenAdminPassword, givenPassword, passwordOptions } from "./password.ts";
import { ORIGIN_OPTION, parseOrigins } from "./origin.ts";
import { TLS_OPTIONS } from "./server_certificate.ts";
import { onSignals } from "./signals.ts";
import { onUncaught } from "./uncaught.ts";
import { VERSION } from "./version.ts";
import { drawWords } from "./words.ts";

export const SERVE: CommandSpec = {
  name: "serve",
  operands: "",
  maxOperands: 0,
  summary: "Hosts a chat",
  options: [
    { name: "host", value: "ADDRESS", default: DEFAULT_HOST, help: "Address to listen on; 0.0.0.0 for everybody" },
    { name: "port", value: "N", default: String(DEFAULT_PORT), help: "Port to listen on; 0 takes a free one" },
    { name: "unix", value: "PATH", help: "Listens on a Unix socket as well" },
    { name: "no-tcp", help: "Listens on the Unix socket alone" },
    ORIGIN_OPTION,
    { name: "share", help: "All interfaces, TLS, a password in words, and an invite to send" },
    NO_ANNOUNCE_OPTION,
    ...passwordOptions("Password that others need"),
    ADMIN_PASSWORD_OPTION,
    ...TLS_OPTIONS,
    DATA_OPTION,
    { name: "memory", help: "Keeps nothing beyond the process" },
    KEEP_OPTION,
    { name: "sync", value: "normal|full", default: "normal", help: "full also survives a power cut, and is slower" },
    { name: "title", value: "TEXT", default: "Confab", help: "Name of the chat" },
    ...BOUND_OPTIONS,
    METRICS_OPTION,
    ...LOG_OPTIONS,
  ],
  examples: [
    { line: "serve", what: "a chat for this machine" },
    { line: "serve --share", what: "a chat for whoever gets its invite" },
    { line: "serve --host 0.0.0.0 --tls", what: "a chat for everybody on the network" },
  ],
  run: serve,
};

async function serve(args: Arguments): Promise<ExitCode> {
  return await host(args, ({ server, doors, metrics, log }) => {
    drainOnSignals(server, log, args.flag("quiet"));
    announce(doors, metrics, args.flag("share"), args.flag("quiet"));
  });
}

/** A server that listens. */
export interface Hosting {
  readonly server: Server;
  readonly doors: Doors;
  readonly metrics: Metrics | undefined;
  readonly log: Log;
}

/**
 * Hosts a chat as these arguments of `serve` ask, and resolves when it has drained. `begun` is called as soon as it listens:
 * on what was asked for, and on the listeners `inside` this program. Rejects with a failure.
 */
export async function host(
  args: Arguments,
  begun: (hosting: Hosting) => void,
  inside: readonly Listener[] = [],
): Promise<ExitCode> {
  const title = parseTitle(args);
  const bounds = parseBounds(args);
  const webHosts = parseOrigins(args);
  const metricsAddress = parseMetrics(args);
  const password = givenPassword(args);
  const adminPassword = givenAdminPassword(args);
  await using opened = await openLog(args);
  const { log } = opened;
  const history = openHistory(args, log);
  const doors = await openDoors(args, password, log).catch((error) => {
    history.close();
    throw error;
  });
  const server = new Server({
    title,
    version: VERSION,
    ...bounds,
    reserve: new FileReserve(RESERVED_DESCRIPTORS),
    history,
    access: accessOf(doors.password, adminPassword),
    newWords: drawWords,
    page: async () => await (await import("../page/page.ts")).buildPage(),
    webHosts,
    coreIsTaken: watchCore(),
    log,
  });
  onUncaught((error) => server.fail(error));
  for (const listener of [...doors.listeners, ...inside]) server.listen(listener);
  const metrics = metricsAddress && await openMetrics(metricsAddress, server, log).catch(async (error) => {
    await server.drain();
    throw error;
  });
  log("info", "started", {
    version: VERSION,
    history: args.flag("memory") ? "memory" : chooseFolder(args),
    rooms: history.rooms().length,
    addresses: doors.listeners.map((listener) => listener.address).join(" "),
    metrics: metrics?.urls.join(" "),
  });
  await using _announcing = announceShared(args, title, doors, log);
  begun({ server, doors, metrics, log });
  const failure = await server.ended;
  await metrics?.close();
  const { accepted, messages } = server.statistics;
  log("info", "drained", { accepted, messages });
  if (failure === undefined) return EXIT.fine;
  if (failure instanceof StoreError) throw new Failure(EXIT.cannotStore, failure.message, { cause: failure });
  throw failure;
}

function openHistory(args: Arguments, log: Log): HistoryStore {
  const retention = parseRetention(args);
  const sync = args.choice("sync", ["normal", "full"]) ?? "normal";
  const newServerId = new IdSource().next(Date.now());
  if (args.flag("memory")) return new MemoryHistory(retention, newServerId);
  return openInFolder(args, (folder) =>
    openSqliteHistory({
      folder,
      retention,
      sync,
      newServerId,
      onMigrated: (from, to) => log("info", "migrated", { from, to }),
      onPruned: (messages) => log("debug", "pruned", { messages }),
    }));
}

/** The server need not know the passwords themselves. */
function accessOf(password: string | undefined, adminPassword: string | undefined): ServerOptions["access"] {
  return {
    passwordDigest: password && digest(password),
    adminDigest: adminPassword && digest(adminPassword),
    inviteOnly: false,
  };
}

function parseTitle(args: Arguments): string {
  const title = args.text("title") ?? "Confab";
  if (title.length > 200 || sanitizeLine(title) !== title) {
    throw badValue("title", title, "one line of at most 200 characters");
  }
  return title;
}

/** Undefined where nobody asked for them. */
function parseMetrics(args: Arguments): MetricsAddress | undefined {
  const text = args.text("metrics");
  return text === undefined ? undefined : parseMetricsAddress(text, 0);
}

/** The first signal drains; a second one ends the program at once. */
function drainOnSignals(server: Server, log: Log, quiet: boolean): void {
  onSignals((count) => {
    if (count > 1) Deno.exit(EXIT.fine);
    log("info", "draining", { connections: server.snapshot().connections });
    if (!quiet) console.log("Shutting down: saying goodbye to everyone (again to end at once)");
    void server.drain();
  });
}
