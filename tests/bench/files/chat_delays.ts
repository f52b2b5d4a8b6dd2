import { Wire } from "../../attacks/wire.ts";
import { Transfers } from "./transfers.ts";
import type { Site } from "./site.ts";

/** Transfers in each direction. */
const TRANSFERS = 10;
const ROUNDS = 3;
const PHASE_MS = 4_000;
/** Between two messages. */
const PAUSE_MS = 20;

/** Milliseconds from sending a message to its arrival. */
interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** Options of curl for each kind of transfers; together they fill a gigabit a second, or as much as the machine does. */
const KINDS: Readonly<Record<string, string>> = { gigabit: "--limit-rate 6M", unlimited: "--limit-rate 10G" };

/** Delays of one member's messages to another: alone, and beside ten uploads and ten downloads, in turn. Of plain links and of TLS. */
export async function measureChat(site: Site): Promise<Record<string, Record<string, Delays>>> {
  const found: Record<string, Record<string, Delays>> = {};
  for (const [name, tls] of [["plain", false], ["tls", true]] as const) {
    found[name] = await measure(site, tls);
    console.error(`chat beside ${name} transfers`, JSON.stringify(found[name]));
  }
  return found;
}

async function measure(site: Site, tls: boolean): Promise<Record<string, Delays>> {
  using talk = await Talk.open(site, tls);
  const times: Record<string, number[]> = { alone: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times["alone"]!.push(...await talk.run());
    for (const [kind, more] of Object.entries(KINDS)) {
      await using _running = await Transfers.start(site, { tls, count: TRANSFERS, more });
      (times[kind] ??= []).push(...await talk.run());
    }
  }
  return Object.fromEntries(Object.entries(times).map(([kind, all]) => [kind, delaysOf(all)]));
}

/** Two members, one of whom writes to the other. */
class Talk implements Disposable {
  readonly #ada: Wire;
  readonly #bob: Wire;

  private constructor(ada: Wire, bob: Wire) {
    this.#ada = ada;
    this.#bob = bob;
  }

  static async open(site: Site, tls: boolean): Promise<Talk> {
    const join = async (name: string) => {
      const wire = await Wire.dial(site.served(tls).address, tls ? site.certificate : undefined);
      await wire.send({ type: "join", room: "chat", name });
      await wire.until(({ type }) => type === "joined");
      return wire;
    };
    return new Talk(await join("ada"), await join("bob"));
  }

  /** The delays of the messages of one phase. */
  async run(): Promise<number[]> {
    const delays: number[] = [];
    for (const end = performance.now() + PHASE_MS; performance.now() < end;) {
      const sent = performance.now();
      await this.#ada.send({ type: "message", room: "chat", text: String(sent) });
      await arrival(this.#bob, String(sent));
      delays.push(performance.now() - sent);
      await arrival(this.#ada, String(sent));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return delays;
  }

  [Symbol.dispose](): void {
    this.#ada.close();
    this.#bob.close();
  }
}

/** Resolves when the message arrives. Answers pings on the way. */
async function arrival(wire: Wire, expected: string): Promise<void> {
  await wire.until(({ type, text }) => {
    if (type === "ping") void wire.send({ type: "pong" });
    return type === "message" && text === expected;
  });
}

function delaysOf(times: readonly number[]): Delays {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(100 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!) / 100;
  return { p50: at(0.5), p99: at(0.99), worst: at(1) };
}
