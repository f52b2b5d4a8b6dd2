import type { MulticastLink, MulticastLinkOptions, MulticastNetwork } from "../../src/nearby/multicast_network.ts";
import type { NetworkInterface } from "../../src/nearby/network_interface.ts";
import type { Packet } from "../../src/nearby/dns_packet.ts";

/** A network in memory with its own clock. A packet sent on an interface reaches all machines on the same network. */
export class FakeLan {
  readonly #machines: FakeMachine[] = [];
  #timers: { at: number; callback: () => void }[] = [];
  now = 0;

  machine(...interfaces: readonly NetworkInterface[]): FakeMachine {
    const machine = new FakeMachine(this, interfaces, this.#machines.length);
    this.#machines.push(machine);
    return machine;
  }

  /** Advances the clock and runs the timers that become due, in order. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.now = due.at;
      due.callback();
    }
    this.now = end;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Delivers a packet a millisecond later, also to its sender, as multicast does. */
  carry(packet: Packet, place: string, sender: string): void {
    this.after(1, () => {
      for (const machine of this.#machines) machine.hear(packet, place, sender);
    });
  }
}

export class FakeMachine implements MulticastNetwork {
  interfacesNow: readonly NetworkInterface[];
  /** Thrown instead of returning interfaces or links. */
  error: Error | undefined;
  /** Number of responses that this machine will lose. */
  deafTo = 0;
  readonly sent: { readonly packet: Packet; readonly at: number; readonly on: string }[] = [];
  readonly links = new Map<NetworkInterface, MulticastLinkOptions>();
  readonly #lan: FakeLan;
  #draws: number;

  constructor(lan: FakeLan, interfaces: readonly NetworkInterface[], draws: number) {
    this.#lan = lan;
    this.#draws = draws;
    this.interfacesNow = interfaces;
  }

  interfaces(): NetworkInterface[] {
    if (this.error !== undefined) throw this.error;
    return [...this.interfacesNow];
  }

  open(on: NetworkInterface, options: MulticastLinkOptions): MulticastLink {
    this.links.set(on, options);
    return {
      send: (packet, sent) => {
        this.sent.push({ packet, at: this.#lan.now, on: on.name });
        sent?.();
        this.#lan.carry(packet, placeOf(on), senderOf(on));
      },
      close: () => {
        this.links.delete(on);
        return Promise.resolve();
      },
    };
  }

  hear(packet: Packet, place: string, sender: string): void {
    if (packet.type === "response" && this.deafTo > 0) return void this.deafTo--;
    for (const [on, options] of this.links) if (placeOf(on) === place) options.receive(packet, sender);
  }

  now(): number {
    return this.#lan.now;
  }

  /** Returns a different number for each machine and call. */
  random(): number {
    return 113 * ++this.#draws / 1009 % 1;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#lan.after(ms, callback);
  }
}

/** `10.1.2.3` on the network `10.1.2`. */
export function on(address: string, name = "eth0", v6: readonly string[] = []): NetworkInterface {
  return { name, v4: [{ address, netmask: "255.255.255.0" }], v6 };
}

/** The same interface for packets over IPv6. */
export function overV6(on: NetworkInterface): NetworkInterface {
  return { ...on, zone: on.name };
}

function placeOf({ v4, v6, zone }: NetworkInterface): string {
  return zone === undefined ? v4[0]!.address.replace(/\.\d+$/, "") : v6[0]!.replace(/:[^:]*$/, "");
}

function senderOf({ v4, v6, zone }: NetworkInterface): string {
  return zone === undefined ? v4[0]!.address : `fe80:${v6[0]!.match(/:[^:]*$/)![0]}%${zone}`;
}
