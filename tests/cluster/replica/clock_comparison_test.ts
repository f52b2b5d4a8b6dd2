import { assertEquals } from "@std/assert";
import { ClockComparison } from "../../../src/cluster/replica/clock_comparison.ts";
import { START } from "./entries.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

/** A server, and others that write after it once a second, each with a clock that is ahead by its error. */
function compared(errors: readonly number[], { seconds = 3, lateMs = 20, writes = true } = {}) {
  const clocks = new ClockComparison();
  for (let now = 0; now < seconds * 1_000; now += 1_000) {
    if (writes) clocks.noteOwn(now);
    errors.forEach((error, nth) => clocks.noteOther(nth + 1, START + now + error, now + lateMs));
  }
  const now = seconds * 1_000;
  /** The difference of an own clock with this error. */
  return (error: number, chat = { time: START, takenAt: 0 }) => clocks.difference(START + now + error, now, chat);
}

Deno.test("a clock that may be right is not called wrong", () => {
  const difference = compared([0, 0]);
  assertEquals([0, 5_000, -5_000, 10_000, -10_000].map((error) => difference(error)), [0, 0, 0, 0, 0]);
});

Deno.test("a clock that is wrong by more than 10 s is found, ahead and behind", () => {
  const difference = compared([0, 0]);
  assertEquals([12_000, -12_000, YEAR_MS, -YEAR_MS].map((error) => Math.sign(difference(error))), [1, -1, 1, -1]);
  assertEquals(Math.abs(difference(YEAR_MS) - YEAR_MS) < 2_000, true);
});

Deno.test("entries that come late make no clock wrong, and a year is found all the same", () => {
  const difference = compared([0, 0], { lateMs: 60_000 });
  assertEquals([difference(0), difference(5_000), Math.sign(difference(YEAR_MS)), Math.sign(difference(-YEAR_MS))], [
    0,
    0,
    1,
    -1,
  ]);
});

Deno.test("one wrong clock of three others does not decide", () => {
  for (const error of [YEAR_MS, -YEAR_MS]) {
    const difference = compared([0, error, 0]);
    assertEquals([difference(0), Math.sign(difference(20_000)), Math.sign(difference(-20_000))], [0, 1, -1]);
  }
});

Deno.test("with one other server, the chat's time decides who is wrong", () => {
  for (const error of [YEAR_MS, -YEAR_MS]) {
    const difference = compared([error]);
    assertEquals(difference(0), 0);
    assertEquals(Math.sign(difference(0, { time: START + error, takenAt: 0 })), -Math.sign(error));
  }
});

Deno.test("a server that has written nothing can only find out that its clock is behind", () => {
  const difference = compared([0, 0], { writes: false });
  assertEquals([difference(YEAR_MS), Math.sign(difference(-YEAR_MS))], [0, -1]);
});

Deno.test("clocks that were told more than 5 s ago, and those of servers that have ended, do not count", () => {
  const clocks = new ClockComparison();
  const chat = { time: START, takenAt: 0 };
  clocks.noteOther(1, START, 0);
  clocks.noteOther(2, START, 0);
  assertEquals(Math.sign(clocks.difference(START + 5_000 - YEAR_MS, 5_000, chat)), -1);
  assertEquals(clocks.difference(START + 5_001 - YEAR_MS, 5_001, chat), 0);
  clocks.forget(1);
  clocks.forget(2);
  assertEquals(clocks.difference(START - YEAR_MS, 0, chat), 0);
});

Deno.test("a clock of another server that was set right is believed at once", () => {
  const clocks = new ClockComparison();
  const chat = { time: START, takenAt: 0 };
  for (let now = 0; now < 10_000; now += 1_000) {
    clocks.noteOwn(now);
    for (const s of [1, 2]) clocks.noteOther(s, START + now + (now < 5_000 ? YEAR_MS : 0), now + 10);
  }
  assertEquals(clocks.difference(START + 10_000, 10_000, chat), 0);
  assertEquals(Math.sign(clocks.difference(START + 10_000 + YEAR_MS, 10_000, chat)), 1);
});
