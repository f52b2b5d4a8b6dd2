import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  ACCEPT_PAUSE_MS,
  FIRST_BYTES_WAIT_MS,
  GRACE_MS,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
} from "../../src/protocol/limits.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { Stage } from "./stage.ts";

const HI = { type: "message", room: "lobby", text: "hi" };

Deno.test("a silent client is pinged, and stays if it answers", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  for (let round = 0; round < 5; round++) {
    stage.pass(PING_INTERVAL_MS);
    assertEquals(await ada.event(), { type: "ping" });
    await ada.say({ type: "pong" });
    assertEquals(await ada.events(), []);
  }
});

Deno.test("a jump of the system's time in either direction closes nobody, and a silent client is still closed", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const newcomer = await stage.arrive();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  await newcomer.line();
  for (const jump of [5 * 60_000, -60 * 60_000]) {
    stage.jumped += jump;
    stage.pass(1_000);
    assertEquals(await ada.events(), []);
  }
  await newcomer.write("bob\n");
  assertEquals((await ada.until("join")).member.name, "bob");
  newcomer.hangUp();
  stage.pass(PING_INTERVAL_MS);
  stage.pass(PING_TIMEOUT_MS);
  assertEquals((await ada.rest()).map((line) => JSON.parse(line).type), ["ping", "goodbye"]);
});

Deno.test("a client that answers no ping is closed, and its leave is announced after the grace", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  for (let ms = 0; ms < PING_TIMEOUT_MS; ms += PING_INTERVAL_MS) {
    await ada.events();
    stage.pass(PING_INTERVAL_MS);
  }
  const last = (await bob.rest()).map((line) => JSON.parse(line));
  assertEquals(last, [{ type: "ping" }, { type: "goodbye", reason: "timeout", retryAfter: 1 }]);
  bob.hangUp();
  await ada.events();
  stage.pass(GRACE_MS - 1);
  assertEquals(await ada.events(), []);
  stage.pass(1);
  assertEquals((await ada.until("leave")).reason, "timeout");
});

Deno.test("a full server refuses new clients with an error, and admits one after another leaves", async () => {
  await using stage = new Stage({ maxConnections: 2 });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const late = stage.dial();
  const [error] = (await late.rest()).map((line) => JSON.parse(line));
  assertEquals([error.type, error.code, error.retryAfter], ["error", "server_full", 5]);
  late.hangUp();
  bob.hangUp();
  while (stage.server.snapshot().connections > 1) await ada.events();
  await stage.join("eve");
});

Deno.test("a draining server says goodbye to all clients, and closes its listeners and its history", async () => {
  await using stage = new Stage();
  const [ada, person, silent] = [await stage.join("ada"), stage.dial(), stage.dial()];
  await person.write("bob\n");
  await ada.until("join");
  const drained = stage.server.drain();
  assertEquals(stage.server.drain(), drained);
  assert(stage.listener.closed);
  assertEquals((await ada.rest()).map((line) => JSON.parse(line)), [{
    type: "goodbye",
    reason: "shutdown",
    retryAfter: 1,
  }]);
  assertEquals((await person.rest()).at(-1), "* The server is shutting down. Goodbye.");
  assertEquals((await silent.rest()).map((line) => JSON.parse(line).code), ["shutting_down"]);
  assertEquals(stage.history.closed, 0);
  for (const guest of [ada, person, silent]) guest.hangUp();
  await drained;
  assertEquals([stage.history.closed, stage.server.snapshot().connections], [1, 0]);
});

Deno.test("a draining server first delivers queued events", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const release = ada.there.stall();
  await bob.say(...Array.from({ length: 100 }, () => ({ ...HI, text: "x".repeat(8_000) })));
  await bob.events();
  const drained = stage.server.drain();
  release();
  const types = (await ada.rest()).map((line) => JSON.parse(line).type);
  assertEquals(types, ["join", ...Array(100).fill("message"), "goodbye"]);
  ada.hangUp();
  bob.hangUp();
  await drained;
});

Deno.test("a draining server does not wait for clients that never read", async () => {
  await using stage = new Stage();
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const release = bob.there.stall();
  await ada.say(HI);
  await ada.until("message");
  const drained = stage.server.drain();
  ada.hangUp();
  stage.timers.advance(5_000);
  assert(bob.there.closed);
  release();
  await drained;
});

Deno.test("a client accepted during the drain is refused", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const late = stage.dial();
  const drained = stage.server.drain();
  ada.hangUp();
  await late.rest();
  late.hangUp();
  await drained;
});

Deno.test("a client that does not read is closed when its outbox is full, and others notice nothing", async () => {
  await using stage = new Stage();
  const [ada, bob, slow] = [await stage.join("ada"), await stage.join("bob"), await stage.join("slow")];
  const release = slow.there.stall();
  const batch = Array.from({ length: 100 }, () => ({ ...HI, text: "x".repeat(8_000) }));
  const total = 700;
  for (let sent = 0; sent < total; sent += batch.length) {
    await bob.say(...batch);
    await bob.events();
  }
  const seqs = (await ada.events()).flatMap((event) => event.type === "message" && "seq" in event ? [event.seq] : []);
  assertEquals(seqs, Array.from({ length: total }, (_, n) => n + 1));
  release();
  const lines = (await slow.rest()).map((line) => JSON.parse(line));
  assertEquals(lines.at(-2).code, "slow_consumer");
  assertEquals(lines.at(-1), { type: "goodbye", reason: "slow", retryAfter: 1 });
  const got = lines.filter(({ type }) => type === "message").map(({ seq }) => seq);
  assertEquals(got, Array.from({ length: got.length }, (_, n) => n + 1));
  slow.hangUp();
  await ada.events();
  stage.pass(GRACE_MS);
  assertEquals((await ada.until("leave")).reason, "slow");
  assert(stage.logged.includes('["warn","slow consumer",{"peer":"memory:right"}]'), stage.logged.join("\n"));
});

Deno.test("a client that returns replaces its own earlier session, which gets a goodbye", async () => {
  await using stage = new Stage();
  const old = stage.dial();
  await old.say({ type: "join", name: "ada" });
  const { you: { token, session } } = await old.until("joined");
  const again = stage.dial();
  await again.say({ type: "join", token, session });
  await again.until("joined");
  assertEquals((await old.rest()).map((line) => JSON.parse(line)), [{ type: "goodbye", reason: "replaced" }]);
  old.hangUp();
  await again.say(HI);
  assertEquals((await again.until("message") as RoomMessage).seq, 1);
});

Deno.test("a failing listener is retried after a pause", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  stage.listener.fail(new Error("too many open files"));
  const late = stage.dial();
  await ada.events();
  stage.timers.advance(ACCEPT_PAUSE_MS);
  await late.say({ type: "ping" });
  assertEquals((await late.event()).type, "welcome");
  assert(stage.logged.some((line) => line.includes("accept failed") && line.includes("too many open files")));
});

Deno.test("a connection that opens and closes leaves no resources", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const timers = stage.timers.pending;
  for (let n = 0; n < 50; n++) stage.dial().hangUp();
  const half = stage.dial();
  await half.say({ type: "ping" });
  half.hangUp();
  while (stage.server.snapshot().connections > 1) await ada.events();
  assertEquals(stage.timers.pending, timers);
});

Deno.test("the log reports connections, and no message texts", async () => {
  const secrets = ["the text", "the-password", "the topic"];
  await using stage = new Stage();
  const ada = stage.dial();
  await ada.say({ type: "join", name: "ada", password: secrets[1] });
  const { you: { token } } = await ada.until("joined");
  await ada.say({ ...HI, text: secrets[0] }, { type: "topic", room: "lobby", text: secrets[2] }, { type: "dance" });
  await ada.events();
  ada.hangUp();
  const bob = await stage.join("bob");
  while (stage.server.snapshot().connections > 1) await bob.events();
  const log = stage.logged.join("\n");
  assertStringIncludes(log, "connected");
  assertStringIncludes(log, "disconnected");
  for (const secret of [...secrets, token!]) assert(!log.includes(secret), secret);
});
