import { MAX_NEARBY_INTERFACES, NEARBY_INTERFACES_INTERVAL_MS } from "../protocol/limits.ts";
import type { MulticastLink, MulticastNetwork, NetworkInterface } from "./multicast_network.ts";
import type { Packet } from "./packet.ts";

/** An interface that can be spoken on. */
export interface OpenLink {
  readonly on: NetworkInterface;
  /** Never throws. */
  send(packet: Packet): void;
}

export interface MulticastLinksOptions {
  /** An interface has come, or has other addresses than before. */
  opened(link: OpenLink): void;
  received(packet: Packet, sender: string, link: OpenLink): void;
  /** Is told of each kind of trouble once. */
  trouble(error: unknown): void;
}

/** All interfaces, whichever there are just now. Each has a socket of its own: a group is joined on one interface at a time. */
export class MulticastLinks implements Iterable<OpenLink> {
  readonly #network: MulticastNetwork;
  readonly #options: MulticastLinksOptions;
  readonly #open = new Map<string, OpenLink & Pick<MulticastLink, "close">>();
  readonly #told = new Set<string>();
  #closed = false;
  #cancelLook = () => {};

  constructor(network: MulticastNetwork, options: MulticastLinksOptions) {
    this.#network = network;
    this.#options = options;
  }

  /** Opens what there is, and from then on looks now and then what has come and gone. */
  open(): void {
    if (this.#closed) return;
    this.#look();
    this.#cancelLook = this.#network.after(NEARBY_INTERFACES_INTERVAL_MS, () => this.open());
  }

  [Symbol.iterator](): Iterator<OpenLink> {
    return this.#open.values();
  }

  /** Resolves when what was sent is on its way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLook();
    const closing = [...this.#open.values()].map((link) => link.close());
    this.#open.clear();
    await Promise.all(closing);
  }

  #look(): void {
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
      if (interfaces.length === 0) this.#tell(new Error("This machine is on no network with IPv4"));
      return interfaces;
    } catch (error) {
      this.#tell(error);
      return [];
    }
  }

  #openOn(key: string, on: NetworkInterface): void {
    try {
      const opened = this.#network.open(on, {
        receive: (packet, sender) => {
          if (this.#open.get(key) === link) this.#options.received(packet, sender, link);
        },
        trouble: (error) => this.#tell(error),
        // It is opened anew when interfaces are looked at again.
        failed: (error) => {
          this.#tell(error);
          if (this.#open.get(key) === link) this.#drop(key, link);
        },
      });
      const link = { on, send: (packet: Packet) => opened.send(packet), close: () => opened.close() };
      this.#open.set(key, link);
      this.#options.opened(link);
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    if (this.#closed || this.#told.has(what) || this.#told.size >= MAX_NEARBY_INTERFACES) return;
    this.#told.add(what);
    this.#options.trouble(error);
  }
}
