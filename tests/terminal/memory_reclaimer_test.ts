import { assertEquals } from "@std/assert";
import { GARBAGE_CHARS, GARBAGE_QUIET_MS } from "../../src/protocol/limits.ts";
import { MemoryReclaimer } from "../../src/terminal/memory_reclaimer.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function setUp() {
  const clock = new FakeClock();
  const counted = { collections: 0 };
  const garbage = new MemoryReclaimer(clock, new AbortController().signal, () => counted.collections++);
  return { clock, counted, garbage };
}

Deno.test("during much output, garbage is collected after each GARBAGE_CHARS", () => {
  const { counted, garbage } = setUp();
  for (let count = 0; count < 40; count++) garbage.add(GARBAGE_CHARS / 8);
  assertEquals(counted.collections, 5);
});

Deno.test("after much output, garbage is collected once output is quiet, and not before", () => {
  const { clock, counted, garbage } = setUp();
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

Deno.test("little output never causes a collection", () => {
  const { clock, counted, garbage } = setUp();
  for (let count = 0; count < 100; count++) {
    garbage.add(80);
    clock.advance(10 * GARBAGE_QUIET_MS);
  }
  assertEquals(counted.collections, 0);
});
