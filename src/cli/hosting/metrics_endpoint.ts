import { ownHosts } from "../../protocol/address/own_hosts.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { type Log, stackOf } from "../../server/monitor/log_events.ts";
import { watchLoopDelay } from "../../server/monitor/process_load.ts";
import { ThrottledLog } from "../../server/monitor/throttled_log.ts";
import type { MetricsOptions } from "../../metrics/metrics_server.ts";
import type { Server } from "../../server/server.ts";
import type { Listener } from "../../transports/connection.ts";
import { listenTcp } from "../../transports/tcp.ts";
import { DEFAULT_HOST, parseTcp } from "../args/address.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { hiddenOccupantOf } from "./port_probe.ts";
import { isBeyondLoopback, reachable } from "../invites/reachability.ts";
import { VERSION } from "../platform/program.ts";

export const METRICS_OPTION: OptionSpec = {
  name: "metrics",
  value: "ADDRESS",
  help: "Serves metrics for Prometheus and top, for example on 9464",
};

export const DEFAULT_METRICS_PORT = 9464;

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** Parses `port`, `host:port`, `host`, or the URL that `serve` prints. Throws a usage failure. */
export function parseMetricsAddress(text: string, minPort: 0 | 1): MetricsAddress {
  const bare = text.replace(/^http:\/\//, "").replace(/\/(metrics)?$/, "");
  const form = { port: DEFAULT_METRICS_PORT, minPort, forms: "PORT, HOST:PORT or [IPV6]:PORT" };
  return parseTcp(/^\d+$/.test(bare) ? `${DEFAULT_HOST}:${bare}` : bare, form);
}

export interface Metrics {
  /** The URLs of the metrics. */
  readonly urls: readonly string[];
  /** Whether other machines may reach the metrics. */
  readonly open: boolean;
  close(): Promise<void>;
}

/** The server whose metrics are served, and the log for errors. */
export interface Measured {
  readonly server: Server;
  readonly log: Log;
  /** Host names that a request may use, besides the addresses. */
  readonly webHosts: readonly string[];
  /** Absent for a server in no cluster. */
  readonly cluster?: MetricsOptions["cluster"];
}

/** Serves the metrics until they are closed. Rejects with a failure if the address cannot be listened on. */
export async function openMetrics(
  { host, port }: MetricsAddress,
  { server, log, webHosts, cluster }: Measured,
): Promise<Metrics> {
  // Loaded here because most servers run without metrics.
  const { serveMetrics } = await import("../../metrics/metrics_server.ts");
  const listener = await listening(host, port);
  const rareLog = new ThrottledLog(log);
  const http = serveMetrics({
    listener,
    version: VERSION,
    isOwnHost: ownHosts(webHosts),
    snapshot: () => server.snapshot(),
    cluster,
    now: Date.now,
    failed: (error) => log("error", "internal error", { stack: stackOf(error) }),
    acceptFailed: (error) => logFailedAccept(rareLog, listener, error),
  });
  const watch = watchLoopDelay(server.statistics.loopDelay);
  const addresses = reachable(listener.address);
  return {
    urls: addresses.map((address) => `http://${address}/metrics`),
    open: addresses.some(isBeyondLoopback),
    async close() {
      watch[Symbol.dispose]();
      await http.close();
      rareLog.flush();
    },
  };
}

async function listening(host: string, port: number): Promise<Listener> {
  try {
    const occupant = await hiddenOccupantOf({ host, port });
    if (occupant !== undefined) throw new Deno.errors.AddrInUse(`Another program answers at ${occupant}`);
    return listenTcp(host, port);
  } catch (error) {
    const where = `${sanitizeLine(host)} port ${port}`;
    throw new Failure(
      EXIT.cannotListen,
      `Cannot serve metrics on ${where}: ${explain(error)}; choose another with --metrics`,
      { cause: error },
    );
  }
}

/** With too few descriptors every attempt fails, so repetitions are counted and logged together. */
function logFailedAccept(rareLog: ThrottledLog, { address }: Listener, error: unknown): void {
  const now = Date.now();
  rareLog.tick(now);
  rareLog.log(now, "warn", "accept failed", { address, error: String(error) });
}
