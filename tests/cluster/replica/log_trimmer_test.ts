import { assert, assertEquals } from "@std/assert";
import { LogTrimmer } from "../../../src/cluster/replica/log_trimmer.ts";

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

/** A trimmer on a clock that the test moves, and the positions that it has removed. */
function trimmerStage() {
  const clock = { now: 0 };
  const removed: number[] = [];
  const log = { forget: (position: number) => Promise.resolve(void removed.push(position)) };
  const options = { log: log as never, monotonic: () => clock.now, report() {} };
  return { clock, removed, trimmer: new LogTrimmer(options, new AbortController().signal) };
}

Deno.test("entries are kept for five minutes after all servers have them", () => {
  const { clock, removed, trimmer } = trimmerStage();
  for (let minute = 1; minute <= 8; minute++) {
    clock.now = minute * MINUTE_MS - 1;
    trimmer.trim(minute * 100 - 1);
    clock.now = minute * MINUTE_MS;
    trimmer.trim(minute * 100);
  }
  assertEquals(removed, [100, 200, 300]);
});

Deno.test("a flood of entries is removed sooner, before it fills the engine", () => {
  const { clock, removed, trimmer } = trimmerStage();
  const keptMiB: number[] = [];
  for (let second = 1; second <= 60; second++) {
    clock.now = second * 1_000;
    for (let entry = 0; entry < 40; entry++) trimmer.noteEntry(MIB / 2);
    // Each position is that of the last MiB that all servers have.
    trimmer.trim(second * 20);
    keptMiB.push(second * 20 - (removed.at(-1) ?? 0));
  }
  assert(Math.max(...keptMiB) <= 600);
});
