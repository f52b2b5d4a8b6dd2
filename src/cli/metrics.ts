import { ownHosts } from "../protocol/own_hosts.ts";
import { sanitizeLine } from "../protocol/sanitize.ts";
import { type Log, stackOf } from "../server/log.ts";
import { watchLoopDelay } from "../server/loop_delay.ts";
import type { Server } from "../server/server.ts";
import { formatTcp } from "../transports/tcp.ts";
import { DEFAULT_HOST, parseTcp } from "./address.ts";
import type { OptionSpec } from "./command.ts";
import { EXIT, Failure } from "./exit_codes.ts";
import { explain } from "./faults.ts";
import { isBeyondLoopback, reachable } from "./joining.ts";
import { VERSION } from "./version.ts";

export const METRICS_OPTION: OptionSpec = {
  name: "metrics",
  value: "ADDRESS",
  help: "Serves figures for Prometheus and top, as on 9464",
};

export const DEFAULT_METRICS_PORT = 9464;

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** `port`, `host:port` or `host`, also as the URL that `serve` prints. Throws a usage failure. */
export function parseMetricsAddress(text: string, minPort: 0 | 1): MetricsAddress {
  const bare = text.replace(/^http:\/\//, "").replace(/\/(metrics)?$/, "");
  const form = { port: DEFAULT_METRICS_PORT, minPort, forms: "PORT, HOST:PORT or [IPV6]:PORT" };
  return parseTcp(/^\d+$/.test(bare) ? `${DEFAULT_HOST}:${bare}` : bare, form);
}

export interface Metrics {
  /** Where they are, a URL each. */
  readonly urls: readonly string[];
  /** Whether others than this machine may get there. */
  readonly open: boolean;
  close(): Promise<void>;
}

/** The server whose figures are served, and the log of faults. */
export interface Measured {
  readonly server: Server;
  readonly log: Log;
  /** Names by which the server may be asked, beside its addresses. */
  readonly webHosts: readonly string[];
}

/** Serves the server's figures there until it is closed. Rejects with a failure where it cannot listen. */
export async function openMetrics(
  { host, port }: MetricsAddress,
  { server, log, webHosts }: Measured,
): Promise<Metrics> {
  // Loaded here, since most servers run without it.
  const { serveMetrics } = await import("../metrics/metrics_server.ts");
  const failed = (error: unknown) => log("error", "bug", { stack: stackOf(error) });
  const options = { hostname: host, version: VERSION, snapshot: () => server.snapshot(), now: Date.now, failed };
  const http = listening(host, port, () => serveMetrics({ ...options, port, isOwnHost: ownHosts(webHosts) }));
  const watch = watchLoopDelay(server.statistics.loopDelay);
  const addresses = reachable(formatTcp(host, http.port));
  return {
    urls: addresses.map((address) => `http://${address}/metrics`),
    open: addresses.some(isBeyondLoopback),
    close() {
      watch[Symbol.dispose]();
      return http.close();
    },
  };
}

function listening<T>(host: string, port: number, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    const where = `${sanitizeLine(host)} port ${port}`;
    throw new Failure(
      EXIT.cannotListen,
      `Cannot serve metrics on ${where}: ${explain(error)}; choose another with --metrics`,
      { cause: error },
    );
  }
}
