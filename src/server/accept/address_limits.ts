import { type Rate, TokenBucket } from "../../core/state/token_bucket.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { ADDRESS_ATTEMPTS_MS, MAX_ATTEMPTING_ADDRESSES, REFUSED_RETRY_SECONDS } from "../../protocol/limits.ts";
import { isLoopback, machineNetwork, parseNetwork } from "../../protocol/address/network.ts";

export interface AddressBounds {
  /** Open at the same time; 0 for no limit. */
  readonly connectionsPerAddress: number;
  /** Per `ADDRESS_ATTEMPTS_MS`; 0 for no limit. */
  readonly attemptsPerAddress: number;
}

interface Attempts {
  readonly limiter: TokenBucket;
  lastAt: number;
}

/**
 * Limits the connections and attempts of each address. An IPv6 /64 counts as one address. This machine has no limit, nor
 * have connections without an address, as on a Unix socket. `now` is of a monotonic clock.
 */
export class AddressLimits {
  readonly #bounds: AddressBounds;
  readonly #attemptRate: Rate;
  /** Number of open connections by address; without addresses that have none. */
  readonly #connections = new Map<bigint, number>();
  /** In the order of the last attempt, oldest first. */
  readonly #attempts = new Map<bigint, Attempts>();

  constructor(bounds: AddressBounds) {
    this.#bounds = bounds;
    const { attemptsPerAddress } = bounds;
    this.#attemptRate = { perSecond: 1_000 * attemptsPerAddress / ADDRESS_ATTEMPTS_MS, burst: attemptsPerAddress };
  }

  /** Counts an admitted connection until `leave`. Returns the error for a refused one; `undefined` within the limits. */
  enter(address: string | undefined, now: number): ProtocolError | undefined {
    const key = keyOf(address);
    if (key === undefined) return undefined;
    const open = this.#connections.get(key) ?? 0;
    const { connectionsPerAddress } = this.#bounds;
    if (connectionsPerAddress > 0 && open >= connectionsPerAddress) {
      const reason = `Your address already has ${connectionsPerAddress} connections: close one or try again later`;
      return new ProtocolError("too_many_connections", reason, { retryAfter: REFUSED_RETRY_SECONDS });
    }
    const waitSeconds = this.#attempt(key, now);
    if (waitSeconds > 0) {
      const retryAfter = Math.ceil(waitSeconds);
      const reason = `Too many connections from your address: try again in ${retryAfter} seconds`;
      return new ProtocolError("too_many_connections", reason, { retryAfter });
    }
    this.#connections.set(key, open + 1);
    return undefined;
  }

  /** Takes back an attempt that `enter` has counted. */
  giveBack(address: string | undefined): void {
    const key = keyOf(address);
    if (key !== undefined) this.#attempts.get(key)?.limiter.giveBack();
  }

  /** Must be called when a connection that `enter` admitted is closed. */
  leave(address: string | undefined): void {
    const key = keyOf(address);
    if (key === undefined) return;
    const open = this.#connections.get(key)! - 1;
    if (open > 0) this.#connections.set(key, open);
    else this.#connections.delete(key);
  }

  /** Forgets addresses that have their full number of attempts again. */
  tick(now: number): void {
    for (const [key, { lastAt }] of this.#attempts) {
      if (now - lastAt < ADDRESS_ATTEMPTS_MS) return;
      this.#attempts.delete(key);
    }
  }

  /** Returns the seconds to wait; 0 if the attempt is within the limit. */
  #attempt(key: bigint, now: number): number {
    if (this.#attemptRate.burst === 0) return 0;
    const attempts = this.#attempts.get(key) ?? { limiter: new TokenBucket(this.#attemptRate, now), lastAt: now };
    attempts.lastAt = now;
    this.#attempts.delete(key);
    this.#attempts.set(key, attempts);
    if (this.#attempts.size > MAX_ATTEMPTING_ADDRESSES) this.#attempts.delete(this.#attempts.keys().next().value!);
    return attempts.limiter.take(now);
  }
}

/** `undefined` for an address without limits. */
function keyOf(address: string | undefined): bigint | undefined {
  const network = address === undefined ? undefined : parseNetwork(address);
  return network === undefined || isLoopback(network) ? undefined : machineNetwork(network).start;
}
