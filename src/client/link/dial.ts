/** Dialing with a time limit. A connection that opens too late is closed. */

import { CONNECT_TIMEOUT_MS } from "../../protocol/limits.ts";
import type { Connection } from "../../transports/connection.ts";
import type { Clock } from "../clock.ts";

/** Opens one connection. Rejects if that fails, and when the signal is aborted. */
export type Dial = (signal: AbortSignal) => Promise<Connection>;

/** The error of a `Dial` that reaches the wrong server: there is no second attempt. */
export class Untrusted extends Error {
  override readonly name = "Untrusted";
}

/**
 * Rejects when `dial` does, after `CONNECT_TIMEOUT_MS`, and when `stop` is aborted, even if `dial` ignores its signal.
 */
export async function dialInTime(dial: Dial, clock: Clock, stop: AbortSignal): Promise<Connection> {
  stop.throwIfAborted();
  const timer = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const attempt = new AbortController();
  attempt.signal.addEventListener("abort", () => aborted.reject(attempt.signal.reason), { once: true });
  const onStop = () => attempt.abort(stop.reason);
  stop.addEventListener("abort", onStop, { once: true });
  clock.after(CONNECT_TIMEOUT_MS, () => attempt.abort(new Error(TOO_LATE)), timer.signal);
  const dialing = startDial(dial, attempt.signal);
  try {
    return await Promise.race([dialing, aborted.promise]);
  } catch (error) {
    dialing.then((late) => late.close(), () => {});
    throw error;
  } finally {
    timer.abort();
    stop.removeEventListener("abort", onStop);
  }
}

const TOO_LATE = `No answer within ${CONNECT_TIMEOUT_MS / 1_000} s`;

/** Turns an exception of `dial` into a rejection. */
async function startDial(dial: Dial, signal: AbortSignal): Promise<Connection> {
  return await dial(signal);
}
