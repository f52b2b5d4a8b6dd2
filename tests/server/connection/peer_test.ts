import { assert, assertEquals } from "@std/assert";
import { FAULTS_BURST, FAULTS_PAUSE_MS, TURN_FRAMES_PER_CONNECTION } from "../../../src/protocol/limits.ts";
import { MIN_OWN_BYTES } from "../../../src/server/output/chunks.ts";
import { type Guest, Stage } from "../stage.ts";

/** Resolves when the server has run the turns that this number of lines of one connection takes. */
async function outlast(lines: number, witness: Guest): Promise<void> {
  for (let handled = 0; handled <= lines; handled += TURN_FRAMES_PER_CONNECTION) await witness.events();
}

for (
  const [what, line, code] of [
    ["are no JSON", "{nonsense\n", "bad_json"],
    ["have an unknown type", '{"type":"dance"}\n', "unknown_type"],
    ["have a wrong field", '{"type":"join","name":7}\n', "invalid"],
    ["come too early", '{"type":"message","room":"lobby","text":"hi"}\n', "not_joined"],
  ] as const
) {
  Deno.test(`of 1,000 lines that ${what} a few are answered, and reading pauses`, async () => {
    await using stage = new Stage();
    const [ada, mallory] = [await stage.join("ada"), stage.dial()];
    await mallory.write(line.repeat(1_000));
    await outlast(1_000, ada);
    stage.timers.advance(FAULTS_PAUSE_MS - 1);
    await outlast(1_000, ada);
    const answered = () => stage.server.snapshot().counted.rejected.get(code)!;
    assertEquals(answered(), 2 * FAULTS_BURST);
    stage.now += FAULTS_PAUSE_MS;
    stage.timers.advance(1);
    await outlast(1_000, ada);
    assertEquals(answered(), 3 * FAULTS_BURST);
    mallory.hangUp();
    const told = (await mallory.rest()).map((each) => JSON.parse(each)).filter(({ type }) => type === "error");
    const slowdowns = told.filter((error) => error.code === "rate_limited");
    assertEquals(slowdowns.map(({ retryAfter }) => retryAfter), Array(2).fill(FAULTS_PAUSE_MS / 1000));
    assertEquals(told.length - slowdowns.length, 3 * FAULTS_BURST);
  });
}

Deno.test("lines after too many refused ones are read when the pause is over", async () => {
  await using stage = new Stage();
  const [ada, mallory] = [await stage.join("ada"), stage.dial()];
  await mallory.write("mallory\n" + "/nonsense\n".repeat(2 * FAULTS_BURST) + "still here\n");
  await outlast(3 * FAULTS_BURST, ada);
  stage.now += FAULTS_PAUSE_MS;
  stage.timers.advance(FAULTS_PAUSE_MS);
  assertEquals((await ada.until("message")).text, "still here");
  mallory.hangUp();
  const lines = await mallory.rest();
  const unknown = lines.filter((line) => line.includes("is unknown"));
  const slowdowns = lines.filter((line) => line.includes("the server reads your next lines in 5 s"));
  assertEquals([unknown.length, slowdowns.length], [2 * FAULTS_BURST, 1]);
});

Deno.test("lines of a client that closed during a pause are ignored", async () => {
  await using stage = new Stage();
  const [ada, mallory] = [await stage.join("ada"), await stage.join("mallory")];
  await mallory.write("{}\n".repeat(1_000));
  await outlast(1_000, ada);
  mallory.hangUp();
  for (let times = 0; times < 2; times++) {
    stage.timers.advance(FAULTS_PAUSE_MS);
    await outlast(1_000, ada);
  }
  assertEquals(stage.server.snapshot().connections, 1);
});

Deno.test("the budget of errors refills after a while", async () => {
  await using stage = new Stage();
  const mallory = await stage.join("mallory");
  for (let times = 0; times < 3; times++) {
    await mallory.write("{}\n".repeat(FAULTS_BURST));
    const events = await mallory.events();
    assertEquals(events.filter((event) => event.type === "error" && event.code === "invalid").length, FAULTS_BURST);
    stage.now += 60_000;
  }
});

Deno.test("a draining server does not wait for a client paused for too many errors", async () => {
  await using stage = new Stage();
  const [ada, mallory] = [await stage.join("ada"), await stage.join("mallory")];
  await mallory.write("{}\n".repeat(1_000));
  await outlast(1_000, ada);
  const drained = stage.server.drain();
  ada.hangUp();
  mallory.hangUp();
  await drained;
});

Deno.test("while one connection sends 20,000 lines at once, others get their turns in between", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const flooder = await stage.join("flooder");
  await ada.events();
  let answered = 0;
  const counted = (async () => {
    while (answered < 20_000) if ((await flooder.event()).type === "ack") answered++;
  })();
  // One message and its repeats: all other commands have a rate limit.
  await flooder.write('{"type":"message","text":"hi","ref":"1"}\n'.repeat(20_000));
  for (let ping = 0; ping < 10; ping++) await ada.events();
  assert(answered <= 20 * TURN_FRAMES_PER_CONNECTION, `${answered} lines were answered before ada was`);
  await counted;
});

Deno.test("the memory of events for one receiver is freed at once, and that of shared events is not", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const chunks: Uint8Array[] = [];
  ada.connection.tap = (chunk) => chunks.push(chunk);
  await bob.say({ type: "message", room: "lobby", text: "x".repeat(MIN_OWN_BYTES) });
  assertEquals((await ada.until("message")).text.length, MIN_OWN_BYTES);
  await ada.say({ type: "history", room: "lobby" });
  assertEquals((await ada.until("history")).messages.length, 1);
  await ada.events();
  const givenBack = chunks.map((chunk) => (chunk.buffer as ArrayBuffer).detached);
  assertEquals(givenBack, [false, true, false], "the message, the page, and a pong that is too short");
});
