import { WAKE_CHECK_MS, WAKE_GAP_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";

/**
 * Calls `onWake` after the machine slept, and then until the signal aborts. While a machine sleeps no timer runs, and on
 * Linux and macOS the monotonic clock stops as well, so the wall clock alone tells. A user who sets the system's time
 * ahead causes a call, too.
 */
export function watchWake(clock: Clock, onWake: () => void, signal: AbortSignal): void {
  let last = clock.wall();
  const check = () => {
    const now = clock.wall();
    const slept = now - last > WAKE_CHECK_MS + WAKE_GAP_MS;
    last = now;
    if (slept) onWake();
    clock.after(WAKE_CHECK_MS, check, signal);
  };
  clock.after(WAKE_CHECK_MS, check, signal);
}
