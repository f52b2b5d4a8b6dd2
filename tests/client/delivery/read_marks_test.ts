import { assertEquals } from "@std/assert";
import type { ReadCommand } from "../../../src/protocol/messages/messages.ts";
import { directMessage, type FakeServer, Harness, idOf, joined, roomMessage, welcome } from "../harness.ts";

async function reads(server: FakeServer): Promise<ReadCommand[]> {
  return (await server.commands()).filter((command) => command.type === "read");
}

const read = (seq: number): ReadCommand => ({ type: "read", ref: "read", room: "lobby", id: idOf(seq) });

Deno.test("what is read is told at once, and once for each room and conversation", async () => {
  const { harness, server } = await Harness.online();
  for (const seq of [1, 2, 3]) harness.client.markRead("lobby", roomMessage(seq));
  harness.client.markRead("@m-bob", directMessage(7));
  harness.client.markRead("lobby", roomMessage(2));
  harness.clock.advance(0);
  assertEquals(await reads(server), [read(3), { type: "read", ref: "read", to: "m-bob", id: idOf(7, "@bob") }]);
  await harness.finish(server);
});

Deno.test("what is read within 400 ms of a mark is told at their end, and what is read later at once", async () => {
  const { harness, server } = await Harness.online();
  const readAfter = async (ms: number, seq?: number) => {
    harness.clock.advance(ms);
    if (seq !== undefined) harness.client.markRead("lobby", roomMessage(seq));
    harness.clock.advance(0);
    return await reads(server);
  };
  assertEquals(await readAfter(0, 1), [read(1)]);
  assertEquals(await readAfter(100, 2), []);
  assertEquals(await readAfter(200, 3), []);
  assertEquals(await readAfter(99), []);
  assertEquals(await readAfter(1), [read(3)]);
  assertEquals(await readAfter(400, 4), [read(4)]);
  await harness.finish(server);
});

Deno.test("a user who reads without a pause sends a mark each 400 ms", async () => {
  const { harness, server } = await Harness.online();
  for (let seq = 1; seq <= 400; seq++) {
    harness.client.markRead("lobby", roomMessage(seq));
    harness.clock.advance(10);
  }
  assertEquals((await reads(server)).length, 11);
  await harness.finish(server);
});

Deno.test("what waits is told before the list of conversations is asked for", async () => {
  const { harness, server } = await Harness.online();
  harness.client.markRead("@m-bob", directMessage(6));
  harness.clock.advance(0);
  assertEquals((await reads(server)).length, 1);
  harness.client.markRead("@m-bob", directMessage(7));
  harness.client.command({ type: "conversations", ref: "list", limit: 50 });
  assertEquals((await server.commands()).map(({ type }) => type), ["read", "conversations"]);
  harness.clock.advance(400);
  assertEquals(await reads(server), []);
  await harness.finish(server);
});

Deno.test("a reply confirms the mark that it answers, and not a later one, which is told again on the next link", async () => {
  const { harness, server } = await Harness.online();
  harness.client.markRead("lobby", roomMessage(1));
  harness.clock.advance(400);
  harness.client.markRead("lobby", roomMessage(2));
  harness.clock.advance(400);
  assertEquals(await reads(server), [read(1), read(2)]);
  server.send({ type: "mark", ref: "read", room: "lobby", id: idOf(1), seq: 1 });
  await server.commands();
  const next = await harness.redial(server);
  await next.admit(welcome(), joined("lobby", { seq: 2 }));
  await next.commands();
  harness.clock.advance(400);
  assertEquals(await reads(next), [read(2)]);
  next.send({ type: "mark", ref: "read", room: "lobby", id: idOf(2), seq: 2 });
  await next.commands();
  const last = await harness.redial(next);
  await last.admit(welcome(), joined("lobby", { seq: 2 }));
  await last.commands();
  harness.clock.advance(400);
  assertEquals(await reads(last), []);
  await harness.finish(last);
});

Deno.test("a mark that came too fast is told again when the server allows it, and one that is refused is not", async () => {
  const { harness, server } = await Harness.online();
  harness.client.markRead("lobby", roomMessage(1));
  harness.client.markRead("@m-bob", directMessage(7));
  harness.clock.advance(0);
  assertEquals((await reads(server)).length, 2);
  server.send({ type: "error", ref: "read", code: "rate_limited", message: "Too fast", retryAfter: 3 });
  server.send({ type: "error", ref: "read", code: "no_such_member", message: "No member has this id" });
  await server.commands();
  harness.clock.advance(2_999);
  assertEquals(await reads(server), []);
  harness.clock.advance(1);
  assertEquals(await reads(server), [read(1)]);
  server.send({ type: "mark", ref: "read", room: "lobby", id: idOf(1), seq: 1 });
  await server.commands();
  harness.clock.advance(400);
  assertEquals(await reads(server), []);
  await harness.finish(server);
});

Deno.test("what was read on another device is not told again", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "mark", room: "lobby", id: idOf(5), seq: 5 });
  await server.commands();
  harness.client.markRead("lobby", roomMessage(4));
  harness.clock.advance(400);
  assertEquals(await reads(server), []);
  await harness.finish(server);
});

Deno.test("what is read without a link is told on the next one, and what waits at the end before the client leaves", async () => {
  const { harness, server } = await Harness.online();
  harness.client.markRead("lobby", roomMessage(1));
  const next = await harness.redial(server);
  await next.admit(welcome(), joined("lobby", { seq: 1 }));
  await next.commands();
  harness.clock.advance(400);
  assertEquals(await reads(next), [{ type: "read", ref: "read", room: "lobby", id: idOf(1) }]);
  harness.client.markRead("lobby", roomMessage(2));
  void harness.client.close();
  assertEquals([await next.next(), await next.next()], [
    { type: "read", ref: "read", room: "lobby", id: idOf(2) },
    { type: "leave" },
  ]);
  next.close();
  await harness.client.closed;
});
