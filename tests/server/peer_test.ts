import { assert, assertEquals } from "@std/assert";
import { FAULTS_BURST, FAULTS_PAUSE_MS, TURN_FRAMES_PER_CONNECTION } from "../../src/protocol/limits.ts";
import type { ErrorEvent, ServerEvent } from "../../src/protocol/messages.ts";
import { type Guest, Stage } from "./stage.ts";

const PING = { type: "ping", ref: "after the pause" };

/** How often each code was told before the answer to `PING`. */
async function codesUntilPong(guest: Guest): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (let event = await guest.event(); event.type !== "pong"; event = await guest.event()) {
    if (event.type === "error") codes[event.code] = (codes[event.code] ?? 0) + 1;
  }
  return codes;
}

/** Resolves when the server has had as many turns as that many lines of one connection take. */
async function outlast(lines: number, witness: Guest): Promise<void> {
  for (let handled = 0; handled <= lines; handled += TURN_FRAMES_PER_CONNECTION) await witness.events();
}

for (
  const [what, line, code] of [
    ["are no JSON", "{nonsense\n", "bad_json"],
    ["have an unknown type", '{"type":"dance"}\n', "unknown_type"],
    ["have a wrong field", '{"type":"join","name":7}\n', "invalid"],
    ["come too early", '{"type":"members","room":"lobby"}\n', "not_joined"],
  ] as const
) {
  Deno.test(`of 1,000 lines that ${what} a few are answered, then it is told once, and nothing is read for a while`, async () => {
    await using stage = new Stage();
    const [ada, mallory] = [await stage.join("ada"), stage.dial()];
    await mallory.write(line.repeat(1_000));
    await outlast(1_000, ada);
    await mallory.say(PING);
    await outlast(1_000, ada);
    stage.now += FAULTS_PAUSE_MS;
    stage.timers.advance(FAULTS_PAUSE_MS - 1);
    assertEquals(
      stage.server.snapshot().counted.rejected.get(code)! <= FAULTS_BURST + TURN_FRAMES_PER_CONNECTION,
      true,
    );
    stage.timers.advance(1);
    assertEquals(await codesUntilPong(mallory), { [code]: FAULTS_BURST, rate_limited: 1 });
  });
}

Deno.test("whoever is not read, and why, is told with how long that takes", async () => {
  await using stage = new Stage();
  const mallory = stage.dial();
  await mallory.write("{}\n".repeat(FAULTS_BURST + 1));
  let error: ServerEvent = await mallory.until("error");
  while (error.code !== "rate_limited") error = await mallory.until("error");
  assertEquals((error as ErrorEvent).retryAfter, FAULTS_PAUSE_MS / 1000);
});

Deno.test("a person on nc whose commands make no sense is told so a few times, and then that it is too much", async () => {
  await using stage = new Stage();
  const [ada, mallory] = [await stage.join("ada"), stage.dial()];
  await mallory.write("mallory\n" + "/nonsense\n".repeat(1_000));
  await outlast(1_000, ada);
  stage.timers.advance(FAULTS_PAUSE_MS);
  await mallory.write("still here\n");
  assertEquals((await ada.until("message")).text, "still here");
  mallory.hangUp();
  const lines = await mallory.rest();
  const unknown = lines.filter((line) => line.includes("is unknown"));
  assertEquals([unknown.length, lines.filter((line) => line.includes("refused")).length], [FAULTS_BURST, 1]);
});

Deno.test("as many faults as are borne are borne again after a while", async () => {
  await using stage = new Stage();
  const mallory = await stage.join("mallory");
  for (let times = 0; times < 3; times++) {
    await mallory.write("{}\n".repeat(FAULTS_BURST));
    const events = await mallory.events();
    assertEquals(events.filter((event) => event.type === "error" && event.code === "invalid").length, FAULTS_BURST);
    stage.now += 60_000;
  }
});

Deno.test("a server that drains waits for nobody who is not read because of too many faults", async () => {
  await using stage = new Stage();
  const [ada, mallory] = [await stage.join("ada"), await stage.join("mallory")];
  await mallory.write("{}\n".repeat(1_000));
  await outlast(1_000, ada);
  const drained = stage.server.drain();
  ada.hangUp();
  mallory.hangUp();
  await drained;
});

Deno.test("whoever sends 20,000 pings at once leaves the others their turns in between", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const flooder = await stage.join("flooder");
  await ada.events();
  let answered = 0;
  const counted = (async () => {
    while (answered < 20_000) if ((await flooder.event()).type === "pong") answered++;
  })();
  await flooder.write('{"type":"ping"}\n'.repeat(20_000));
  for (let ping = 0; ping < 10; ping++) await ada.events();
  assert(answered <= 20 * TURN_FRAMES_PER_CONNECTION, `${answered} pings were answered before ada was`);
  await counted;
});
