import { assertEquals } from "@std/assert";
import { type HistoryEvent, isOfRoom, type RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ack, BOB, directMessage, type FakeServer, Harness, idOf, joined, roomMessage, welcome } from "../harness.ts";

function page(ref: string, from: number, to: number, more = false): HistoryEvent {
  const messages = Array.from({ length: to - from + 1 }, (_, index) => roomMessage(from + index));
  return { type: "history", ref, room: "lobby", messages, more };
}

function shown({ received }: Harness): (number | string)[] {
  const messages = received.filter((event) => event?.type === "message");
  return messages.map((message) => isOfRoom(message) ? message.seq : `d${message.seq}`);
}

function rooms({ received }: Harness): (string | undefined)[] {
  return received.flatMap((event) => event?.type === "message" && isOfRoom(event) ? [event.room] : []);
}

/** The history requests until now. */
async function asked(server: FakeServer): Promise<(string | undefined)[]> {
  return (await server.commands()).map((command) =>
    command.type === "history" ? `${command.ref}: ${command.limit} before ${command.before}` : command.type
  );
}

Deno.test("messages missing before a live one are requested, and all are shown once and in order", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1), roomMessage(4), roomMessage(5), directMessage(1), roomMessage(4));
  assertEquals(await asked(server), ["fill 1: 2 before 4"]);
  assertEquals(shown(harness), [1, "d1"]);
  server.send(page("fill 1", 2, 3), roomMessage(6));
  assertEquals(await asked(server), []);
  assertEquals(shown(harness), [1, "d1", 2, 3, 4, 5, 6]);
  assertEquals(harness.received.some((event) => event?.type === "history"), false);
  await harness.finish(server);
});

Deno.test("a message that fills a gap has a line like any other message", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(2), page("fill 1", 1, 1));
  await server.commands();
  const lines = harness.events.flatMap((event) =>
    event.type === "received" && event.event?.type === "message" ? [JSON.parse(event.line)] : []
  );
  assertEquals(lines, [roomMessage(1), roomMessage(2)]);
  await harness.finish(server);
});

Deno.test("a gap that the server cannot fill, or fills only in part, blocks nothing", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(4), roomMessage(5), { ...page("fill 1", 1, 1), messages: [] });
  assertEquals(await asked(server), ["fill 1: 3 before 4"]);
  assertEquals(shown(harness), [4, 5]);
  server.send(roomMessage(9), page("fill 2", 8, 8));
  assertEquals(await asked(server), ["fill 2: 3 before 9"]);
  assertEquals(shown(harness), [4, 5, 8, 9]);
  server.send(roomMessage(12), { type: "error", ref: "fill 3", code: "not_joined", message: "No" });
  assertEquals(await asked(server), ["fill 3: 2 before 12"]);
  assertEquals(shown(harness), [4, 5, 8, 9, 12]);
  assertEquals(harness.received.some((event) => event?.type === "error"), false);
  await harness.finish(server);
});

Deno.test("a second gap after the first is filled as well", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(3), roomMessage(6), page("fill 1", 1, 2));
  assertEquals(await asked(server), ["fill 1: 2 before 3", "fill 2: 2 before 6"]);
  server.send(roomMessage(7), page("fill 2", 4, 5));
  await server.commands();
  assertEquals(shown(harness), [1, 2, 3, 4, 5, 6, 7]);
  await harness.finish(server);
});

Deno.test("gaps of two rooms do not wait for each other", async () => {
  const { harness, server } = await Harness.online({ rooms: ["lobby", "dev"] });
  server.send(joined("dev"), roomMessage(2), roomMessage(2, "x", "dev"));
  assertEquals(await asked(server), ["join", "fill 1: 1 before 2", "fill 2: 1 before 2"]);
  const messages = [roomMessage(1, "y", "dev")];
  server.send({ type: "history", ref: "fill 2", room: "dev", messages, more: false });
  await server.commands();
  assertEquals(rooms(harness), ["dev", "dev"]);
  server.send(page("fill 1", 1, 1));
  await server.commands();
  assertEquals(shown(harness), [1, 2, 1, 2]);
  await harness.finish(server);
});

Deno.test("a rate-limited history request is repeated after its time", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(2), { type: "error", ref: "fill 1", code: "rate_limited", message: "No", retryAfter: 2 });
  assertEquals(await asked(server), ["fill 1: 1 before 2"]);
  harness.clock.advance(2_000);
  assertEquals(await asked(server), ["fill 1: 1 before 2"]);
  server.send(page("fill 1", 1, 1));
  await server.commands();
  assertEquals(shown(harness), [1, 2]);
  await harness.finish(server);
});

Deno.test("without an answer the held lines are shown after ten seconds, and the late answer is dropped", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(3), roomMessage(4));
  await server.commands();
  harness.clock.advance(9_999);
  assertEquals(shown(harness), []);
  harness.clock.advance(1);
  assertEquals(shown(harness), [3, 4]);
  server.send(page("fill 1", 1, 2), roomMessage(5));
  await server.commands();
  assertEquals(shown(harness), [3, 4, 5]);
  await harness.finish(server);
});

Deno.test("lines held when the link is lost do not count as seen, and the next join requests them", async () => {
  const memory = new FakeMemory();
  const { harness, server } = await Harness.online({ memory });
  server.send(roomMessage(1), roomMessage(4), roomMessage(5));
  await server.commands();
  const next = await harness.redial(server);
  const join = await next.admit(welcome(), joined("lobby", { seq: 5, missed: 4 }));
  assertEquals(join?.type === "join" && join.after, idOf(1));
  next.send(roomMessage(2), roomMessage(3), roomMessage(4), roomMessage(5), roomMessage(6));
  assertEquals(await asked(next), []);
  assertEquals(shown(harness), [1, 2, 3, 4, 5, 6]);
  await harness.finish(next);
  assertEquals(memory.stored?.lastSeqs, [["lobby", 6, idOf(6)]]);
});

Deno.test("messages omitted by a rejoin are not a gap", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1));
  const next = await harness.redial(server);
  await next.admit(welcome(), joined("lobby", { seq: 5_000, missed: 1_000, truncated: true }));
  next.send(...Array.from({ length: 1_000 }, (_, index) => roomMessage(4_001 + index)));
  assertEquals(await asked(next), []);
  assertEquals(shown(harness).length, 1_001);
  assertEquals(harness.received.filter((event) => event?.type === "joined" && event.truncated).length, 1);
  await harness.finish(next);
});

Deno.test("a room that is left or joined again holds no lines", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(2), {
    type: "leave",
    room: "lobby",
    member: { id: "m-ada", name: "ada" },
    at: "",
    reason: "left",
  });
  await server.commands();
  assertEquals(shown(harness), [2]);
  server.send(
    joined("lobby", { seq: 2 }),
    roomMessage(4),
    joined("lobby", { seq: 4, missed: 2 }),
    roomMessage(3),
    roomMessage(4),
    roomMessage(5),
  );
  await server.commands();
  assertEquals(shown(harness), [2, 3, 4, 5]);
  await harness.finish(server);
});

Deno.test("the number of held lines is limited", async () => {
  const { harness, server } = await Harness.online();
  const text = "x".repeat(8_192);
  const messages: RoomMessage[] = Array.from({ length: 2_100 }, (_, index) => roomMessage(index + 2, text));
  server.send(...messages);
  await server.commands();
  assertEquals(shown(harness).length > 1_900, true);
  server.send(roomMessage(2_102, text), roomMessage(2_103, text));
  await server.commands();
  assertEquals(shown(harness), Array.from({ length: 2_102 }, (_, index) => index + 2));
  await harness.finish(server);
});

Deno.test("own messages are acknowledged while others are held", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(2));
  harness.client.send({ room: "lobby" }, "hello");
  server.send(ack("ref-1", 3));
  await harness.client.drained();
  await harness.finish(server);
});

Deno.test("a server with random seqs gets a limited number of requests", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1.5), roomMessage(1e300), roomMessage(-1e300), roomMessage(3.25));
  const invalid = (ref: string) => ({ type: "error", ref, code: "invalid", message: "No" }) as const;
  server.send(invalid("fill 1"), invalid("fill 2"), invalid("fill 3"), invalid("fill 4"));
  await server.commands();
  assertEquals(shown(harness).every((seq) => typeof seq === "number"), true);
  await harness.finish(server);
});

Deno.test("after eight gaps in a row that the server cannot fill, no more are requested and every line is shown", async () => {
  const { harness, server } = await Harness.online();
  const seqs = Array.from({ length: 40 }, (_, index) => 10 * index + 10);
  server.send(...seqs.map((seq) => roomMessage(seq)));
  const questions: string[] = [];
  for (let refs = await asked(server); refs.length > 0; refs = await asked(server)) {
    for (const ref of refs) questions.push(ref!);
    server.send(...refs.map((ref) => ({ ...page(ref!.split(":")[0]!, 1, 1), messages: [] })));
  }
  assertEquals(questions.length, 8);
  assertEquals(shown(harness), seqs);
  await harness.finish(server);
});

Deno.test("too many lines after a gap are shown at once, and the gaps among them are not requested", async () => {
  const { harness, server } = await Harness.online();
  const count = 40_000;
  server.send(...Array.from({ length: count }, (_, index) => roomMessage(3 * index + 3)));
  assertEquals((await asked(server)).length, 1);
  assertEquals(shown(harness).length, count);
  await harness.finish(server);
});

Deno.test("messages that fill a gap count towards the limit for held lines", async () => {
  const { harness, server } = await Harness.online();
  const text = "x".repeat(8_192);
  const messages = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => roomMessage(from + index, text));
  server.send(...messages(1_001, 1_500));
  assertEquals(await asked(server), ["fill 1: 200 before 1001"]);
  for (const before of [1_001, 801]) {
    assertEquals(shown(harness), []);
    server.send({ type: "history", ref: "fill 1", room: "lobby", messages: messages(before - 200, 200), more: true });
    await server.commands();
  }
  assertEquals(shown(harness), Array.from({ length: 1_900 }, (_, index) => 601 + index));
  await harness.finish(server);
});

Deno.test("gaps are open in no more rooms than a member can join", async () => {
  const { harness, server } = await Harness.online();
  const names = Array.from({ length: 40 }, (_, index) => `room${index}`);
  server.send(...names.flatMap((name) => [roomMessage(1, "x", name), roomMessage(3, "x", name)]));
  assertEquals((await asked(server)).length, 32);
  assertEquals(shown(harness).filter((seq) => seq === 3).length, 8);
  const refs = names.map((_, index) => `fill ${index + 1}`).slice(0, 32);
  server.send(...refs.map((ref) => ({ type: "error", ref, code: "invalid", message: "No" }) as const));
  server.send(...names.map((name) => roomMessage(5, "x", name)));
  assertEquals((await asked(server)).length, 32);
  await harness.finish(server);
});

Deno.test("after renumbered the client asks again for all that has other seqs, and shows it in the new order", async () => {
  const { harness, server } = await Harness.online();
  server.send(...[1, 2, 3, 4].map((seq) => roomMessage(seq)));
  await server.commands();
  // The other half had a message after the second one, so the third and the fourth one follow it.
  const moved = [
    { ...roomMessage(3, "of the other half"), id: "id-other" },
    { ...roomMessage(4), id: idOf(3), text: "text 3" },
    { ...roomMessage(5), id: idOf(4), text: "text 4" },
  ];
  server.send({ type: "renumbered", room: "lobby", from: 3 }, roomMessage(6), roomMessage(7));
  assertEquals(await asked(server), ["fill 1: 2 before 5"]);
  server.send({ type: "history", ref: "fill 1", room: "lobby", messages: moved.slice(0, 2), more: false });
  assertEquals(await asked(server), ["fill 2: 1 before 6"]);
  server.send({ type: "history", ref: "fill 2", room: "lobby", messages: moved.slice(2), more: false });
  await server.commands();
  assertEquals(shown(harness), [1, 2, 3, 4, 3, 4, 5, 6, 7]);
  const recent = harness.state.rooms.get("lobby")!.recent;
  assertEquals(recent.map(({ seq, text }) => [seq, text]), [
    ...[[1, "text 1"], [2, "text 2"], [3, "of the other half"], [4, "text 3"], [5, "text 4"]],
    ...[[6, "text 6"], [7, "text 7"]],
  ]);
  await harness.finish(server);
});

Deno.test("renumbered entries that the client has not received, and places that it does not know, cost no request", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1), { type: "renumbered", room: "lobby", from: 2 }, {
    type: "renumbered",
    room: "x",
    from: 1,
  });
  server.send({ type: "renumbered", from: 1 }, { type: "renumbered", with: BOB, from: 1 });
  for (const from of [1e308, 2.5]) server.send({ type: "renumbered", room: "lobby", from });
  assertEquals(await asked(server), []);
  server.send({ type: "renumbered", room: "lobby", from: -1e308 });
  assertEquals(await asked(server), ["fill 1: 1 before 2"]);
  await harness.finish(server);
});

Deno.test("a link that is lost before renumbered entries came asks for them at the next join", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1), roomMessage(2), { type: "renumbered", room: "lobby", from: 2 });
  await asked(server);
  const next = await harness.redial(server);
  await next.admit(welcome(), joined("lobby", { seq: 3, missed: 3 }));
  next.send(...[1, 2, 3].map((seq) => roomMessage(seq, `new ${seq}`)));
  await next.commands();
  assertEquals(shown(harness), [1, 2, 2, 3]);
  await harness.finish(next);
});
