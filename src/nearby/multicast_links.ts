import { MAX_NEARBY_INTERFACES, NEARBY_INTERFACES_INTERVAL_MS } from "../protocol/limits.ts";
import type { MulticastLink, MulticastNetwork } from "./multicast_network.ts";
import type { NetworkInterface } from "./network_interface.ts";
import type { Packet } from "./dns_packet.ts";

/** An open link on one interface. */
export interface OpenLink {
  readonly on: NetworkInterface;
  /** Calls `sent` when the packet is handed to the system. Never throws. */
  send(packet: Packet, sent?: () => void): void;
}

export interface MulticastLinksOptions {
  /** Called for each new interface, and for one whose addresses have changed. */
  opened(link: OpenLink): void;
  received(packet: Packet, sender: string, link: OpenLink): void;
  /** Receives each distinct error once. */
  onError(error: unknown): void;
}

/**
 * Links on all current interfaces. Each has its own socket, because a socket joins a multicast group on one interface.
 * Interfaces are checked every `NEARBY_INTERFACES_INTERVAL_MS`; a link that failed is opened again then.
 */
export class MulticastLinks implements Iterable<OpenLink> {
  readonly #network: MulticastNetwork;
  readonly #options: MulticastLinksOptions;
  readonly #open = new Map<string, OpenLink & Pick<MulticastLink, "close">>();
  /** Messages of the errors that were reported. */
  readonly #reported = new Set<string>();
  #closed = false;
  #cancelUpdate = () => {};

  constructor(network: MulticastNetwork, options: MulticastLinksOptions) {
    this.#network = network;
    this.#options = options;
  }

  /** Opens links on all interfaces, and updates them periodically from then on. */
  open(): void {
    if (this.#closed) return;
    this.#update();
    this.#cancelUpdate = this.#network.after(NEARBY_INTERFACES_INTERVAL_MS, () => this.open());
  }

  [Symbol.iterator](): Iterator<OpenLink> {
    return this.#open.values();
  }

  /** Resolves when everything sent is handed to the system and all sockets are closed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelUpdate();
    const closing = [...this.#open.values()].map((link) => link.close());
    this.#open.clear();
    await Promise.all(closing);
  }

  #update(): void {
    const interfaces = new Map(this.#interfaces().map((on) => [JSON.stringify(on), on]));
    for (const [key, link] of this.#open) {
      if (!interfaces.has(key)) this.#drop(key, link);
    }
    for (const [key, on] of interfaces) {
      if (!this.#open.has(key)) this.#openOn(key, on);
    }
  }

  #drop(key: string, link: Pick<MulticastLink, "close">): void {
    this.#open.delete(key);
    void link.close();
  }

  #interfaces(): NetworkInterface[] {
    try {
      const interfaces = this.#network.interfaces().slice(0, MAX_NEARBY_INTERFACES);
      if (interfaces.length === 0) this.#report(new Error("This machine is in no network: check its connection"));
      return interfaces;
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  #openOn(key: string, on: NetworkInterface): void {
    const report = (error: unknown) => {
      // If IPv4 works as well, IPv6 only adds machines that have nothing else.
      if (on.zone === undefined || on.v4.length === 0) this.#report(error);
    };
    try {
      const opened = this.#network.open(on, {
        receive: (packet, sender) => {
          if (this.#open.get(key) === link) this.#options.received(packet, sender, link);
        },
        packetFailed: report,
        // The next update opens it again.
        failed: (error) => {
          report(error);
          if (this.#open.get(key) === link) this.#drop(key, link);
        },
      });
      const link = { on, send: opened.send.bind(opened), close: () => opened.close() };
      this.#open.set(key, link);
      this.#options.opened(link);
    } catch (error) {
      report(error);
    }
  }

  #report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#closed || this.#reported.has(message) || this.#reported.size >= MAX_NEARBY_INTERFACES) return;
    this.#reported.add(message);
    this.#options.onError(error);
  }
}
