/** Ordinary members who chat during an attack. They check that no message is lost, and measure latencies. */

import { assertEquals } from "@std/assert";
import { Wire } from "./wire.ts";

export interface Talk {
  readonly sent: number;
  /** Latencies of one message to one member in milliseconds, sorted. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

export interface Pace {
  /** Number of rounds. In each round every member sends a message and waits until all have read all messages. */
  readonly rounds: number;
  readonly pauseMs: number;
}

const ROOM = "attacked";

export class Chatters implements Disposable {
  readonly #wires: readonly Wire[];

  constructor(wires: readonly Wire[]) {
    this.#wires = wires;
  }

  static async join(address: string, count: number, password: string, cert?: string): Promise<Chatters> {
    const wires: Wire[] = [];
    for (let index = 0; index < count; index++) {
      const wire = await Wire.dial(address, cert);
      await wire.send({ type: "join", room: ROOM, name: `chatter${index}`, password });
      await wire.until(({ type }) => type === "joined");
      wires.push(wire);
    }
    return new Chatters(wires);
  }

  /** Throws unless each member has each message once and in order. */
  async talk({ rounds, pauseMs }: Pace): Promise<Talk> {
    const times: number[] = [];
    let next = 1;
    for (let round = 0; round < rounds; round++) {
      const first = next;
      next += this.#wires.length;
      await Promise.all([
        ...this.#wires.map((wire) => wire.send({ type: "message", room: ROOM, text: String(performance.now()) })),
        ...this.#wires.map((wire) => read(wire, first, next, times)),
      ]);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? NaN;
    return { sent: rounds * this.#wires.length, p50: at(0.5), p99: at(0.99), worst: at(1) };
  }

  [Symbol.dispose](): void {
    for (const wire of this.#wires) wire.close();
  }
}

async function read(wire: Wire, first: number, end: number, times: number[]): Promise<void> {
  for (let seq = first; seq < end; seq++) {
    const message = await wire.until(({ type }) => type === "message" || type === "error");
    assertEquals(message.seq, seq, JSON.stringify(message));
    times.push(performance.now() - Number(message.text));
  }
}
