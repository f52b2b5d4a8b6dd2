import { assertEquals } from "@std/assert";
import type { ReadCommand } from "../../../src/protocol/messages/messages.ts";
import { directMessage, type FakeServer, Harness, idOf, joined, roomMessage, welcome } from "../harness.ts";

async function reads(server: FakeServer): Promise<ReadCommand[]> {
  return (await server.commands()).filter((command) => command.type === "read");
}

Deno.test("what is read in a moment is told once, a little later, for each room and conversation", async () => {
  const { harness, server } = await Harness.online();
  for (const seq of [1, 2, 3]) harness.client.markRead("lobby", roomMessage(seq));
  harness.client.markRead("@m-bob", directMessage(7));
  harness.client.markRead("lobby", roomMessage(2));
  assertEquals(await reads(server), []);
  harness.clock.advance(400);
  assertEquals(await reads(server), [
    { type: "read", ref: "read", room: "lobby", id: idOf(3) },
    { type: "read", ref: "read", to: "m-bob", id: idOf(7, "@bob") },
  ]);
  await harness.finish(server);
});

Deno.test("what is read is told before the list of conversations is asked for", async () => {
  const { harness, server } = await Harness.online();
  harness.client.markRead("@m-bob", directMessage(7));
  harness.client.command({ type: "conversations", ref: "list", limit: 50 });
  assertEquals((await server.commands()).map(({ type }) => type), ["read", "conversations"]);
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
