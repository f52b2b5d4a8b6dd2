import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_REFUSALS_AT_ONCE, REFUSED_RETRY_SECONDS } from "../../protocol/limits.ts";
import type { DescriptorReserve } from "../../transports/connection.ts";
import { type AddressBounds, AddressLimits } from "./address_limits.ts";
import { type MemoryBound, MemoryLimit } from "../monitor/process_memory.ts";
import type { AcceptedConnection } from "../connection/accepted_connection.ts";

export interface AdmissionOptions extends AddressBounds {
  readonly maxConnections: number;
  /** While it is exceeded, no connection is admitted; `undefined` for no limit. */
  readonly memory?: MemoryBound;
  /** Descriptors that are released to refuse connections when the system has none left. */
  readonly reserve?: DescriptorReserve;
}

/**
 * Decides which connections are admitted, and which are refused because the server or their address has too many. When the
 * system has no descriptors left, the reserve is released, so that clients can be refused with an error. From then on the
 * number of connections may not grow, until the whole reserve can be taken again. `now` is of a monotonic clock.
 */
export class Admission {
  readonly #maxConnections: number;
  readonly #reserve: DescriptorReserve | undefined;
  readonly #addresses: AddressLimits;
  readonly #memory: MemoryLimit;
  /** Number of connections at which the descriptors ran out; `undefined` while there are enough. */
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

  /** Number of admitted connections that are open. */
  get admitted(): number {
    return this.#admitted;
  }

  /** Counts a connection. Returns the error if it is refused. Privileged connections are always admitted. */
  refusalOf(connection: AcceptedConnection, now: number): ProtocolError | undefined {
    const { source, sourceIsFinal } = connection;
    let refusal = source.privileged ? undefined : this.#serverFull();
    if (sourceIsFinal && !source.privileged) refusal ??= this.#addresses.enter(source.remoteAddress, now);
    if (refusal === undefined) this.#admitted++;
    else this.#refused.add(connection);
    return refusal;
  }

  /** Counts an admitted connection from a proxy for its address. Returns the error if it is refused after all. */
  identify(connection: AcceptedConnection, now: number): ProtocolError | undefined {
    const refusal = this.#addresses.enter(connection.source.remoteAddress, now);
    if (refusal !== undefined) {
      this.#admitted--;
      this.#refused.add(connection);
    }
    return refusal;
  }

  /** Takes back the attempt that an admitted connection has cost its address. */
  pardon({ source }: AcceptedConnection): void {
    if (!source.privileged) this.#addresses.giveBack(source.remoteAddress);
  }

  /** Whether `MAX_REFUSALS_AT_ONCE` refused connections are open. The acceptor pauses until they are closed. */
  get crowded(): boolean {
    return this.#refused.size >= MAX_REFUSALS_AT_ONCE;
  }

  /** Aborts the refused connections: their clients have had time to read the reason. */
  abortRefused(): void {
    for (const connection of this.#refused) connection.abort();
  }

  /** Forgets a closed connection. Returns false for one that was refused, or whose proxy has not named its client. */
  release(connection: AcceptedConnection): boolean {
    if (this.#refused.delete(connection)) return false;
    this.#admitted--;
    if (connection.sourceIsFinal) this.#addresses.leave(connection.source.remoteAddress);
    return connection.sourceIsFinal;
  }

  /** Releases the reserve when the system has no descriptor for a connection. Returns whether that gave some. */
  runOut(): boolean {
    if (this.#reserve?.release() !== true) return false;
    this.#ceiling = this.#admitted;
    return true;
  }

  /** Called once a second. Returns the bytes of memory in use if they have just exceeded the limit. */
  tick(now: number): number | undefined {
    this.#addresses.tick(now);
    this.#restore();
    return this.#memory.check();
  }

  close(): void {
    this.#reserve?.release();
  }

  /** Takes the reserve again if connections have closed since the descriptors ran out. */
  #restore(): void {
    if (this.#ceiling === undefined || this.#admitted >= Math.max(1, this.#ceiling)) return;
    if (this.#reserve!.take()) this.#ceiling = undefined;
  }

  #serverFull(): ProtocolError | undefined {
    const reason = this.#reasonFull();
    if (reason === undefined) return undefined;
    return new ProtocolError("server_full", `${reason}: try again later`, { retryAfter: REFUSED_RETRY_SECONDS });
  }

  #reasonFull(): string | undefined {
    if (this.#memory.exceeded) return "The server has no memory for more connections";
    if (this.#admitted >= this.#maxConnections) return `The server already has ${this.#maxConnections} connections`;
    if (this.#admitted >= (this.#ceiling ?? Infinity)) return "The server has as many connections as its system allows";
    return undefined;
  }
}
