/** The port below which the network is: tests bring one of their own. */

import type { Packet } from "./packet.ts";

/** A network interface with the addresses it has; the first IPv4 address is the one to speak from. */
export interface NetworkInterface {
  readonly name: string;
  readonly v4: readonly { readonly address: string; readonly netmask: string }[];
  /** Without those that need the interface's name to be reached. */
  readonly v6: readonly string[];
}

/** The way to all who listen on one interface. */
export interface MulticastLink {
  /** Never throws; what cannot be sent is told as trouble. */
  send(packet: Packet): void;
  /** Resolves when what was sent is on its way. Never rejects. */
  close(): Promise<void>;
}

export interface MulticastLinkOptions {
  /** `sender` is an address in the interface's own network. */
  receive(packet: Packet, sender: string): void;
  /** Something was not sent. */
  trouble(error: unknown): void;
  /** Nothing comes or goes by this link any more. */
  failed(error: unknown): void;
}

export interface MulticastNetwork {
  /** Those to speak on, loopback not among them. Throws where that may not be asked. */
  interfaces(): NetworkInterface[];
  /** Throws where packets may not be sent; later faults go to the options. */
  open(on: NetworkInterface, options: MulticastLinkOptions): MulticastLink;
  /** Milliseconds, from any beginning. */
  now(): number;
  /** From 0 to 1, as `Math.random`. */
  random(): number;
  /** Calls back once, unless it is cancelled by what this returns. Does not keep the process alive. */
  after(ms: number, callback: () => void): () => void;
}
