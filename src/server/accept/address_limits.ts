import { type Rate, TokenBucket } from "../../core/state/token_bucket.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { ADDRESS_ATTEMPTS_MS, MAX_ATTEMPTING_ADDRESSES, REFUSED_RETRY_SECONDS } from "../../protocol/limits.ts";
import { isLoopback, machineNetwork, parseNetwork } from "../../protocol/address/network.ts";

export interface AddressBounds {
  /** At the same time; 0 for no bound. */
  readonly connectionsPerAddress: number;
  /** In `ADDRESS_ATTEMPTS_MS`; 0 for no bound. */
  readonly attemptsPerAddress: number;
}

interface Attempts {
  readonly limiter: TokenBucket;
  lastAt: number;
}

/**
 * How much each address takes up. A /64 of IPv6 counts as one; this machine itself, and whoever has no address, as on a Unix
 * socket, may do as they like. `now` is in milliseconds since the epoch.
 */
export class AddressLimits {
  readonly #bounds: AddressBounds;
  readonly #attemptRate: Rate;
  /** Those who have connections. */
  readonly #connections = new Map<bigint, number>();
  /** The longest quiet first. */
  readonly #attempts = new Map<bigint, Attempts>();

  constructor(bounds: AddressBounds) {
    this.#bounds = bounds;
    const { attemptsPerAddress } = bounds;
    this.#attemptRate = { perSecond: 1_000 * attemptsPerAddress / ADDRESS_ATTEMPTS_MS, burst: attemptsPerAddress };
  }

  /** Undefined where one more connection is fine, which `leave` is to be told the end of; else why not. */
  enter(address: string | undefined, now: number): ProtocolError | undefined {
    const key = keyOf(address);
    if (key === undefined) return undefined;
    const open = this.#connections.get(key) ?? 0;
    const { connectionsPerAddress } = this.#bounds;
    if (connectionsPerAddress > 0 && open >= connectionsPerAddress) {
      const reason = `Your address has its ${connectionsPerAddress} connections already: close one, or try again later`;
      return new ProtocolError("too_many_connections", reason, { retryAfter: REFUSED_RETRY_SECONDS });
    }
    const waitSeconds = this.#attempt(key, now);
    if (waitSeconds > 0) {
      const retryAfter = Math.ceil(waitSeconds);
      const reason = `Your address has connected too often: try again in ${retryAfter} seconds`;
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

  leave(address: string | undefined): void {
    const key = keyOf(address);
    if (key === undefined) return;
    const open = this.#connections.get(key)! - 1;
    if (open > 0) this.#connections.set(key, open);
    else this.#connections.delete(key);
  }

  /** Forgets those who may do again as much as ever. */
  tick(now: number): void {
    for (const [key, { lastAt }] of this.#attempts) {
      if (now - lastAt < ADDRESS_ATTEMPTS_MS) return;
      this.#attempts.delete(key);
    }
  }

  /** Seconds to wait; 0 where it may be now. */
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

/** Undefined for those who may do as they like. */
function keyOf(address: string | undefined): bigint | undefined {
  const network = address === undefined ? undefined : parseNetwork(address);
  return network === undefined || isLoopback(network) ? undefined : machineNetwork(network).start;
}
