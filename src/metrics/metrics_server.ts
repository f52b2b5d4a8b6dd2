import type { Snapshot } from "../server/statistics.ts";
import { CONTENT_TYPE, exposition } from "./prometheus.ts";

export interface MetricsOptions {
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly version: string;
  /** Whether a `Host` is the server's own; a request with another gets a 403. */
  readonly isOwnHost: (host: string) => boolean;
  readonly snapshot: () => Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A request could not be answered, through no fault of whoever asked. */
  readonly failed: (error: unknown) => void;
}

export interface MetricsServer {
  readonly port: number;
  /** Whoever is connected is cut off. */
  close(): Promise<void>;
}

type Page = (options: MetricsOptions) => Response;

const PAGES: Readonly<Record<string, Page>> = { "/metrics": metrics, "/health": health };

const FOREIGN_HOST =
  "The Host of the request is no name of this server: ask by its address, or start it with --origin NAME\n";

/** Answers `GET /metrics` and `GET /health`. Throws what `Deno.serve` throws where it cannot listen. */
export function serveMetrics(options: MetricsOptions): MetricsServer {
  const { hostname, port, failed } = options;
  const ended = new AbortController();
  const server = Deno.serve({
    hostname,
    port,
    signal: ended.signal,
    onListen: () => {},
    onError(error) {
      failed(error);
      return text(500, "The figures cannot be had\n");
    },
  }, (request) => answer(request, options));
  return {
    port: server.addr.port,
    close() {
      ended.abort();
      return server.finished;
    },
  };
}

function answer({ method, url, headers }: Request, options: MetricsOptions): Response {
  const host = headers.get("host");
  // Every browser names a host. Health checks by HTTP/1.0 name none.
  if (host !== null && !options.isOwnHost(host)) return text(403, FOREIGN_HOST);
  const { pathname } = new URL(url);
  const page = Object.hasOwn(PAGES, pathname) ? PAGES[pathname] : undefined;
  if (page === undefined) return text(404, `There are ${Object.keys(PAGES).join(" and ")}\n`);
  if (method === "GET" || method === "HEAD") return page(options);
  return text(405, "It can be read, and nothing else\n", { allow: "GET, HEAD" });
}

function metrics({ version, snapshot }: MetricsOptions): Response {
  const body = exposition({ version, snapshot: snapshot(), memory: Deno.memoryUsage() });
  return text(200, body, { "content-type": CONTENT_TYPE });
}

/** For whoever decides whether to send people here: 503 as soon as the server is about to end. */
function health({ version, snapshot, now }: MetricsOptions): Response {
  const { state, connections, counted } = snapshot();
  const uptime = (now() - counted.since) / 1000;
  return Response.json({ status: state, uptime, connections, version }, {
    status: state === "ok" ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}

function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
