import { isConfab, parseExposition, type Scrape } from "../../metrics/figures.ts";
import { MAX_METRICS_BYTES } from "../../protocol/limits.ts";
import { formatTcp } from "../../transports/tcp.ts";
import type { MetricsAddress } from "../hosting/metrics_endpoint.ts";

/** How long a reply may take. */
const TIMEOUT_MS = 5_000;

/**
 * Requests the metrics of a server. Rejects with an error for `explain`. Uses HTTP 1.0 (RFC 1945),
 * whose reply ends with the connection: `fetch` would use a proxy even for this machine, and
 * `node:http` of Deno 2.7 cannot abort a reply.
 */
export async function scrape({ host, port }: MetricsAddress): Promise<Scrape> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  using conn = await Deno.connect({ hostname: host, port, signal });
  const timeout = Promise.withResolvers<never>();
  const onTimeout = () => timeout.reject(signal.reason);
  signal.addEventListener("abort", onTimeout);
  try {
    const answer = await Promise.race([ask(conn, formatTcp(host, port)), timeout.promise]);
    if (/^HTTP\/1\.[01] 403 /.test(answer)) throw new Error(FOREIGN_HOST);
    const samples = parseExposition(answer);
    if (!isConfab(samples)) throw new Error("the answer is not from Confab metrics: check the port");
    return { at: Date.now(), samples };
  } finally {
    signal.removeEventListener("abort", onTimeout);
  }
}

const FOREIGN_HOST = "the server does not know this host name: use its IP address, or start it with --origin NAME";

/** The reply including its head, whose lines never look like metrics. */
async function ask(conn: Deno.Conn, host: string): Promise<string> {
  const request = new TextEncoder().encode(`GET /metrics HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
  for (let rest = request; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    bytes += count;
    if (bytes > MAX_METRICS_BYTES) throw new Error("the answer is too long for metrics: check the port");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}
