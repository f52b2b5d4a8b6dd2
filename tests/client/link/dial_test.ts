import { assert, assertEquals, assertRejects } from "@std/assert";
import { dialInTime } from "../../../src/client/link/dial.ts";
import type { Connection } from "../../../src/transports/connection.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { memoryConnectionPair } from "../../helpers/memory_connection.ts";

Deno.test("a connection that opens in time is returned, and no timer remains", async () => {
  const clock = new FakeClock();
  const [here] = memoryConnectionPair();
  const stop = new AbortController();
  assertEquals(await dialInTime(() => Promise.resolve(here), clock, stop.signal), here);
  assertEquals(clock.timers, 0);
  stop.abort();
  assert(!here.closed);
});

Deno.test("a dial that throws synchronously becomes a rejection", async () => {
  const stop = new AbortController().signal;
  const dial = () => {
    throw new Error("Cannot resolve nowhere");
  };
  await assertRejects(() => dialInTime(dial, new FakeClock(), stop), Error, "Cannot resolve nowhere");
});

Deno.test("a dial that takes too long is given up, and its late connection is closed", async () => {
  const clock = new FakeClock();
  const late = Promise.withResolvers<Connection>();
  let given: AbortSignal | undefined;
  const dialing = dialInTime(
    (signal) => {
      given = signal;
      return late.promise;
    },
    clock,
    new AbortController().signal,
  );
  clock.advance(10_000);
  await assertRejects(() => dialing, Error, "No answer within 10 s");
  assert(given?.aborted);
  const [here, there] = memoryConnectionPair();
  const end = there.frames.getReader().read();
  late.resolve(here);
  assert((await end).done);
});

Deno.test("an abort ends the dial, before it begins and while it runs", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const dialing = dialInTime(() => new Promise(() => {}), clock, stop.signal);
  stop.abort(new Error("Stopped"));
  await assertRejects(() => dialing, Error, "Stopped");
  await assertRejects(() => dialInTime(() => new Promise(() => {}), clock, stop.signal), Error, "Stopped");
  assertEquals(clock.timers, 0);
});
