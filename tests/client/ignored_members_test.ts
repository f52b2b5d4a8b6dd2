import { assertEquals, assertThrows } from "@std/assert";
import type { BlockCommand } from "../../src/protocol/messages/messages.ts";
import type { Ignored } from "../../src/client/state/reader_state.ts";
import { FakeMemory } from "./fake_memory.ts";
import { type FakeServer, Harness, joined, roomMessage, welcome } from "./harness.ts";

async function blocks(server: FakeServer): Promise<BlockCommand[]> {
  return (await server.commands()).filter((command) => command.type === "block");
}

/** A client whose memory was saved before servers could block. */
async function remembering(ignored: readonly Ignored[]) {
  const memory = new FakeMemory();
  memory.save({ serverId: "s-1", name: "ada", lastSeqs: [], ignored, pending: [] });
  return { memory, ...await Harness.online({ memory }) };
}

function confirmed({ ref }: BlockCommand) {
  return { type: "notice", ref, text: "done" } as const;
}

Deno.test("members whom an earlier client ignored are blocked once, one after another", async () => {
  const { memory, harness, server } = await remembering([["eve", "m-eve"], ["cai", ""], ["dan", "m-dan"]]);
  const [first, ...rest] = await blocks(server);
  assertEquals([first?.to, rest], ["m-eve", []]);
  server.send(confirmed(first!));
  const [second] = await blocks(server);
  assertEquals(second?.to, "m-dan");
  server.send({ type: "error", ref: second!.ref, code: "no_such_member", message: "This member is not known here" });
  assertEquals(await blocks(server), []);
  harness.clock.advance(0);
  assertEquals(memory.load()?.ignored, [["eve", "m-eve", true], ["cai", ""], ["dan", "m-dan", true]]);
  assertEquals(harness.received.filter((event) => event?.type === "notice" || event?.type === "error"), []);
  const next = await harness.redial(server);
  await next.admit();
  assertEquals(await blocks(next), []);
  await harness.finish(next);
});

Deno.test("a block without a reply is sent again on the next link, and at most ten old ones on each", async () => {
  const ignored = Array.from({ length: 12 }, (_, index): Ignored => [`guest${index}`, `m-${index}`]);
  const { harness, server } = await remembering(ignored);
  assertEquals((await blocks(server)).map(({ to }) => to), ["m-0"]);
  const next = await harness.redial(server);
  await next.admit();
  for (let count = 0; count < 10; count++) {
    const [block] = await blocks(next);
    assertEquals(block?.to, `m-${count}`);
    next.send(confirmed(block!));
  }
  assertEquals(await blocks(next), []);
  const last = await harness.redial(next);
  await last.admit();
  assertEquals((await blocks(last)).map(({ to }) => to), ["m-10"]);
  await harness.finish(last);
});

Deno.test("a refusal for the rate ends the blocks of this link", async () => {
  const { harness, server } = await remembering([["eve", "m-eve"], ["dan", "m-dan"]]);
  const [block] = await blocks(server);
  server.send({ type: "error", ref: block!.ref, code: "rate_limited", message: "Too fast", retryAfter: 1 });
  assertEquals(await blocks(server), []);
  const next = await harness.redial(server);
  await next.admit();
  assertEquals((await blocks(next)).map(({ to }) => to), ["m-eve"]);
  await harness.finish(next);
});

Deno.test("another server blocks nobody yet", async () => {
  const { harness, server } = await remembering([["eve", "m-eve", true]]);
  assertEquals(await blocks(server), []);
  const next = await harness.redial(server);
  await next.admit(welcome("s-2"));
  assertEquals((await blocks(next)).map(({ to }) => to), ["m-eve"]);
  await harness.finish(next);
});

Deno.test("a member who is no longer ignored, or is ignored, without a link is told to the server on the next one", async () => {
  const { harness, server } = await Harness.online();
  const { ignored } = harness.client;
  server.send(roomMessage(1), joined("lobby", { members: [{ id: "m-bob", name: "bob" }] }));
  await server.commands();
  ignored.add("bob");
  const [block] = await blocks(server);
  assertEquals(block, { type: "block", to: "m-bob", ref: block!.ref });
  server.send(confirmed(block!));
  await server.commands();
  const dialed = harness.redial(server);
  ignored.remove("bob");
  assertThrows(() => ignored.remove("bob"), Error, "You do not ignore bob");
  const next = await dialed;
  await next.admit();
  const [allowed] = await blocks(next);
  assertEquals(allowed, { type: "block", to: "m-bob", off: true, ref: allowed!.ref });
  assertEquals([ignored.names, ignored.has({ id: "m-bob", name: "bob" })], [[], false]);
  await harness.finish(next);
});
