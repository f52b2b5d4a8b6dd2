import { assertEquals } from "@std/assert";
import { BlockPacer } from "../../../src/cli/sound/block_pacer.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const never = new AbortController().signal;

/** Asks for one block after the other, and counts. */
function count(pacer: BlockPacer, signal: AbortSignal): { blocks: number } {
  const counter = { blocks: 0 };
  const ask = async () => {
    while (!signal.aborted) {
      await pacer.next(signal);
      if (signal.aborted || counter.blocks > 1_000) return;
      counter.blocks++;
    }
  };
  void ask();
  return counter;
}

/** Lets everything run that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function advance(clock: FakeClock, ms: number, step = 20): Promise<void> {
  await settle();
  for (let passed = 0; passed < ms; passed += step) {
    clock.advance(step);
    await settle();
  }
}

Deno.test("a block each 20 ms is handed over, and 40 ms of sound before its time", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const counter = count(new BlockPacer(clock, 40), stop.signal);
  await settle();
  assertEquals(counter.blocks, 3);
  await advance(clock, 1_000);
  assertEquals(counter.blocks, 53);
  stop.abort();
  await advance(clock, 1_000);
  assertEquals([counter.blocks, clock.timers], [53, 0]);
});

Deno.test("what a stopped machine missed is not made up for", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const counter = count(new BlockPacer(clock, 0), stop.signal);
  await advance(clock, 100);
  assertEquals(counter.blocks, 6);
  await advance(clock, 5_000, 5_000);
  assertEquals(counter.blocks, 8);
  await advance(clock, 100);
  assertEquals(counter.blocks, 13);
  stop.abort();
});

Deno.test("a wait ends at once if the signal is aborted before it", async () => {
  const clock = new FakeClock();
  const pacer = new BlockPacer(clock, 0);
  await pacer.next(never);
  await pacer.next(AbortSignal.abort());
  assertEquals(clock.timers, 0);
});
