import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Client } from "../../src/client/client.ts";
import { ack, Harness, joined, said, welcome } from "./harness.ts";
import { memoryConnectionPair } from "../helpers/memory_connection.ts";
import { FakeServer } from "./harness.ts";

const LOBBY = { room: "lobby" };

Deno.test("before the start the client is as it will be at its first attempt, and dials nothing", async () => {
  const harness = new Harness();
  assertEquals(harness.client.status, { kind: "connecting", attempt: 1 });
  assertEquals(harness.events, []);
  await harness.finish();
});

Deno.test("a second start does nothing", async () => {
  const harness = new Harness();
  harness.client.start();
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  assertEquals(harness.statuses.filter(({ kind }) => kind === "connecting").length, 1);
  await harness.finish(server);
});

Deno.test("nothing is pending at once, after the last acknowledgement, and when closed", async () => {
  const { harness, server } = await Harness.online();
  await harness.client.drained();
  harness.client.send(LOBBY, "a");
  harness.client.send(LOBBY, "b");
  const drained = harness.client.drained();
  server.send(ack("ref-1"), { type: "error", ref: "ref-2", code: "invalid", message: "No" });
  await drained;
  harness.client.send(LOBBY, "c");
  const given = harness.client.drained();
  await harness.finish(server);
  await given;
  await harness.client.drained();
  assertEquals(harness.client.pending.map(({ text }) => text), ["c"], "whoever asks can see what was lost");
});

Deno.test("a closed client takes no more messages", async () => {
  const { harness, server } = await Harness.online();
  await harness.finish(server);
  assertThrows(() => harness.client.send(LOBBY, "x"), Error, "Cannot send a message: the client is closed");
});

Deno.test("whoever answers from inside an event is heard in order", async () => {
  const harness: Harness = new Harness({
    onEvent: (event) => {
      if (event.type === "received" && event.event?.type === "joined") harness.client.send(LOBBY, "hello");
      if (event.type === "received" && event.event?.type === "message") harness.client.send(LOBBY, "echo");
      if (event.type === "acknowledged" && harness.client.pending.length === 0) void harness.client.close();
    },
  });
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  server.send(said(1));
  assertEquals(await server.refs(), ["ref-1", "ref-2"]);
  server.send(ack("ref-1"), ack("ref-2"));
  assertEquals(await server.next(), { type: "leave" });
  server.close();
  assertEquals((await harness.client.closed).cause, "left");
});

Deno.test("events come in the order in which things happened, and none after closed", async () => {
  const { harness, server } = await Harness.online();
  harness.client.send(LOBBY, "hello");
  server.send(ack("ref-1"));
  await server.commands();
  await harness.finish(server);
  const types = harness.events.map((event) => event.type === "status" ? event.status.kind : event.type);
  assertEquals(types, [
    "connecting",
    "received",
    "received",
    "received",
    "online",
    "pending",
    "received",
    "acknowledged",
    "received",
    "received",
    "closed",
  ]);
});

Deno.test("refs are of our own making, hard to guess, and never the same", async () => {
  const [here, there] = memoryConnectionPair();
  const client = new Client({
    dial: () => Promise.resolve(here),
    name: "ada",
    acceptSuggestion: false,
    rooms: ["lobby"],
    onEvent: () => {},
  });
  const refs = Array.from({ length: 100 }, () => client.send(LOBBY, "x"));
  for (const ref of refs) assertMatch(ref, /^[0-9a-f]{32}$/);
  assertEquals(new Set(refs).size, 100);
  client.start();
  const server = new FakeServer(there);
  server.send(welcome(), joined());
  assert((await server.refs()).length === 100);
  server.close();
  await client.close();
  assertEquals(client.status.kind, "closed");
});
