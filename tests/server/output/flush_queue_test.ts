import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { FLUSHES_AT_ONCE } from "../../../src/protocol/limits.ts";
import { FlushQueue } from "../../../src/server/output/flush_queue.ts";
import { Outbox } from "../../../src/server/output/outbox.ts";

class Round {
  readonly flushed: number[] = [];
  readonly flushing = new FlushQueue();

  add(from: number, to: number): void {
    for (let id = from; id < to; id++) {
      const outbox = { flushScheduled: () => this.flushed.push(id) };
      this.flushing.add(outbox as unknown as Outbox);
    }
  }
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

Deno.test("outboxes within the limit are flushed at once, in order", () => {
  const round = new Round();
  round.add(0, FLUSHES_AT_ONCE);
  assertEquals(round.flushed, []);
  round.flushing.start();
  assertEquals(round.flushed, numbers(0, FLUSHES_AT_ONCE));
  assertEquals(round.flushing.done(), undefined);
});

Deno.test("further outboxes wait for the event loop, once for each FLUSHES_AT_ONCE", async () => {
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

Deno.test("done waits for the outboxes queued now, and not for later ones", async () => {
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

Deno.test("an outbox is queued once until it is flushed, however much is pushed", async () => {
  const written: number[] = [];
  const sink = { write: (chunk: Uint8Array) => Promise.resolve(void written.push(chunk.length)) };
  const queue = new FlushQueue();
  let queued = 0;
  const outbox = new Outbox(sink, 100, (outbox) => {
    queued++;
    queue.add(outbox);
  });
  outbox.push(new Uint8Array(1));
  outbox.push(new Uint8Array(2));
  queue.start();
  await outbox.idle();
  outbox.push(new Uint8Array(4));
  queue.start();
  await outbox.idle();
  assertEquals([queued, written], [2, [3, 4]]);
});
