import process from "node:process";
import { LOOP_DELAY_INTERVAL_MS } from "../../protocol/limits.ts";
import type { Histogram } from "./statistics.ts";

/** A process that uses more than this share of a core counts as using all of it: the rest is waiting for the disk. */
const TAKEN_SHARE = 0.8;

/** Returns a function that tells whether the process used a whole core since its last call. Both arguments return milliseconds. */
export function watchCore(used = usedMs, now = () => performance.now()): () => boolean {
  let [lastUsed, last] = [used(), now()];
  return () => {
    const [newUsed, newNow] = [used(), now()];
    const isTaken = newUsed - lastUsed > TAKEN_SHARE * (newNow - last);
    [lastUsed, last] = [newUsed, newNow];
    return isTaken;
  };
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * Observes how late timers fire, until disposed: every connection waits that long for the event loop.
 * Deno's `monitorEventLoopDelay` does not suffice: on 2.7 and 2.9 it does not see a loop that was busy for 60 ms.
 */
export function watchLoopDelay(histogram: Histogram): Disposable {
  let due = performance.now() + LOOP_DELAY_INTERVAL_MS;
  const measure = () => {
    const now = performance.now();
    histogram.observe(Math.max(0, now - due) / 1000);
    due = now + LOOP_DELAY_INTERVAL_MS;
    timer = setTimeout(measure, LOOP_DELAY_INTERVAL_MS);
  };
  let timer = setTimeout(measure, LOOP_DELAY_INTERVAL_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
