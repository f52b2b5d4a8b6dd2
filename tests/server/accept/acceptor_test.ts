import { assert, assertEquals } from "@std/assert";
import { ACCEPT_PAUSE_MS, ACCEPTS_AT_ONCE, LOG_REPEAT_MS, MAX_REFUSALS_AT_ONCE } from "../../../src/protocol/limits.ts";
import { type DescriptorReserve, DescriptorShortage } from "../../../src/transports/connection.ts";
import { type Guest, Stage, type StageOptions } from "../stage.ts";

class FakeReserve implements DescriptorReserve {
  held = false;
  /** False while the system has no descriptors left. */
  ample = true;

  take(): boolean {
    return this.held ||= this.ample;
  }

  release(): boolean {
    const { held } = this;
    this.held = false;
    return held;
  }
}

/** Returns the lines that a refused client gets until the end. */
async function refusal(guest: Guest): Promise<{ code: string; message: string; retryAfter: number }> {
  const [error, ...more] = (await guest.rest()).map((line) => JSON.parse(line));
  assertEquals(more, []);
  guest.hangUp();
  return error;
}

async function short(options: StageOptions = {}) {
  const reserve = new FakeReserve();
  const stage = new Stage({ reserve, ...options });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  assert(reserve.held);
  reserve.ample = false;
  stage.listener.fail(new DescriptorShortage("too many open files"));
  return { reserve, stage, ada, bob };
}

Deno.test("without free descriptors, new clients are refused with an error, using the reserve", async () => {
  const { reserve, stage, ada } = await short();
  await using _ = stage;
  const { code, message, retryAfter } = await refusal(stage.dial());
  assertEquals([code, retryAfter], ["server_full", 5]);
  assert(message.includes("as its system allows"), message);
  assertEquals(reserve.held, false);
  stage.pass(1_000);
  assertEquals((await refusal(stage.dial())).code, "server_full");
  await ada.say({ type: "rooms" });
  assertEquals((await ada.until("rooms")).rooms[0]!.count, 2);
});

Deno.test("after a client leaves, one more is admitted, and the reserve is refilled as soon as possible", async () => {
  const { reserve, stage, ada, bob } = await short();
  await using _ = stage;
  await refusal(stage.dial());
  bob.hangUp();
  while (stage.server.snapshot().connections > 1) await ada.events();
  stage.pass(1_000);
  assertEquals(reserve.held, false);
  const eve = await stage.join("eve");
  await refusal(stage.dial());
  eve.hangUp();
  while (stage.server.snapshot().connections > 1) await ada.events();
  reserve.ample = true;
  stage.pass(1_000);
  assert(reserve.held);
  for (const name of ["cy", "dan", "fay"]) await stage.join(name);
});

Deno.test("a server without any free descriptor recovers once all clients have left", async () => {
  const reserve = new FakeReserve();
  await using stage = new Stage({ reserve });
  stage.listener.fail(new DescriptorShortage("too many open files"));
  assertEquals((await refusal(stage.dial())).code, "server_full");
  stage.pass(1_000);
  await stage.join("ada");
});

Deno.test("with a used-up reserve the server pauses and accepts again later", async () => {
  const { stage, ada } = await short();
  await using _ = stage;
  stage.listener.fail(new DescriptorShortage("too many open files"));
  const late = stage.dial();
  await ada.events();
  stage.timers.advance(ACCEPT_PAUSE_MS);
  assertEquals((await refusal(late)).code, "server_full");
});

Deno.test("a draining server releases the reserve", async () => {
  const reserve = new FakeReserve();
  const stage = new Stage({ reserve });
  await stage[Symbol.asyncDispose]();
  assertEquals(reserve.held, false);
});

Deno.test("only a few refused clients that do not close are kept, and none after a pause", async () => {
  await using stage = new Stage({ maxConnections: 1 });
  const ada = await stage.join("ada");
  const crowd = Array.from({ length: MAX_REFUSALS_AT_ONCE + 10 }, () => stage.dial());
  await stage.counted((connections) => connections > MAX_REFUSALS_AT_ONCE);
  assertEquals(await ada.events(), []);
  assertEquals(stage.server.snapshot().connections, 1 + MAX_REFUSALS_AT_ONCE);
  stage.timers.advance(ACCEPT_PAUSE_MS);
  const codes = await Promise.all(crowd.map(async (guest) => (await refusal(guest)).code));
  assertEquals(codes, crowd.map(() => "server_full"));
});

Deno.test("refused clients that linger do not count as connections", async () => {
  await using stage = new Stage({ maxConnections: 2 });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const lingering = stage.dial();
  await lingering.line();
  bob.hangUp();
  while (stage.server.snapshot().connections > 2) await ada.events();
  await stage.join("eve");
});

Deno.test("the log reports the first refusal, and later the number of repetitions", async () => {
  await using stage = new Stage({ maxConnections: 1 });
  await stage.join("ada");
  const said = () => stage.logged.map((line) => JSON.parse(line)).filter(([level]) => level === "warn");
  for (let n = 0; n < 10; n++) await refusal(stage.dial());
  assertEquals(said(), [["warn", "refused", { peer: said()[0]![2].peer, reason: "server_full" }]]);
  stage.pass(LOG_REPEAT_MS);
  assertEquals(said().length, 2);
  assertEquals(said()[1]![2].times, 9);
  stage.pass(LOG_REPEAT_MS);
  stage.pass(LOG_REPEAT_MS);
  assertEquals(said().length, 2);
  await refusal(stage.dial());
  assertEquals(said().length, 3);
  assert(!stage.logged.some((line) => line.includes("disconnected")));
});

Deno.test("while a crowd connects, connected clients get their turns in between", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  for (let n = 0; n < 900; n++) stage.dial();
  await ada.events();
  const accepted = stage.server.snapshot().connections;
  assert(accepted <= 4 * ACCEPTS_AT_ONCE, `${accepted} were accepted before ada was answered`);
  await stage.counted((connections) => connections > 900);
});
