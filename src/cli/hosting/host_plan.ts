/**
 * Resolves the arguments of `serve` into a plan, before anything is opened or listened on.
 * Everything that a plan depends on, besides the arguments, comes from a `HostContext`.
 */

import type { Retention } from "../../history/store.ts";
import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import { DEFAULT_FILES_TOTAL_BYTES } from "../../protocol/limits.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import { type Arguments, badValue } from "../args/arguments.ts";
import { type Bounds, parseBounds } from "../args/bound_options.ts";
import { type ClusterPlan, parseCluster } from "../args/cluster_options.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { type FilePlan, parseFileAge, parseFiles } from "../args/file_options.ts";
import { givenAdminPassword, givenPassword } from "../args/password_options.ts";
import { isHost, parseOrigins, parseProxies, parseRetention, type ProxyPlan } from "../args/serve_options.ts";
import { hasOnlyV6 } from "../platform/machine_addresses.ts";
import { type LogPlan, planLog } from "../log/log_options.ts";
import { openInFolder } from "./data_folder.ts";
import type { ListenPlan } from "./listen_all.ts";
import { type MetricsAddress, parseMetricsAddress } from "./metrics_endpoint.ts";
import type { CertificatePlan } from "./server_certificate.ts";

/** All addresses of this machine: by IPv4, or by IPv6 as well where the system says so. */
const EVERYWHERE = { v4: "0.0.0.0", v6: "::" } as const;
const MAX_TITLE_CHARS = 200;

/** Inputs of a plan besides the arguments. Each function throws a failure. */
export interface HostContext {
  readonly givenPassword: (args: Arguments) => string | undefined;
  readonly givenAdminPassword: (args: Arguments) => string | undefined;
  readonly dataFolder: (args: Arguments) => string;
  /** Whether this machine has addresses of IPv6 only, besides loopback. */
  readonly hasOnlyV6: () => boolean;
}

/** The context of the running program. */
export const HOST_CONTEXT: HostContext = {
  givenPassword: (args) => givenPassword(args),
  givenAdminPassword: (args) => givenAdminPassword(args),
  dataFolder: (args) => openInFolder(args, (folder) => folder),
  hasOnlyV6,
};

/** Everything that `serve` needs to know before it runs. */
export interface HostPlan {
  readonly title: string;
  readonly bounds: Bounds;
  /** Host names that browsers may use, besides the machine's own. */
  readonly origins: readonly string[];
  readonly proxies: ProxyPlan;
  /** Absent if metrics are not served. */
  readonly metrics: MetricsAddress | undefined;
  readonly password: string | undefined;
  readonly adminPassword: string | undefined;
  /** `undefined` keeps everything in memory. */
  readonly folder: string | undefined;
  readonly retention: Retention;
  /** `undefined` if members send no files. */
  readonly files: FilePlan | undefined;
  readonly sync: "normal" | "full";
  /** `undefined` for a chat on one server. */
  readonly cluster: ClusterPlan | undefined;
  readonly listen: ListenPlan;
  readonly certificate: CertificatePlan;
  /** Whether the server gets a passphrase and an invite. */
  readonly share: boolean;
  /** Whether the server is announced on the network. */
  readonly announce: boolean;
  readonly quiet: boolean;
  readonly log: LogPlan;
}

/** Resolves `serve`. Throws a usage failure, or a failure if the data folder is unknown. */
export function planHost(args: Arguments, context: HostContext): HostPlan {
  const share = args.flag("share");
  const folder = args.flag("memory") ? undefined : context.dataFolder(args);
  const cluster = parseCluster(args, folder);
  return {
    title: parseTitle(args),
    bounds: parseBounds(args),
    origins: parseOrigins(args),
    proxies: parseProxies(args),
    metrics: parseMetrics(args),
    password: context.givenPassword(args),
    adminPassword: context.givenAdminPassword(args),
    listen: planListeners(args, share, context),
    certificate: planCertificate(args, share),
    folder,
    retention: { ...parseRetention(args), maxFileAgeMs: parseFileAge(args) },
    files: sharedFiles(parseFiles(args, folder), cluster),
    sync: args.choice("sync", ["normal", "full"]) ?? "normal",
    cluster,
    share,
    announce: share && !args.flag("no-announce"),
    quiet: args.flag("quiet"),
    log: planLog(args),
  };
}

/** The servers of a cluster need one limit, which does not depend on the disk of each. */
function sharedFiles(files: FilePlan | undefined, cluster: ClusterPlan | undefined): FilePlan | undefined {
  if (files === undefined || cluster === undefined) return files;
  return { ...files, totalBytes: files.totalBytes ?? DEFAULT_FILES_TOTAL_BYTES };
}

function parseTitle(args: Arguments): string {
  const title = args.text("title") ?? "Confab";
  if (title.length > MAX_TITLE_CHARS || sanitizeLine(title) !== title) {
    throw badValue("title", title, `one line of at most ${MAX_TITLE_CHARS} characters`);
  }
  return title;
}

function parseMetrics(args: Arguments): MetricsAddress | undefined {
  const text = args.text("metrics");
  return text === undefined ? undefined : parseMetricsAddress(text, 0);
}

function planListeners(args: Arguments, share: boolean, { hasOnlyV6 }: HostContext): ListenPlan {
  const path = args.text("unix");
  const host = args.text("host") ?? (share ? everywhere(hasOnlyV6()) : DEFAULT_HOST);
  const port = args.number("port", 0, 65_535) ?? DEFAULT_PORT;
  if (!isHost(host)) throw badValue("host", host, "an IP address or a host name, without a port");
  if (!args.flag("no-tcp")) return { tcp: { host, port }, path };
  if (path === undefined) throw new Failure(EXIT.usage, "Option --no-tcp leaves nothing to listen on: add --unix PATH");
  if (share) {
    throw new Failure(EXIT.usage, "Options --share and --no-tcp cannot be combined: use only one of them");
  }
  return { path };
}

function everywhere(onlyV6: boolean): string {
  return onlyV6 ? EVERYWHERE.v6 : EVERYWHERE.v4;
}

function planCertificate(args: Arguments, share: boolean): CertificatePlan {
  const cert = args.text("cert");
  const key = args.text("key");
  if (cert !== undefined && key !== undefined) return { kind: "files", cert, key };
  if (cert !== undefined || key !== undefined) {
    throw new Failure(EXIT.usage, "Options --cert and --key must be used together: give both or neither");
  }
  return { kind: share || args.flag("tls") ? "own" : "none" };
}
