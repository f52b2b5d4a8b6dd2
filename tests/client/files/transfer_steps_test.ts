import { assertEquals, assertRejects } from "@std/assert";
import { FileTransfer } from "../../../src/client/files/file_transfer.ts";
import { StallTimer } from "../../../src/client/files/stall_timer.ts";
import { cancelledTransfer, TransferError } from "../../../src/client/files/transfer_error.ts";
import { TransferMeter } from "../../../src/client/files/transfer_meter.ts";
import { TransferQueue } from "../../../src/client/files/transfer_queue.ts";
import { TransferRetries } from "../../../src/client/files/transfer_retries.ts";
import {
  MAX_RUNNING_TRANSFERS,
  MAX_TRANSFER_FAILURES,
  RECONNECT_FIRST_MS,
  TRANSFER_PROGRESS_MS,
  TRANSFER_RATE_MS,
} from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const NEVER = new AbortController().signal;
const broken = () => new TransferError("broken", "cut");

/** Lets everything run that waits for a promise. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

function retries(signal = NEVER, moved = () => 0) {
  const clock = new FakeClock();
  const reasons: (string | undefined)[] = [];
  const paused = (reason: string | undefined) => void reasons.push(reason);
  return { clock, reasons, retries: new TransferRetries({ clock, random: () => 1, signal, moved, paused }) };
}

Deno.test("a passing fault is tried again after growing pauses, and the reason is told meanwhile", async () => {
  const { clock, reasons, retries: repeat } = retries();
  const starts: number[] = [];
  const first = clock.now();
  const done = repeat.run(() => {
    starts.push(clock.now() - first);
    return starts.length < 4 ? Promise.reject(broken()) : Promise.resolve("done");
  });
  for (let step = 0; step < 3; step++) {
    await settled();
    clock.advance(RECONNECT_FIRST_MS * 2 ** step);
  }
  assertEquals(await done, "done");
  assertEquals(starts, [0, 1, 3, 7].map((count) => count * RECONNECT_FIRST_MS));
  assertEquals(reasons, ["cut", undefined, "cut", undefined, "cut", undefined]);
  assertEquals(clock.timers, 0);
});

Deno.test("the server's wish to wait is added, and a chat that is connected again ends the pause", async () => {
  const { clock, retries: repeat } = retries();
  let attempts = 0;
  const busy = () => new TransferError("busy", "later", { retryAfterMs: 60_000 });
  const done = repeat.run(() => ++attempts < 3 ? Promise.reject(busy()) : Promise.resolve());
  await settled();
  clock.advance(59_999);
  await settled();
  assertEquals(attempts, 1);
  clock.advance(1_000);
  await settled();
  assertEquals(attempts, 2);
  repeat.hurry();
  await done;
  assertEquals([attempts, clock.timers], [3, 0]);
});

Deno.test("attempts that move nothing come to an end, and those that move something do not", async () => {
  let moved = 0;
  const { clock, retries: repeat } = retries(NEVER, () => moved);
  let attempts = 0;
  const done = repeat.run(() => {
    attempts++;
    if (attempts <= 2 * MAX_TRANSFER_FAILURES) moved++;
    return Promise.reject(broken());
  });
  const ended = assertRejects(() => done, TransferError, "cut");
  for (let step = 0; step < 4 * MAX_TRANSFER_FAILURES; step++) {
    await settled();
    clock.advance(60_000);
  }
  await ended;
  assertEquals(attempts, 3 * MAX_TRANSFER_FAILURES - 1);
});

Deno.test("a final fault and a cancel end the attempts", async () => {
  const { retries: repeat } = retries();
  const final = new TransferError("refused", "no");
  assertEquals(await assertRejects(() => repeat.run(() => Promise.reject(final))), final);
  const cancel = new AbortController();
  const other = retries(cancel.signal);
  const done = other.retries.run(() => Promise.reject(broken()));
  await settled();
  cancel.abort();
  await assertRejects(() => done, TransferError, "Cancelled");
  assertEquals(other.clock.timers, 0);
});

Deno.test("so many transfers run at a time, and the others in the order in which they came", async () => {
  const queue = new TransferQueue();
  const begun: number[] = [];
  const jobs = Array.from({ length: MAX_RUNNING_TRANSFERS + 3 }, () => Promise.withResolvers<void>());
  const cancel = new AbortController();
  const runs = jobs.map(({ promise }, index) => {
    const signal = index === MAX_RUNNING_TRANSFERS ? cancel.signal : NEVER;
    return queue.run(() => {
      begun.push(index);
      return promise;
    }, signal);
  });
  await settled();
  assertEquals(begun, [0, 1, 2]);
  const cancelled = assertRejects(() => runs[3]!, TransferError, "Cancelled");
  cancel.abort();
  await cancelled;
  jobs[1]!.reject(cancelledTransfer());
  await assertRejects(() => runs[1]!);
  await settled();
  assertEquals(begun, [0, 1, 2, 4]);
  for (const job of jobs) job.resolve();
  await Promise.allSettled(runs);
  assertEquals(begun, [0, 1, 2, 4, 5]);
});

Deno.test("the rate is that of the last seconds, and the time left follows from it", () => {
  const clock = new FakeClock();
  const meter = new TransferMeter(clock, 10_000);
  assertEquals([meter.record(0), meter.rate, meter.leftMs], [true, 0, undefined]);
  assertEquals([meter.record(1), meter.record(10_000)], [false, true]);
  meter.record(0);
  clock.advance(1_000);
  assertEquals([meter.record(2_000), meter.rate, meter.leftMs], [true, 2_000, 4_000]);
  clock.advance(TRANSFER_PROGRESS_MS - 1);
  assertEquals([meter.record(2_500), meter.bytes, meter.rate], [false, 2_500, 2_000]);
  clock.advance(TRANSFER_RATE_MS + 1);
  meter.record(3_000);
  assertEquals(meter.rate, 0);
  clock.advance(1_000);
  meter.record(3_500);
  assertEquals(meter.rate, 500);
});

Deno.test("a transfer that begins again from an earlier byte has no rate until it moves", () => {
  const clock = new FakeClock();
  const meter = new TransferMeter(clock, 10_000);
  meter.record(0);
  clock.advance(1_000);
  meter.record(5_000);
  clock.advance(1_000);
  assertEquals([meter.record(1_000), meter.rate, meter.bytes], [true, 0, 1_000]);
});

Deno.test("a timer that is touched waits again", () => {
  const clock = new FakeClock();
  let stalls = 0;
  const timer = new StallTimer(clock, 100, () => stalls++);
  clock.advance(99);
  timer.touch();
  clock.advance(99);
  assertEquals(stalls, 0);
  clock.advance(1);
  assertEquals([stalls, clock.timers], [1, 0]);
  new StallTimer(clock, 100, () => stalls++)[Symbol.dispose]();
  assertEquals(clock.timers, 0);
});

Deno.test("progress is told at most so often, and once more after it has stopped", async () => {
  const clock = new FakeClock();
  let told = 0;
  const transfer = new FileTransfer({
    ...{ number: 1, direction: "send", name: "a", size: 100, clock, random: () => 0 },
    changed: () => told++,
  });
  const job = Promise.withResolvers<void>();
  const running = transfer.run(() => job.promise);
  told = 0;
  for (const bytes of [0, 1, 2, 3]) transfer.progress(bytes);
  assertEquals([told, transfer.state.bytes], [1, 3]);
  clock.advance(TRANSFER_PROGRESS_MS);
  assertEquals([told, clock.timers], [2, 0]);
  transfer.progress(4);
  transfer.progress(5);
  job.resolve();
  await running;
  assertEquals(clock.timers, 0);
});
