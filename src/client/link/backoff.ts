/** How long to wait between two attempts to connect. */

import { RECONNECT_FIRST_MS, RECONNECT_MAX_MS } from "../../protocol/limits.ts";

/** Where the server names no time. */
const DEFAULT_RETRY_AFTER_S = 1;
/** A server that asks for none must not be asked in a tight loop. */
const MIN_RETRY_AFTER_MS = 10;
/** No server may send a client away for longer; also far below what a timer can count. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1_000;

/**
 * Milliseconds to wait after failure `attempt` (from 1): doubling, capped, and half of it random ("equal jitter"),
 * so that those whom one server lost at once do not come back at once. `random` gives 0 to below 1.
 */
export function reconnectDelay(attempt: number, random: () => number): number {
  const longest = Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** (attempt - 1));
  return Math.round(longest / 2 + random() * longest / 2);
}

/** Milliseconds to wait after a refusal: what the server asks for in seconds, within reason, since it may send any number. */
export function retryDelay({ retryAfter = DEFAULT_RETRY_AFTER_S }: { readonly retryAfter?: number }): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(MIN_RETRY_AFTER_MS, retryAfter * 1_000));
}
