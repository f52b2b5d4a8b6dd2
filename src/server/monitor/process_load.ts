import process from "node:process";
import { LOOP_DELAY_INTERVAL_MS } from "../../protocol/limits.ts";
import type { Histogram } from "./statistics.ts";

/** From this part of a core on, all of it is taken: what is missing are the moments in which the disk is waited for. */
const TAKEN_SHARE = 0.8;

/** Tells whether this process has taken all of a core since it was last asked. Both arguments give milliseconds since whenever. */
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
 * Observes how much later than asked for a timer comes, until it is disposed of: so long everybody waits for the event loop.
 * Deno's `monitorEventLoopDelay` tells too little for it: on 2.7 and 2.9 it does not see a loop that was busy for 60 ms.
 */
export function watchLoopDelay(histogram: Histogram): Disposable {
  let due = performance.now() + LOOP_DELAY_INTERVAL_MS;
  const look = () => {
    const now = performance.now();
    histogram.observe(Math.max(0, now - due) / 1000);
    due = now + LOOP_DELAY_INTERVAL_MS;
    timer = setTimeout(look, LOOP_DELAY_INTERVAL_MS);
  };
  let timer = setTimeout(look, LOOP_DELAY_INTERVAL_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
