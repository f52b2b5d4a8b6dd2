import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { FLUSHES_AT_ONCE } from "../../../src/protocol/limits.ts";
import { FlushQueue } from "../../../src/server/output/flush_queue.ts";
import type { Peer } from "../../../src/server/peer.ts";

class Round {
  readonly flushed: number[] = [];
  readonly flushing = new FlushQueue();

  add(from: number, to: number): void {
    for (let id = from; id < to; id++) {
      const peer = { id, touched: false, outbox: { flush: () => this.flushed.push(id) } };
      this.flushing.add(peer as unknown as Peer);
    }
  }
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

Deno.test("those who fit at once are flushed at once, in order", () => {
  const round = new Round();
  round.add(0, FLUSHES_AT_ONCE);
  assertEquals(round.flushed, []);
  round.flushing.start();
  assertEquals(round.flushed, numbers(0, FLUSHES_AT_ONCE));
  assertEquals(round.flushing.done(), undefined);
});

Deno.test("the others wait for the event loop to go round, once for each FLUSHES_AT_ONCE", async () => {
  const round = new Round();
  const all = 3 * FLUSHES_AT_ONCE + 1;
  round.add(0, all);
  const seen: number[] = [];
  round.flushing.start();
  round.flushing.start();
  const look = () => {
    seen.push(round.flushed.length);
    if (round.flushed.length < all) setImmediate(look);
  };
  look();
  await round.flushing.done();
  assertEquals(round.flushed, numbers(0, all));
  assertEquals(seen, [1, 2, 3].map((times) => times * FLUSHES_AT_ONCE));
});

Deno.test("whoever asks waits for those who wait, and not for those who come later", async () => {
  const round = new Round();
  round.add(0, FLUSHES_AT_ONCE + 10);
  round.flushing.start();
  const first = round.flushing.done();
  round.add(1_000, 1_000 + 2 * FLUSHES_AT_ONCE);
  const second = round.flushing.done();
  await first;
  assertEquals(round.flushed.length, 2 * FLUSHES_AT_ONCE);
  await second;
  assertEquals(round.flushed.length, 3 * FLUSHES_AT_ONCE + 10);
  assertEquals(round.flushed, [...numbers(0, FLUSHES_AT_ONCE + 10), ...numbers(1_000, 1_000 + 2 * FLUSHES_AT_ONCE)]);
});

Deno.test("a peer is marked as waiting until its outbox is flushed, so that nobody waits twice", () => {
  const round = new Round();
  const touched: boolean[] = [];
  const peer = { touched: false, outbox: { flush: () => touched.push(peer.touched) } };
  round.flushing.add(peer as unknown as Peer);
  touched.push(peer.touched);
  round.flushing.start();
  assertEquals(touched, [true, false]);
});
