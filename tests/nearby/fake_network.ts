import type {
  MulticastLink,
  MulticastLinkOptions,
  MulticastNetwork,
  NetworkInterface,
} from "../../src/nearby/multicast_network.ts";
import type { Packet } from "../../src/nearby/packet.ts";

/** A network in memory with its own time: what one machine sends on an interface, all hear that have one in the same place. */
export class FakeLan {
  readonly #machines: FakeMachine[] = [];
  #timers: { at: number; callback: () => void }[] = [];
  now = 0;

  machine(...interfaces: readonly NetworkInterface[]): FakeMachine {
    const machine = new FakeMachine(this, interfaces, this.#machines.length);
    this.#machines.push(machine);
    return machine;
  }

  /** Runs what falls due within `ms`, in order. */
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

  /** It arrives a millisecond later. The senders hear themselves, as in multicast. */
  carry(packet: Packet, place: string, sender: string): void {
    this.after(1, () => {
      for (const machine of this.#machines) machine.hear(packet, place, sender);
    });
  }
}

export class FakeMachine implements MulticastNetwork {
  interfacesNow: readonly NetworkInterface[];
  /** In place of a link or of the interfaces. */
  fault: Error | undefined;
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
    if (this.fault !== undefined) throw this.fault;
    return [...this.interfacesNow];
  }

  open(on: NetworkInterface, options: MulticastLinkOptions): MulticastLink {
    this.links.set(on, options);
    return {
      send: (packet) => {
        this.sent.push({ packet, at: this.#lan.now, on: on.name });
        this.#lan.carry(packet, placeOf(on), on.v4[0]!.address);
      },
      close: () => {
        this.links.delete(on);
        return Promise.resolve();
      },
    };
  }

  hear(packet: Packet, place: string, sender: string): void {
    for (const [on, options] of this.links) if (placeOf(on) === place) options.receive(packet, sender);
  }

  now(): number {
    return this.#lan.now;
  }

  /** Differs from machine to machine and from call to call. */
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

function placeOf({ v4 }: NetworkInterface): string {
  return v4[0]!.address.replace(/\.\d+$/, "");
}
