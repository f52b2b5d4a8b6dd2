/** The port to the network, its clock and its randomness. Tests have their own implementation. */

import type { Packet } from "./dns_packet.ts";
import type { NetworkInterface } from "./network_interface.ts";

/** Sends to all listeners on one interface. */
export interface MulticastLink {
  /** Calls `sent` when the packet is handed to the system. Never throws; `packetFailed` receives the error. */
  send(packet: Packet, sent?: () => void): void;
  /** Resolves when everything sent is handed to the system. It never rejects. */
  close(): Promise<void>;
}

export interface MulticastLinkOptions {
  /** `sender` is an address in the interface's own network, with its zone if it is link-local. */
  receive(packet: Packet, sender: string): void;
  /** A packet could not be sent, or a received one could not be read. The link stays open. */
  packetFailed(error: unknown): void;
  /** The link no longer works. */
  failed(error: unknown): void;
}

export interface MulticastNetwork {
  /** All interfaces except loopback. Throws if Deno lacks the permission. */
  interfaces(): NetworkInterface[];
  /** Throws if Deno lacks the permission; later errors go to `options`. */
  open(on: NetworkInterface, options: MulticastLinkOptions): MulticastLink;
  /** Monotonic time in milliseconds. */
  now(): number;
  /** A number in [0, 1), like `Math.random`. */
  random(): number;
  /** Calls `callback` once after `ms`. The returned function cancels the timer. */
  after(ms: number, callback: () => void): () => void;
}
