/** Floods of the path for links of other servers, by attackers without the cluster's key. */

import { assert, assertEquals } from "@std/assert";
import { openSocketChannel, type SocketChannel } from "../../src/cluster/link/wire/socket_channel.ts";
import { LINK_PROOF_MS, MAX_UNPROVEN_LINKS_PER_ADDRESS } from "../../src/protocol/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { until } from "../cluster/link/link_ends.ts";
import { dialerOf, link, RealLinkedServer } from "../cluster/link/real_servers.ts";
import { Wire } from "./wire.ts";

const ATTACKERS = 40;
const TRIES = 5;

type Bytes = Uint8Array<ArrayBuffer>;

function noise(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** What an attacker sends after the WebSocket is open. */
const FLOODS: Readonly<Record<string, () => readonly Bytes[]>> = {
  "hellos": () => [noise(33).with(0, 1) as Bytes],
  "hellos and false proofs": () => [noise(33).with(0, 1) as Bytes, noise(24)],
  "the largest frames": () => [noise(60_000), noise(60_000)],
  "nothing": () => [],
};

class Attacker {
  readonly #channel: SocketChannel;
  readonly ended: Promise<void>;
  receivedBytes = 0;

  private constructor(channel: SocketChannel) {
    this.#channel = channel;
    this.ended = channel.run({
      take: ({ length }) => {
        this.receivedBytes += length;
        return Promise.resolve();
      },
      ended() {},
    });
  }

  static async open(address: string): Promise<Attacker> {
    const bytes = await dialerOf(undefined)(address, new AbortController().signal);
    return new Attacker(await openSocketChannel(bytes, (random) => void crypto.getRandomValues(random)));
  }

  async send(frames: readonly Bytes[]): Promise<void> {
    for (const frame of frames) await this.#channel.send(frame);
  }

  close(): void {
    this.#channel.close();
  }
}

for (const [name, frames] of Object.entries(FLOODS)) {
  Deno.test(`a flood of ${name} leaves the link and the chat alone, holds no state and learns nothing`, async () => {
    const clock = new FakeClock();
    await using one = new RealLinkedServer(1, undefined, { clock });
    await using two = new RealLinkedServer(2, undefined, { clock });
    await link(one, two);
    using member = await Wire.dial(one.address);
    await member.send({ type: "join", name: "ada" });
    await member.until(({ type }) => type === "joined");
    const before = one.server.snapshot().connections;
    const attackers: Attacker[] = [];
    await Promise.all(Array.from({ length: ATTACKERS }, async (_, nth) => {
      for (let tries = 0; tries < TRIES; tries++) {
        const attacker = await Attacker.open(one.address);
        attackers.push(attacker);
        await attacker.send(frames());
        if (nth === 0) await answerTo(member, tries);
      }
    }));
    await answerTo(member, TRIES);
    // Of those that prove nothing, only a few are open.
    await until(() => one.server.snapshot().connections <= before + MAX_UNPROVEN_LINKS_PER_ADDRESS);
    assertEquals([one.links.linked, two.links.linked], [[2], [1]]);
    assert(one.links.send(2, { type: "left", call: "c", stream: 0 }));
    for (const { receivedBytes } of attackers) assert(receivedBytes <= 33, `${receivedBytes} bytes`);
    clock.advance(LINK_PROOF_MS);
    await until(() => one.server.snapshot().connections === before);
    for (const attacker of attackers) {
      attacker.close();
      await attacker.ended;
    }
  });
}

/** The member's chat goes on. */
async function answerTo(member: Wire, nth: number): Promise<void> {
  await member.send({ type: "message", room: "lobby", text: "hello", ref: `r${nth}` });
  await member.until(({ type, ref }) => type === "ack" && ref === `r${nth}`);
}
