/** Dialing with a time limit. A connection that opens too late is closed. */

import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { CONNECT_TIMEOUT_MS } from "../../protocol/limits.ts";
import type { Connection } from "../../transports/connection.ts";
import type { Clock } from "../clock.ts";

/**
 * Opens one connection: to the address that the user gave, or to another `server` of the chat, for clients with a `route`. Rejects
 * if that fails, and when the signal is aborted.
 */
export type Dial = (signal: AbortSignal, server?: Endpoint) => Promise<Connection>;

/** The error of a `Dial` that reaches the wrong server: there is no second attempt. */
export class Untrusted extends Error {
  override readonly name = "Untrusted";
}

/**
 * Rejects when `dial` does, after `ms`, and when `stop` is aborted, even if `dial` ignores its signal.
 */
export async function dialInTime(
  dial: Dial,
  clock: Clock,
  stop: AbortSignal,
  ms = CONNECT_TIMEOUT_MS,
): Promise<Connection> {
  stop.throwIfAborted();
  const timer = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const attempt = new AbortController();
  attempt.signal.addEventListener("abort", () => aborted.reject(attempt.signal.reason), { once: true });
  const onStop = () => attempt.abort(stop.reason);
  stop.addEventListener("abort", onStop, { once: true });
  clock.after(ms, () => attempt.abort(new Error(`No answer within ${ms / 1_000} s`)), timer.signal);
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

/** Turns an exception of `dial` into a rejection. */
async function startDial(dial: Dial, signal: AbortSignal): Promise<Connection> {
  return await dial(signal);
}
