import { assertEquals } from "@std/assert";
import type { ConversationsEvent, DirectMessage, ReadMark } from "../../src/protocol/messages/messages.ts";
import { FakeMemory } from "./fake_memory.ts";
import { BOB, directMessage, type FakeServer, Harness, idOf, joined, roomMessage, welcome } from "./harness.ts";

function listed(seq: number, mark?: ReadMark): ConversationsEvent {
  return { type: "conversations", conversations: [{ with: BOB, seq, unread: 1, ...mark && { mark } }], more: false };
}

function page(ref: string, messages: DirectMessage[]) {
  return { type: "history", ref, with: BOB, messages, more: false } as const;
}

/** The places and ranges that the client asks for, until now. */
async function asked(server: FakeServer): Promise<string[]> {
  const commands = (await server.commands()).filter((command) => command.type === "history");
  return commands.map(({ room, to, limit, before }) => `${room ?? `@${to}`}: ${limit} before ${before}`);
}

function shown({ received }: Harness): number[] {
  return received.flatMap((event) => event?.type === "message" ? [event.seq] : []);
}

/** The next client with this memory, which is joining. */
async function restarted(memory: FakeMemory, options: ConstructorParameters<typeof Harness>[0] = {}) {
  const harness = new Harness({ memory: memory.survivor(), ...options });
  harness.client.start();
  return { harness, server: await harness.dialed() };
}

Deno.test("a client asks for what it missed in each conversation, and shows it once and in order before later messages", async () => {
  const { harness, server } = await Harness.online();
  server.send(listed(9, { id: "x", seq: 6 }), directMessage(10));
  assertEquals(await asked(server), ["@m-bob: 3 before 10"]);
  assertEquals(shown(harness), []);
  server.send(page("fill 1", [directMessage(7), directMessage(8), directMessage(9)]), directMessage(9));
  await server.commands();
  assertEquals(shown(harness), [7, 8, 9, 10]);
  const next = await harness.redial(server);
  await next.admit();
  next.send(listed(12, { id: "x", seq: 6 }));
  assertEquals(await asked(next), ["@m-bob: 2 before 13"], "the client knows more than the mark says");
  await harness.finish(next);
});

Deno.test("a new device asks for the last 200 entries at most, and for none of what was read", async () => {
  const { harness, server } = await Harness.online();
  server.send(listed(1_000), {
    ...listed(5, { seq: 5 }),
    conversations: [{ with: { id: "m-eve", name: "eve" }, seq: 5, mark: { seq: 5 }, unread: 0 }],
  });
  assertEquals(await asked(server), ["@m-bob: 200 before 1001"]);
  await harness.finish(server);
});

Deno.test("a restarted client that marks what is read receives again what nobody has read, and another does not", async () => {
  for (const fromMark of [true, false]) {
    const memory = new FakeMemory();
    const { harness, server } = await Harness.online({ memory });
    server.send(roomMessage(1), roomMessage(2), roomMessage(3), directMessage(1), directMessage(2));
    await server.commands();
    await harness.finish(server);
    const next = await restarted(memory, { fromMark });
    const mark = { id: idOf(1), seq: 1 };
    const join = await next.server.admit(welcome(), joined("lobby", { seq: 4, missed: 1, mark }));
    assertEquals(join?.type === "join" && join.after, idOf(3));
    next.server.send(roomMessage(4), listed(2, { seq: 1 }));
    assertEquals(await asked(next.server), fromMark ? ["lobby: 2 before 4"] : []);
    if (fromMark) {
      const messages = [roomMessage(2), roomMessage(3)];
      next.server.send({ type: "history", ref: "fill 1", room: "lobby", messages, more: false });
      assertEquals(await asked(next.server), ["@m-bob: 1 before 3"]);
      next.server.send(page("fill 2", [directMessage(2)]));
      await next.server.commands();
    }
    assertEquals(shown(next.harness), fromMark ? [2, 3, 4, 2] : [4]);
    const again = await next.harness.redial(next.server);
    await again.admit(welcome(), joined("lobby", { seq: 4, mark }));
    again.send(listed(2, { seq: 1 }));
    assertEquals(await asked(again), [], "only at the start");
    await next.harness.finish(again);
  }
});

Deno.test("a member who is new in a room has read what was written before, and one who never read has read nothing", async () => {
  const memory = new FakeMemory();
  const { harness, server } = await Harness.online({ memory, fromMark: true, rooms: ["lobby", "dev"] });
  server.send(joined("dev", { seq: 500 }));
  await server.commands();
  harness.clock.advance(400);
  const reads = (await server.commands()).filter(({ type }) => type === "read");
  assertEquals(reads, [{ type: "read", ref: "read", room: "dev", id: idOf(500, "dev") }]);
  server.send(roomMessage(1));
  await server.commands();
  await harness.finish(server);
  const next = await restarted(memory, { fromMark: true });
  await next.server.admit(welcome(), joined("lobby", { seq: 1 }));
  assertEquals(await asked(next.server), ["lobby: 1 before 2"]);
  await next.harness.finish(next.server);
});

const EVE = { id: "m-eve", name: "eve" };
const DAN = { id: "m-dan", name: "dan" };

function listedAll(
  ...seqs: readonly (readonly [partner: { readonly id: string; readonly name: string }, seq: number])[]
) {
  const conversations = seqs.map(([partner, seq]) => ({ with: partner, seq, unread: seq }));
  return { type: "conversations", conversations, more: false } as const;
}

/** A message of the conversation with this member. */
function from(partner: { readonly id: string; readonly name: string }, seq: number): DirectMessage {
  return { ...directMessage(seq), id: idOf(seq, partner.name), with: partner, from: partner };
}

Deno.test("a view of one place asks at the start for that conversation alone, and for others when they are opened", async () => {
  const { harness, server } = await Harness.online({ openPlace: () => "@m-bob" });
  server.send(listedAll([EVE, 3], [BOB, 2], [DAN, 4]));
  assertEquals(await asked(server), ["@m-bob: 2 before 3"]);
  server.send(page("fill 1", [directMessage(1), directMessage(2)]));
  assertEquals(await asked(server), []);
  harness.client.catchUp("@m-dan");
  harness.client.catchUp("@m-unknown");
  assertEquals(await asked(server), ["@m-dan: 4 before 5"]);
  server.send({ ...page("fill 2", [1, 2, 3, 4].map((seq) => from(DAN, seq))), with: DAN });
  await server.commands();
  assertEquals(shown(harness), [1, 2, 1, 2, 3, 4]);
  harness.client.catchUp("@m-dan");
  assertEquals(await asked(server), []);
  await harness.finish(server);
});

Deno.test("a new message of a conversation that was not opened comes after all that was missed there", async () => {
  const { harness, server } = await Harness.online({ openPlace: () => "lobby" });
  server.send(listedAll([EVE, 3]));
  assertEquals(await asked(server), []);
  server.send(from(EVE, 4));
  assertEquals(await asked(server), ["@m-eve: 3 before 4"]);
  server.send({ ...page("fill 1", [1, 2, 3].map((seq) => from(EVE, seq))), with: EVE }, from(EVE, 4), from(EVE, 5));
  await server.commands();
  assertEquals(shown(harness), [1, 2, 3, 4, 5]);
  await harness.finish(server);
});

Deno.test("on a new link a view of one place asks for all that is new, and not for what waits since the start", async () => {
  const { harness, server } = await Harness.online({ openPlace: () => "lobby" });
  server.send(listedAll([EVE, 3], [BOB, 2]));
  assertEquals(await asked(server), []);
  const next = await harness.redial(server);
  await next.admit();
  next.send(listedAll([DAN, 1], [EVE, 5], [BOB, 2]));
  assertEquals(await asked(next), ["@m-dan: 1 before 2"]);
  next.send({ ...page("fill 1", [from(DAN, 1)]), with: DAN });
  assertEquals(await asked(next), ["@m-eve: 5 before 6"]);
  next.send({ ...page("fill 2", [1, 2, 3, 4, 5].map((seq) => from(EVE, seq))), with: EVE });
  assertEquals(await asked(next), []);
  harness.client.catchUp("@m-bob");
  assertEquals(await asked(next), ["@m-bob: 2 before 3"]);
  next.send(page("fill 3", [directMessage(1), directMessage(2)]));
  await next.commands();
  assertEquals(shown(harness), [1, 1, 2, 3, 4, 5, 1, 2]);
  await harness.finish(next);
});

Deno.test("what waits for its conversation to be opened is asked for again by the next client", async () => {
  const memory = new FakeMemory();
  const { harness, server } = await Harness.online({ memory, openPlace: () => "lobby" });
  server.send(directMessage(1), listedAll([BOB, 3]));
  assertEquals(await asked(server), []);
  await harness.finish(server);
  const next = await restarted(memory, { openPlace: () => "@m-bob" });
  await next.server.admit();
  next.server.send(listedAll([BOB, 3]));
  assertEquals(await asked(next.server), ["@m-bob: 2 before 4"]);
  await next.harness.finish(next.server);
});
