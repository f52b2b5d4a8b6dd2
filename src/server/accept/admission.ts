import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_REFUSALS_AT_ONCE, REFUSED_RETRY_SECONDS } from "../../protocol/limits.ts";
import type { DescriptorReserve } from "../../transports/connection.ts";
import { type AddressBounds, AddressLimits } from "./address_limits.ts";
import { type MemoryBound, MemoryLimit } from "../monitor/process_memory.ts";
import type { AcceptedConnection } from "../connection/accepted_connection.ts";

export interface AdmissionOptions extends AddressBounds {
  readonly maxConnections: number;
  /** Past it nobody new is let in; undefined for no bound. */
  readonly memory?: MemoryBound;
  /** Given up, if there is one, to refuse connections for which the system has no descriptors left. */
  readonly reserve?: DescriptorReserve;
}

/**
 * Who is let in, and who is told that the server is full, or that their address has enough. When the system gives no more
 * descriptors, the reserve is given up to tell so, and no more are let in than were in by then, until there are enough for
 * the whole reserve again. `now` is in milliseconds since the epoch.
 */
export class Admission {
  readonly #maxConnections: number;
  readonly #reserve: DescriptorReserve | undefined;
  readonly #addresses: AddressLimits;
  readonly #memory: MemoryLimit;
  /** How many connections the system had descriptors for; undefined while there are enough. */
  #ceiling: number | undefined;
  #admitted = 0;
  /** Refused connections that are not closed yet. */
  readonly #refused = new Set<AcceptedConnection>();

  constructor(options: AdmissionOptions) {
    this.#maxConnections = options.maxConnections;
    this.#reserve = options.reserve;
    this.#addresses = new AddressLimits(options);
    this.#memory = new MemoryLimit(options.memory);
    this.#reserve?.take();
  }

  /** Connections that were let in and have not gone. */
  get admitted(): number {
    return this.#admitted;
  }

  /** Counts a connection. Returns why it is refused; `undefined` if it is admitted, as the operator's always are. */
  refusalOf(connection: AcceptedConnection, now: number): ProtocolError | undefined {
    const { remoteAddress, privileged } = connection.link;
    const refusal = privileged ? undefined : this.#fullness() ?? this.#addresses.enter(remoteAddress, now);
    if (refusal === undefined) this.#admitted++;
    else this.#refused.add(connection);
    return refusal;
  }

  /** Takes back the attempt that an admitted connection has cost its address. */
  pardon({ link }: AcceptedConnection): void {
    if (!link.privileged) this.#addresses.giveBack(link.remoteAddress);
  }

  /** Whether as many are being refused as there are descriptors for: who comes next waits to be accepted. */
  get crowded(): boolean {
    return this.#refused.size >= MAX_REFUSALS_AT_ONCE;
  }

  /** Aborts the refused connections: their clients have had time to read the reason. */
  abortRefused(): void {
    for (const connection of this.#refused) connection.abort();
  }

  /** Forgets a closed connection. Returns false for one that was refused. */
  release(connection: AcceptedConnection): boolean {
    if (this.#refused.delete(connection)) return false;
    this.#admitted--;
    this.#addresses.leave(connection.link.remoteAddress);
    return true;
  }

  /** No descriptor was left for a connection. True when there are some now. */
  runOut(): boolean {
    if (this.#reserve?.release() !== true) return false;
    this.#ceiling = this.#admitted;
    return true;
  }

  /** To be called once a second. Bytes of memory that are taken where those have just become too many. */
  tick(now: number): number | undefined {
    this.#addresses.tick(now);
    this.#restore();
    return this.#memory.check();
  }

  close(): void {
    this.#reserve?.release();
  }

  /** When somebody has gone, there may be descriptors for the reserve again. */
  #restore(): void {
    if (this.#ceiling === undefined || this.#admitted >= Math.max(1, this.#ceiling)) return;
    if (this.#reserve!.take()) this.#ceiling = undefined;
  }

  #fullness(): ProtocolError | undefined {
    const reason = this.#whatIsFull();
    if (reason === undefined) return undefined;
    return new ProtocolError("server_full", `${reason}: try again later`, { retryAfter: REFUSED_RETRY_SECONDS });
  }

  #whatIsFull(): string | undefined {
    if (this.#memory.exceeded) return "The server has no memory for more connections";
    if (this.#admitted >= this.#maxConnections) return `The server has its ${this.#maxConnections} connections already`;
    if (this.#admitted >= (this.#ceiling ?? Infinity)) return "The server has as many connections as its system allows";
    return undefined;
  }
}
