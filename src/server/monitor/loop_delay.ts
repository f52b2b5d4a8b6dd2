import { LOOP_DELAY_INTERVAL_MS } from "../../protocol/limits.ts";
import type { Histogram } from "./histogram.ts";

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
