import { isConfab, parseExposition, type Scrape } from "../../metrics/figures.ts";
import { MAX_METRICS_BYTES } from "../../protocol/limits.ts";
import { formatTcp } from "../../transports/tcp.ts";
import type { MetricsAddress } from "../hosting/metrics_endpoint.ts";

/** How long an answer may take. */
const TIMEOUT_MS = 5_000;

/**
 * Asks a server for its figures. Rejects with what is to be explained to a person. By HTTP 1.0 (RFC 1945), whose answer ends
 * with the connection: `fetch` would ask a proxy for the machine's own port, and on Deno 2.7 `node:http` cannot break an answer off.
 */
export async function scrape({ host, port }: MetricsAddress): Promise<Scrape> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  using conn = await Deno.connect({ hostname: host, port, signal });
  const late = Promise.withResolvers<never>();
  const give = () => late.reject(signal.reason);
  signal.addEventListener("abort", give);
  try {
    const answer = await Promise.race([ask(conn, formatTcp(host, port)), late.promise]);
    if (/^HTTP\/1\.[01] 403 /.test(answer)) throw new Error(FOREIGN_HOST);
    const samples = parseExposition(answer);
    if (!isConfab(samples)) throw new Error("the answer is not from Confab metrics: check the port");
    return { at: Date.now(), samples };
  } finally {
    signal.removeEventListener("abort", give);
  }
}

const FOREIGN_HOST = "the server does not know this host name: use its IP address, or start it with --origin NAME";

/** The answer with its head, of which no line looks like a figure. */
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
