import { get, type IncomingMessage } from "node:http";
import { isConfab, type Scrape } from "../metrics/figures.ts";
import { parseExposition } from "../metrics/samples.ts";
import { MAX_METRICS_BYTES } from "../protocol/limits.ts";
import type { MetricsAddress } from "./metrics.ts";

/** How long an answer may take. */
const TIMEOUT_MS = 5_000;

/** Asks a server for its figures. Rejects with what is to be told to a person, or explained to them. No proxy is asked, as `fetch` would. */
export async function scrape({ host, port }: MetricsAddress): Promise<Scrape> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = Promise.withResolvers<IncomingMessage>();
  get({ host, port, path: "/metrics", agent: false, signal }, response.resolve).on("error", response.reject);
  try {
    const samples = parseExposition(await bodyOf(await response.promise));
    if (!isConfab(samples)) throw new Error("what answers there is no Confab's metrics; is the port right?");
    return { at: Date.now(), samples };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > MAX_METRICS_BYTES) break;
    chunks.push(chunk);
  }
  return await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text();
}
