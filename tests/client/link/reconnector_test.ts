import { assert, assertEquals } from "@std/assert";
import { Untrusted } from "../../../src/client/link/dial.ts";
import { LINK_CHECK_MS, WAKE_CHECK_MS } from "../../../src/protocol/limits.ts";
import type { GoodbyeEvent } from "../../../src/protocol/messages/messages.ts";
import { Harness, joined, welcome } from "../harness.ts";
import { reconnectDelay } from "../../../src/client/link/reconnector.ts";

Deno.test("a failed first attempt closes the client with the reason", async () => {
  const harness = new Harness({ dial: () => Promise.reject(new Error("Connection refused")) });
  harness.client.start();
  const closed = { kind: "closed", cause: "unreachable", reason: "Connection refused" } as const;
  assertEquals(await harness.client.closed, closed);
  assertEquals(harness.statuses, [{ kind: "connecting", attempt: 1 }, closed]);
  assertEquals(harness.clock.timers, 0);
});

Deno.test("a first link that ends before the join counts as a failed attempt", async () => {
  const harness = new Harness();
  harness.client.start();
  const server = await harness.dialed();
  server.send(welcome());
  await server.commands();
  server.close();
  assertEquals((await harness.client.closed).cause, "unreachable");
});

Deno.test("with `retryFirst` failed attempts are repeated after growing delays", async () => {
  let dials = 0;
  const dial = () => {
    dials++;
    return Promise.reject(new Error("Connection refused"));
  };
  const harness = new Harness({ dial, retryFirst: true });
  harness.client.start();
  const delays: number[] = [];
  for (let count = 0; count < 8; count++) delays.push(await harness.waitOut());
  assertEquals(delays, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  await harness.untilStatus("connecting");
  await harness.finish();
  assertEquals(dials, 9);
});

Deno.test("half of each delay is random", async () => {
  const dial = () => Promise.reject(new Error("Connection refused"));
  const harness = new Harness({ dial, retryFirst: true, random: () => 0 });
  harness.client.start();
  assertEquals([await harness.waitOut(), await harness.waitOut()], [250, 500]);
  await harness.untilStatus("connecting");
  await harness.finish();
});

Deno.test("the delays start again only after a link was online", async () => {
  const { harness, server } = await Harness.online();
  server.close();
  assertEquals(await harness.waitOut(), 500);
  const second = await harness.dialed();
  second.send(welcome());
  await second.commands();
  second.close();
  assertEquals(await harness.waitOut(), 1_000);
  const third = await harness.dialed();
  await third.admit();
  await harness.untilStatus("online");
  third.close();
  assertEquals(await harness.waitOut(), 500);
  const fourth = await harness.dialed();
  const attempts = harness.statuses.flatMap((status) => status.kind === "connecting" ? [status.attempt] : []);
  assertEquals(attempts, [1, 1, 2, 1]);
  await harness.finish(fourth);
});

Deno.test("a silent link is closed and dialed again", async () => {
  const { harness, server } = await Harness.online();
  harness.clock.advance(15_000);
  assertEquals(await server.next(), { type: "ping" });
  harness.clock.advance(30_000);
  const { reason } = await harness.untilStatus("waiting");
  assertEquals(reason, "No data from the server for 45 s");
  harness.clock.advance(500);
  const next = await harness.dialed();
  await next.admit();
  await harness.finish(next);
});

Deno.test("after the machine slept, a dead link is closed within LINK_CHECK_MS and dialed again", async () => {
  const { harness, server } = await Harness.online();
  harness.clock.jump(60 * 60_000);
  harness.clock.advance(WAKE_CHECK_MS);
  assertEquals(await server.next(), { type: "ping" });
  harness.clock.advance(LINK_CHECK_MS);
  assertEquals((await harness.untilStatus("waiting")).reason, "No data from the server for 5 s");
  harness.client.checkLink();
  const next = await harness.dialed();
  await next.admit();
  await harness.finish(next);
});

Deno.test("a link that answers after the machine slept stays", async () => {
  const { harness, server } = await Harness.online();
  harness.client.checkLink();
  assertEquals(await server.next(), { type: "ping" });
  await server.commands();
  server.send({ type: "pong" });
  await server.commands();
  harness.clock.advance(LINK_CHECK_MS);
  assertEquals(harness.statuses.at(-1), { kind: "online" });
  await harness.finish(server);
});

Deno.test("a check does not shorten a wait that the server asked for", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "goodbye", reason: "shutdown", retryAfter: 5 });
  const { retryAt } = await harness.untilStatus("waiting");
  harness.client.checkLink();
  harness.clock.advance(retryAt - harness.clock.now() - 1);
  assertEquals(harness.statuses.at(-1)!.kind, "waiting");
  await harness.finish();
});

Deno.test("after a shutdown the client waits as long as the server asks", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "goodbye", reason: "shutdown", retryAfter: 5 });
  const { retryAt, reason } = await harness.untilStatus("waiting");
  assertEquals(retryAt - harness.clock.now(), 5_500);
  assertEquals(reason, "The server is shutting down");
  assert(server.connection.closed || (await server.next()) === undefined, "our end is closed");
  await harness.finish();
});

Deno.test("after a timeout or a slow-reader goodbye the client reconnects", async () => {
  for (const reason of ["timeout", "slow"] as const) {
    const { harness, server } = await Harness.online();
    server.send({ type: "goodbye", reason });
    assertEquals(await harness.waitOut(), 500);
    const next = await harness.dialed();
    await next.admit();
    await harness.finish(next);
  }
});

Deno.test("a final goodbye closes the client", async () => {
  const causes: [GoodbyeEvent["reason"], string, string][] = [
    ["left", "left", "Left"],
    ["replaced", "refused", "Joined from too many other places: this was the oldest connection"],
    ["refused", "refused", "The server refused the connection"],
  ];
  for (const [reason, cause, sentence] of causes) {
    const { harness, server } = await Harness.online();
    server.send({ type: "goodbye", reason });
    assertEquals(await harness.client.closed, { kind: "closed", cause, reason: sentence });
    assertEquals(harness.clock.timers, 0);
  }
});

Deno.test("the reason of a refusal is the last error before it", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "error", code: "wrong_password", message: "Password is wrong, for the fifth time" });
  server.send({ type: "goodbye", reason: "refused" });
  assertEquals((await harness.client.closed).reason, "Password is wrong, for the fifth time");
});

Deno.test("a full server ends a first attempt, and is dialed again by a client that was online", async () => {
  for (const code of ["server_full", "too_many_connections", "shutting_down", "slow_consumer"]) {
    const error = { type: "error", code, message: `Sorry: ${code}` } as const;
    const harness = new Harness();
    harness.client.start();
    const first = await harness.dialed();
    first.send(error);
    assertEquals(await harness.client.closed, { kind: "closed", cause: "refused", reason: `Sorry: ${code}` });
    const later = await Harness.online();
    later.server.send({ ...error, retryAfter: 1 }, { type: "goodbye", reason: "refused" });
    assertEquals(await later.harness.waitOut(), 1_500);
    const next = await later.harness.dialed();
    await next.admit();
    await later.harness.finish(next);
  }
});

Deno.test("closing sends leave and waits for the server to close", async () => {
  const { harness, server } = await Harness.online();
  const closing = harness.client.close();
  assertEquals(await server.next(), { type: "leave" });
  server.send({ type: "leave", room: "lobby", member: joined().you, at: "", reason: "left" });
  server.send({ type: "goodbye", reason: "left" });
  await closing;
  await harness.client.close();
  assertEquals(harness.client.status, { kind: "closed", cause: "left", reason: "Left" });
  assertEquals(harness.received.at(-1), { type: "goodbye", reason: "left" });
  assertEquals(harness.clock.timers, 0);
});

Deno.test("closing takes at most two seconds, whatever the server does", async () => {
  const { harness, server } = await Harness.online();
  const closing = harness.client.close();
  assertEquals(await server.commands(), [{ type: "leave" }]);
  server.send(joined("lobby"), { type: "error", ref: "join lobby", code: "name_taken", message: "", suggestion: "x" });
  assertEquals(await server.commands(), []);
  harness.clock.advance(2_000);
  await closing;
  assertEquals(harness.client.status, { kind: "closed", cause: "left", reason: "Left" });
  assertEquals(harness.clock.timers, 0);
});

Deno.test("a close by the user has the cause `left`, whatever ends the link meanwhile", async () => {
  const { harness, server } = await Harness.online();
  const closing = harness.client.close();
  server.send({ type: "goodbye", reason: "shutdown", retryAfter: 9 });
  await closing;
  assertEquals(harness.client.status, { kind: "closed", cause: "left", reason: "Left" });
});

Deno.test("closing ends a hanging dial, a hanging handshake and a wait", async () => {
  const dialing = new Harness({ dial: () => new Promise(() => {}) });
  dialing.client.start();
  await dialing.finish();
  const shaking = new Harness();
  shaking.client.start();
  const server = await shaking.dialed();
  await server.next();
  await shaking.finish();
  const waiting = await Harness.online();
  waiting.server.close();
  await waiting.harness.untilStatus("waiting");
  await waiting.harness.finish();
  assertEquals(waiting.harness.statuses.slice(-2).map(({ kind }) => kind), ["waiting", "closed"]);
});

Deno.test("closing at the first status, or before the start, dials nothing", async () => {
  let dials = 0;
  const dial = () => {
    dials++;
    return Promise.reject(new Error("Unwanted"));
  };
  const early: Harness = new Harness({ dial, onEvent: () => void early.client.close() });
  early.client.start();
  assertEquals((await early.client.closed).cause, "left");
  const never = new Harness({ dial });
  await never.client.close();
  never.client.start();
  assertEquals(never.statuses, [{ kind: "closed", cause: "left", reason: "Left" }]);
  assertEquals(dials, 0);
});

Deno.test("an untrusted server closes the client, at the first attempt and at any later one", async () => {
  const swapped = new Untrusted("Its certificate has changed");
  const closed = { kind: "closed", cause: "untrusted", reason: "Its certificate has changed" } as const;
  for (const faults of [[swapped], [new Error("Connection refused"), swapped]]) {
    const waits = faults.length - 1;
    const harness = new Harness({ dial: () => Promise.reject(faults.shift()), retryFirst: true });
    harness.client.start();
    for (let wait = 0; wait < waits; wait++) await harness.waitOut();
    assertEquals(await harness.client.closed, closed);
    assertEquals(harness.clock.timers, 0);
  }
});

Deno.test("the delay doubles from 500 ms up to 30 s", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 2_000].map((attempt) => reconnectDelay(attempt, () => 1));
  assertEquals(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

Deno.test("half of the delay is random", () => {
  assertEquals(reconnectDelay(3, () => 0), 1_000);
  assertEquals(reconnectDelay(3, () => 0.5), 1_500);
});
