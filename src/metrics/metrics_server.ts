import type { Frame } from "../framing/frame.ts";
import { encodeResponse, type HttpResponse, textResponse } from "../framing/http/http_response.ts";
import { type HttpRequest, parseRequest } from "../framing/http/http_request.ts";
import { MAX_HTTP_HEAD_BYTES } from "../protocol/limits.ts";
import type { Snapshot } from "../server/monitor/statistics.ts";
import type { Listener } from "../transports/connection.ts";
import type { ClusterFigures } from "./cluster_figures.ts";
import { HttpServer } from "./http_server.ts";
import { CONTENT_TYPE, exposition } from "./prometheus.ts";

export interface MetricsOptions {
  /** Readers connect to it. The server closes it. */
  readonly listener: Listener;
  readonly version: string;
  /** Whether a `Host` is the server's own; a request with another gets a 403. */
  readonly isOwnHost: (host: string) => boolean;
  readonly snapshot: () => Snapshot;
  /** Absent for a server in no cluster. */
  readonly cluster?: (() => ClusterFigures | undefined) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when an internal error prevents a response. */
  readonly failed: (error: unknown) => void;
  /** Called when `accept` has failed. The server tries again after a pause. */
  readonly acceptFailed: (error: unknown) => void;
}

export interface MetricsServer {
  /** Closes all connections at once. */
  close(): Promise<void>;
}

type Page = (options: MetricsOptions) => HttpResponse;

const PAGES: Readonly<Record<string, Page>> = { "/metrics": metrics, "/health": health };
const VERSIONS: readonly string[] = ["1.0", "1.1"];

const FOREIGN_HOST =
  "The Host of the request is not a name of this server: use its address, or start it with --origin NAME";

/** Answers `GET /metrics` and `GET /health`, one request for each connection. */
export function serveMetrics(options: MetricsOptions): MetricsServer {
  const { listener, acceptFailed } = options;
  return new HttpServer({ listener, acceptFailed, answer: (first) => answerTo(first, options) });
}

function answerTo(first: Frame, options: MetricsOptions): Uint8Array {
  const head = typeof first === "string" ? first : "";
  if (head.length > MAX_HTTP_HEAD_BYTES) return encodeResponse(TOO_LARGE, true);
  const request = parseRequest(head);
  if (request === undefined) return encodeResponse(MALFORMED, true);
  return encodeResponse(answer(request, options), request.method !== "HEAD");
}

const TOO_LARGE = textResponse(
  431,
  `The head of the request is longer than ${MAX_HTTP_HEAD_BYTES} bytes: send fewer headers`,
);
const MALFORMED = textResponse(400, "This is not a valid HTTP request");

function answer({ method, path, version, headers }: HttpRequest, options: MetricsOptions): HttpResponse {
  if (!VERSIONS.includes(version)) return textResponse(505, `HTTP ${version} is not supported: use HTTP 1.1`);
  const host = headers.get("host");
  // Every browser sends a Host. Health checks by HTTP/1.0 send none.
  if (host !== undefined && !options.isOwnHost(host)) return textResponse(403, FOREIGN_HOST);
  const page = pageAt(path);
  if (page === undefined) return textResponse(404, `Not found: the pages are ${Object.keys(PAGES).join(" and ")}`);
  if (method === "GET" || method === "HEAD") return read(page, options);
  return textResponse(405, "Method not allowed: use GET or HEAD", { "Allow": "GET, HEAD" });
}

/** The target of a request may be a whole URL: RFC 9112, section 3.2.2. */
function pageAt(target: string): Page | undefined {
  const path = target.replace(/^http:\/\/[^/]*/i, "");
  return Object.hasOwn(PAGES, path) ? PAGES[path] : undefined;
}

function read(page: Page, options: MetricsOptions): HttpResponse {
  try {
    return page(options);
  } catch (error) {
    options.failed(error);
    return textResponse(500, "The metrics could not be read: see the server's log");
  }
}

function metrics({ version, snapshot, cluster }: MetricsOptions): HttpResponse {
  const text = exposition({ version, snapshot: snapshot(), memory: Deno.memoryUsage(), cluster: cluster?.() });
  return { status: 200, headers: { "Content-Type": CONTENT_TYPE }, body: ENCODER.encode(text) };
}

const ENCODER = new TextEncoder();

/** For load balancers: 503 once the server drains, also after a failure, and while it waits for its cluster. */
function health({ version, snapshot, cluster, now }: MetricsOptions): HttpResponse {
  const { state, connections, counted } = snapshot();
  const uptime = (now() - counted.since) / 1000;
  const text = JSON.stringify({ status: state, uptime, connections, version, cluster: cluster?.() });
  const headers = { "Content-Type": "application/json" };
  return { status: state === "ok" ? 200 : 503, headers, body: ENCODER.encode(text) };
}
