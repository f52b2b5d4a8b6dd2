import { assertEquals } from "@std/assert";
import { GARBAGE_CHARS, GARBAGE_QUIET_MS } from "../../src/protocol/limits.ts";
import { MemoryReclaimer } from "../../src/terminal/memory_reclaimer.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function begin() {
  const clock = new FakeClock();
  const counted = { collections: 0 };
  const garbage = new MemoryReclaimer(clock, new AbortController().signal, () => counted.collections++);
  return { clock, counted, garbage };
}

Deno.test("garbage: within a flood it is collected each time that so much was printed", () => {
  const { counted, garbage } = begin();
  for (let count = 0; count < 40; count++) garbage.add(GARBAGE_CHARS / 8);
  assertEquals(counted.collections, 5);
});

Deno.test("garbage: after a flood it is collected once it is quiet, and not before", () => {
  const { clock, counted, garbage } = begin();
  garbage.add(GARBAGE_CHARS / 8);
  clock.advance(GARBAGE_QUIET_MS - 1);
  garbage.add(1);
  clock.advance(GARBAGE_QUIET_MS - 1);
  assertEquals(counted.collections, 0);
  clock.advance(GARBAGE_QUIET_MS);
  assertEquals(counted.collections, 1);
  clock.advance(10 * GARBAGE_QUIET_MS);
  assertEquals(counted.collections, 1);
});

Deno.test("garbage: whoever is written to at leisure never waits for a collection", () => {
  const { clock, counted, garbage } = begin();
  for (let count = 0; count < 100; count++) {
    garbage.add(80);
    clock.advance(10 * GARBAGE_QUIET_MS);
  }
  assertEquals(counted.collections, 0);
});
