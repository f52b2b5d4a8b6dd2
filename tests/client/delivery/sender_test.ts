import { assertEquals, assertThrows } from "@std/assert";
import type { ErrorEvent } from "../../../src/protocol/messages/messages.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { isUuidV7 } from "../../../src/protocol/uuid.ts";
import { ack, Harness, joined, welcome } from "../harness.ts";

const LOBBY = { room: "lobby" };

function outcomes({ events }: Harness): string[] {
  return events.flatMap((event) =>
    event.type === "pending" || event.type === "acknowledged" || event.type === "failed"
      ? [`${event.type} ${event.message.ref}`]
      : []
  );
}

function tooFast(ref: string, retryAfter: number): ErrorEvent {
  return {
    type: "error",
    ref,
    code: "rate_limited",
    message: `Too fast: try again in ${retryAfter} seconds`,
    retryAfter,
  };
}

Deno.test("a message is pending until it is acknowledged", async () => {
  const { harness, server } = await Harness.online();
  assertEquals(harness.client.send(LOBBY, "hello"), "ref-1");
  assertEquals(harness.client.send({ to: "bob" }, "psst"), "ref-2");
  assertEquals(await server.next(), { type: "message", ref: "ref-1", room: "lobby", text: "hello" });
  assertEquals(await server.next(), { type: "message", ref: "ref-2", to: "bob", text: "psst" });
  assertEquals(harness.client.pending.map(({ ref }) => ref), ["ref-1", "ref-2"]);
  server.send(ack("ref-1"), ack("ref-2"));
  await server.commands();
  assertEquals(harness.client.pending, []);
  assertEquals(outcomes(harness), ["pending ref-1", "pending ref-2", "acknowledged ref-1", "acknowledged ref-2"]);
  await harness.finish(server);
});

Deno.test("a UUIDv7 as the ref is the id, too, and a client whose clock is ahead lets the server make the ids", async () => {
  const harness = new Harness({ newRef: undefined });
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  const refs = ["a", "b"].map((text) => harness.client.send(LOBBY, text));
  const edit = harness.client.send(LOBBY, "c", { kind: "edit" });
  const sent = await server.commands();
  assertEquals(sent.map((command) => "id" in command && command.id), [...refs, edit]);
  assertEquals(refs.map(isUuidV7), [true, true]);
  const tooNew = (ref: string): ErrorEvent => ({ type: "error", ref, code: "id_ahead", message: "set your clock" });
  server.send(tooNew(refs[0]!), tooNew(refs[1]!), ack(edit));
  assertEquals(await server.refs(), []);
  harness.clock.advance(1_000);
  const again = await server.commands();
  server.send(ack(refs[0]!));
  again.push(...await server.commands());
  harness.clock.advance(1_000);
  again.push(...await server.commands());
  assertEquals(again.map((command) => ["id" in command, command.ref]), [[false, refs[0]], [false, refs[1]]]);
  await harness.finish(server);
});

Deno.test("messages typed before the link is open are sent in order, each once its room is joined", async () => {
  const harness = new Harness({ rooms: ["lobby", "dev"] });
  harness.client.send({ room: "#Dev" }, "to dev");
  harness.client.send(LOBBY, "to lobby");
  harness.client.send({ to: "bob" }, "to bob");
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  assertEquals(await server.refs(), ["ref-2", "ref-3"]);
  server.send(joined("dev"));
  assertEquals(await server.refs(), ["ref-1"]);
  await harness.finish(server);
});

Deno.test("unacknowledged messages of a lost link are sent again with the same refs in the same order", async () => {
  const { harness, server } = await Harness.online();
  for (const text of ["a", "b", "c"]) harness.client.send(LOBBY, text);
  assertEquals(await server.refs(), ["ref-1", "ref-2", "ref-3"]);
  server.send(ack("ref-2"));
  await server.commands();
  server.close();
  const { retryAt } = await harness.untilStatus("waiting");
  harness.client.send(LOBBY, "d");
  harness.clock.advance(retryAt - harness.clock.now());
  const next = await harness.dialed();
  await next.admit();
  assertEquals(await next.refs(), ["ref-1", "ref-3", "ref-4"]);
  next.send(ack("ref-1"), ack("ref-1"), ack("ref-3"), ack("ref-4"));
  await next.commands();
  const acknowledged = outcomes(harness).filter((outcome) => outcome.startsWith("acknowledged"));
  assertEquals(acknowledged, ["ref-2", "ref-1", "ref-3", "ref-4"].map((ref) => `acknowledged ${ref}`));
  await harness.finish(next);
});

Deno.test("a rate-limited message is sent again after its time, and no other overtakes it", async () => {
  const { harness, server } = await Harness.online({}, welcome("s-1", { perSecond: 5, burst: 20 }));
  for (const text of ["a", "b", "c"]) harness.client.send(LOBBY, text);
  assertEquals(await server.refs(), ["ref-1", "ref-2", "ref-3"]);
  server.send(ack("ref-1"), tooFast("ref-2", 2), tooFast("ref-3", 2.2));
  assertEquals(await server.refs(), []);
  harness.client.send(LOBBY, "d");
  harness.clock.advance(2_199);
  assertEquals(await server.refs(), []);
  harness.clock.advance(1);
  assertEquals(await server.refs(), ["ref-2"]);
  harness.clock.advance(1_000);
  assertEquals(await server.refs(), [], "the next waits for the answer");
  server.send(ack("ref-2"));
  assertEquals(await server.refs(), ["ref-3"]);
  server.send(ack("ref-3"));
  assertEquals(await server.refs(), ["ref-4"]);
  await harness.finish(server);
});

Deno.test("messages are paced by the server's rate, in order", async () => {
  const { harness, server } = await Harness.online({}, welcome("s-1", { perSecond: 10, burst: 5 }));
  for (let count = 0; count < 10; count++) harness.client.send(LOBBY, "x");
  const arrived: [string, number][] = [];
  const start = harness.clock.now();
  while (arrived.length < 10) {
    for (const ref of await server.refs()) {
      arrived.push([ref, harness.clock.now() - start]);
      server.send(ack(ref));
    }
    harness.clock.advance(1);
  }
  assertEquals(arrived.map(([ref]) => ref), Array.from({ length: 10 }, (_, index) => `ref-${index + 1}`));
  const last = arrived.at(-1)![1];
  assertEquals(last > 600 && last < 700, true, `the last went after ${last} ms`);
  await harness.finish(server);
});

Deno.test("a message that the server refuses fails, and the next one is sent", async () => {
  const { harness, server } = await Harness.online();
  harness.client.send({ to: "nobody" }, "psst");
  harness.client.send(LOBBY, "hello");
  const error: ErrorEvent = { type: "error", ref: "ref-1", code: "no_such_member", message: "Nobody" };
  server.send(error, ack("ref-2"));
  const event = await harness.until((event) => event.type === "failed");
  assertEquals(event, { type: "failed", message: { ref: "ref-1", target: { to: "nobody" }, text: "psst" }, error });
  await server.commands();
  assertEquals(harness.client.pending, []);
  await harness.finish(server);
});

Deno.test("a message refused because the server shuts down stays pending", async () => {
  const { harness, server } = await Harness.online();
  harness.client.send(LOBBY, "hello");
  server.send({ type: "error", ref: "ref-1", code: "shutting_down", message: "The server is shutting down" });
  await harness.waitOut();
  const next = await harness.dialed();
  await next.admit();
  assertEquals(await next.refs(), ["ref-1"]);
  await harness.finish(next);
});

Deno.test("an invalid message is refused by `send` and never reaches the link", async () => {
  const { harness, server } = await Harness.online();
  const invalid = [
    () => harness.client.send(LOBBY, "x".repeat(8_193)),
    () => harness.client.send(LOBBY, ""),
    () => harness.client.send(LOBBY, "\u200b"),
    () => harness.client.send({ room: "no room" }, "x"),
    () => harness.client.send({ to: "\u001b[2J" }, "x"),
  ];
  const events = harness.events.length;
  const codes = invalid.map((send) => (assertThrows(send, ProtocolError) as ProtocolError).code);
  assertEquals(codes, ["invalid", "invalid", "invalid", "invalid", "name_invalid"]);
  assertEquals(harness.events.length, events);
  assertEquals(harness.client.pending, []);
  assertEquals(await server.commands(), []);
  await harness.finish(server);
});

Deno.test("a lone surrogate is sent as U+FFFD", async () => {
  const { harness, server } = await Harness.online();
  harness.client.send(LOBBY, "a\ud800");
  assertEquals(await server.commands(), [{ type: "message", ref: "ref-1", room: "lobby", text: "a\ufffd" }]);
  server.send(ack("ref-1"));
  await harness.finish(server);
});

Deno.test("messages to a room that was left or refused are sent and do not wait forever", async () => {
  const { harness, server } = await Harness.online();
  harness.client.join("dev");
  harness.client.send({ room: "dev" }, "x");
  assertEquals(await server.refs(), []);
  server.send({ type: "error", ref: "join dev", code: "forbidden", message: "No" });
  assertEquals(await server.refs(), ["ref-1"], "the server refuses the message itself");
  await harness.finish(server);
});

Deno.test("at most a thousand messages may be pending", async () => {
  const harness = new Harness();
  for (let count = 0; count < 1_000; count++) harness.client.send(LOBBY, "x");
  assertThrows(() => harness.client.send(LOBBY, "x"), Error, "wait until some are acknowledged");
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  const refs = await server.refs();
  assertEquals(refs.length, 1_000);
  const drained = harness.client.drained();
  server.send(...refs.map((ref) => ack(ref)));
  await drained;
  assertEquals(harness.state.pending, []);
  await harness.finish(server);
});

Deno.test("a slow room delays its own messages while others are sent", async () => {
  const { harness, server } = await Harness.online();
  const restriction = { id: "o-1", kind: "slow", room: "lobby", seconds: 60, by: { name: "owner" } } as const;
  server.send({ type: "restriction", restriction, by: restriction.by, at: "" });
  await server.commands();
  harness.client.send(LOBBY, "one");
  assertEquals(await server.refs(), ["ref-1"]);
  server.send(tooFast("ref-1", 60));
  harness.client.send({ to: "bob" }, "psst");
  assertEquals(await server.refs(), ["ref-2"]);
  server.send(ack("ref-2"));
  harness.clock.advance(30_000);
  harness.client.send({ to: "bob" }, "again");
  // A quiet link also sends a ping.
  assertEquals(await server.refs(), ["ref-3"]);
  server.send(ack("ref-3"));
  harness.clock.advance(30_000);
  assertEquals(await server.refs(), ["ref-1"]);
  server.send(ack("ref-1"), { type: "restriction", restriction, by: restriction.by, at: "", off: true });
  harness.client.send(LOBBY, "two");
  harness.client.send(LOBBY, "three");
  assertEquals(await server.refs(), ["ref-4", "ref-5"]);
  server.send(ack("ref-4"), ack("ref-5"));
  await harness.client.drained();
  await harness.finish(server);
});
