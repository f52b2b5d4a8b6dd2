import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Guest, Stage } from "../stage.ts";

/** Addresses for documentation: RFC 5737 and RFC 3849. */
const HERE = { remoteAddress: "192.0.2.7" };
const THERE = { remoteAddress: "2001:db8::7" };

/** Returns the lines that a refused client gets until the end. */
async function refusal(guest: Guest): Promise<{ code: string; message: string; retryAfter: number }> {
  const [error, ...more] = (await guest.rest()).map((line) => JSON.parse(line));
  assertEquals(more, []);
  guest.hangUp();
  return error;
}

async function join(stage: Stage, from: Parameters<Stage["dial"]>[0], name: string): Promise<Guest> {
  const guest = stage.dial(from);
  await guest.say({ type: "join", name });
  await guest.until("joined");
  return guest;
}

/** Resolves when the server has noticed a departure and `left` connections remain. */
async function gone(stage: Stage, witness: Guest, left: number): Promise<void> {
  while (stage.server.snapshot().connections > left) await witness.events();
}

Deno.test("an address at its limit of connections is told so, and others are admitted", async () => {
  await using stage = new Stage({ connectionsPerAddress: 2 });
  const [ada, bob] = [await join(stage, HERE, "ada"), await join(stage, HERE, "bob")];
  const { code, message, retryAfter } = await refusal(stage.dial(HERE));
  assertEquals([code, retryAfter], ["too_many_connections", 5]);
  assertMatch(message, /^Your address already has 2 connections/);
  await join(stage, THERE, "cyd");
  bob.hangUp();
  await gone(stage, ada, 2);
  await join(stage, HERE, "dan");
  assertEquals((await refusal(stage.dial(HERE))).code, "too_many_connections");
  assertEquals(stage.server.statistics.rejected.get("too_many_connections"), 2);
});

Deno.test("an address that has connected too often must wait, and is then admitted", async () => {
  await using stage = new Stage({ attemptsPerAddress: 3 });
  const witness = await stage.join("witness");
  for (let n = 0; n < 3; n++) {
    (await join(stage, HERE, `guest${n}`)).hangUp();
    await gone(stage, witness, 1);
  }
  const { code, retryAfter } = await refusal(stage.dial(HERE));
  assertEquals([code, retryAfter], ["too_many_connections", 200]);
  await join(stage, THERE, "somebody-else");
  stage.now += retryAfter * 1_000;
  await join(stage, HERE, "back");
});

Deno.test("a refusal by a full server does not count against the address", async () => {
  await using stage = new Stage({ maxConnections: 2, connectionsPerAddress: 1, attemptsPerAddress: 1 });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  for (let n = 0; n < 5; n++) assertEquals((await refusal(stage.dial(HERE))).code, "server_full");
  bob.hangUp();
  await gone(stage, ada, 1);
  await join(stage, HERE, "cyd");
});

Deno.test("beyond its memory limit the server admits no new clients, logs it once, and serves the others", async () => {
  let bytes = 999;
  await using stage = new Stage({ memory: { bytes: 1_000, measure: () => bytes } });
  const ada = await stage.join("ada");
  bytes = 1_000;
  stage.pass(1_000);
  const { code, message, retryAfter } = await refusal(stage.dial());
  assertEquals([code, retryAfter], ["server_full", 5]);
  assertMatch(message, /no memory/);
  bytes = 950;
  stage.pass(1_000);
  assertEquals((await refusal(stage.dial())).code, "server_full");
  await ada.say({ type: "message", room: "lobby", text: "still here" });
  assertEquals((await ada.until("message")).text, "still here");
  bytes = 899;
  stage.pass(1_000);
  await stage.join("bob");
  assertEquals(stage.logged.filter((line) => line.includes("memory limit")).length, 1);
});

Deno.test("a server that starts beyond its memory limit admits no clients", async () => {
  await using stage = new Stage({ memory: { bytes: 1_000, measure: () => 2_000 } });
  assertEquals((await refusal(stage.dial())).code, "server_full");
});

Deno.test("the operator is admitted even if the server is full", async () => {
  await using stage = new Stage({ maxConnections: 1, memory: { bytes: 1_000, measure: () => 2_000 } });
  assert((await join(stage, { privileged: true }, "olga")).there.privileged);
  await join(stage, { privileged: true }, "olga-again");
  assertEquals((await refusal(stage.dial())).code, "server_full");
});
