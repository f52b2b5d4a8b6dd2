import type { RemoteInfo } from "node:dgram";
import {
  MAX_NEARBY_MS_PER_SECOND,
  MAX_NEARBY_PACKET_BYTES,
  MAX_NEARBY_PACKETS_PER_SECOND,
  NEARBY_ASSURED_PACKET_BYTES,
  NEARBY_ASSURED_PACKETS,
} from "../protocol/limits.ts";
import { isInNetwork } from "./network_interface.ts";
import type { NetworkInterface } from "./network_interface.ts";

/** Sizes of the header, the shortest question and the shortest record, both with the root name (RFC 1035, section 4.1). */
const HEADER_BYTES = 12;
const MIN_QUESTION_BYTES = 5;
const MIN_RECORD_BYTES = 11;

export interface PacketGuardOptions {
  readonly on: NetworkInterface;
  /** The source port of admitted packets. */
  readonly port: number;
  /** Monotonic time in milliseconds. */
  now(): number;
  /** Receives errors that `read` throws. */
  failed(error: unknown): void;
}

/**
 * Limits the work that hosts on the network can cause with their packets. It admits packets from the interface's own
 * network, limits their size and number, and admits none for the rest of a second once reading has taken
 * `MAX_NEARBY_MS_PER_SECOND`: compressed names can refer to each other, so a packet of 9 KB can take 8 ms.
 * Small packets are cheap: each second it admits the first `NEARBY_ASSURED_PACKETS` whatever the others took.
 */
export class PacketGuard {
  readonly #options: PacketGuardOptions;
  #second: number;
  #packets = 0;
  #assured = 0;
  #spentMs = 0;

  constructor(options: PacketGuardOptions) {
    this.#options = options;
    this.#second = options.now();
  }

  /** Calls `read` if the packet is admitted. Never throws. */
  admit(bytes: Uint8Array, from: Pick<RemoteInfo, "address" | "port">, read: () => void): void {
    const started = this.#options.now();
    if (!this.#isAcceptable(bytes, from) || !this.#hasBudget(bytes, started)) return;
    try {
      read();
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#spentMs += this.#options.now() - started;
    }
  }

  #isAcceptable(bytes: Uint8Array, { address, port }: Pick<RemoteInfo, "address" | "port">): boolean {
    const { on, port: expected } = this.#options;
    return port === expected && bytes.length <= MAX_NEARBY_PACKET_BYTES && isInNetwork(address, on) &&
      isLongEnough(bytes);
  }

  #hasBudget({ length }: Uint8Array, now: number): boolean {
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#packets = 0;
      this.#assured = 0;
      this.#spentMs = 0;
    }
    const assured = length <= NEARBY_ASSURED_PACKET_BYTES && this.#assured < NEARBY_ASSURED_PACKETS;
    if (assured) this.#assured++;
    else if (this.#spentMs >= MAX_NEARBY_MS_PER_SECOND) return false;
    return ++this.#packets <= MAX_NEARBY_PACKETS_PER_SECOND;
  }
}

/**
 * False for a packet that is too short for the questions and records that its header counts. A decoder that allocates
 * arrays for them first would use 2 MB for a packet of 12 bytes.
 */
export function isLongEnough(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const [questions, ...records] = [4, 6, 8, 10].map((offset) => bytes[offset]! * 256 + bytes[offset + 1]!);
  const count = records.reduce((sum, value) => sum + value, 0);
  return HEADER_BYTES + questions! * MIN_QUESTION_BYTES + count * MIN_RECORD_BYTES <= bytes.length;
}
