import { memoryOf } from "./processes.ts";
import type { Site } from "./site.ts";
import { Transfers } from "./transfers.ts";

const COUNTS = [1, 5, 10];
/** Until the buffers of all transfers are in use. */
const SETTLE_MS = 3_000;
const SAMPLES = 10;
const SAMPLE_MS = 100;

/** Resident memory of the server in MB: before any transfer, beside 2, 10 and 20 of them, and what each of the last costs. */
export async function measureMemory(site: Site): Promise<Record<string, Record<string, number>>> {
  const found: Record<string, Record<string, number>> = {};
  for (const [name, tls] of [["plain", false], ["tls", true]] as const) {
    const { pid } = site.served(tls).program;
    const rss: Record<string, number> = { idle: Math.round(await memoryOf(pid)) };
    for (const count of COUNTS) {
      await using _running = await Transfers.start(site, { tls, count, more: "--limit-rate 6M" });
      rss[`${2 * count} transfers`] = Math.round(await highest(pid));
    }
    const [one, all] = [COUNTS[0]!, COUNTS.at(-1)!];
    const cost = (rss[`${2 * all} transfers`]! - rss[`${2 * one} transfers`]!) / (2 * (all - one));
    found[name] = { ...rss, each: Math.round(10 * cost) / 10 };
    console.error(`memory with ${name} transfers, in MB`, JSON.stringify(found[name]));
  }
  return found;
}

async function highest(pid: number): Promise<number> {
  await pause(SETTLE_MS);
  let most = 0;
  for (let nth = 0; nth < SAMPLES; nth++) {
    most = Math.max(most, await memoryOf(pid));
    await pause(SAMPLE_MS);
  }
  return most;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
