import { ProtocolError } from "../protocol/errors.ts";
import { MAX_REFUSALS_AT_ONCE, REFUSED_RETRY_SECONDS } from "../protocol/limits.ts";
import type { DescriptorReserve } from "../transports/connection.ts";
import type { Peer } from "./peer.ts";

/**
 * Who is let in, and who is told that the server is full. When the system gives no more descriptors, the reserve is given
 * up to tell so, and no more are let in than were in by then, until there are enough for the whole reserve again.
 */
export class Admission {
  readonly #maxConnections: number;
  readonly #reserve: DescriptorReserve | undefined;
  /** How many connections the system had descriptors for; undefined while there are enough. */
  #ceiling: number | undefined;
  #admitted = 0;
  /** Those who are told, and whose connection is not closed yet. */
  readonly #refused = new Set<Peer>();

  constructor(maxConnections: number, reserve: DescriptorReserve | undefined) {
    this.#maxConnections = maxConnections;
    this.#reserve = reserve;
    reserve?.take();
  }

  /** Connections that were let in and have not gone. */
  get admitted(): number {
    return this.#admitted;
  }

  /** Undefined where the peer is let in; else what its caller tells it. */
  refusalOf(peer: Peer): ProtocolError | undefined {
    if (this.#admitted < Math.min(this.#maxConnections, this.#ceiling ?? Infinity)) {
      this.#admitted++;
      return undefined;
    }
    this.#refused.add(peer);
    const full = this.#ceiling === undefined
      ? `The server has its ${this.#maxConnections} connections already`
      : "The server has as many connections as its system allows";
    return new ProtocolError("server_full", `${full}: try again later`, { retryAfter: REFUSED_RETRY_SECONDS });
  }

  /** Whether as many are being refused as there are descriptors for: who comes next waits to be accepted. */
  get crowded(): boolean {
    return this.#refused.size >= MAX_REFUSALS_AT_ONCE;
  }

  /** Closes on those who are being refused: they have had time to read why. */
  dismiss(): void {
    for (const peer of this.#refused) peer.abort();
  }

  /** The connection is closed. False for one that was refused. */
  gone(peer: Peer): boolean {
    if (this.#refused.delete(peer)) return false;
    this.#admitted--;
    return true;
  }

  /** No descriptor was left for a connection. True when there are some now. */
  runOut(): boolean {
    if (this.#reserve?.release() !== true) return false;
    this.#ceiling = this.#admitted;
    return true;
  }

  /** When somebody has gone, there may be descriptors for the reserve again. */
  tick(): void {
    if (this.#ceiling === undefined || this.#admitted >= Math.max(1, this.#ceiling)) return;
    if (this.#reserve!.take()) this.#ceiling = undefined;
  }

  close(): void {
    this.#reserve?.release();
  }
}
