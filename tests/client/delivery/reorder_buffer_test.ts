import { assertEquals } from "@std/assert";
import { type HistoryEvent, isRoomMessage, type RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ack, type FakeServer, Harness, joined, said, welcome, whispered } from "../harness.ts";

function page(ref: string, from: number, to: number, more = false): HistoryEvent {
  const messages = Array.from({ length: to - from + 1 }, (_, index) => said(from + index));
  return { type: "history", ref, room: "lobby", messages, more };
}

function shown({ received }: Harness): (number | string)[] {
  const messages = received.filter((event) => event?.type === "message");
  return messages.map((message) => isRoomMessage(message) ? message.seq : message.id);
}

function rooms({ received }: Harness): (string | undefined)[] {
  return received.flatMap((event) => event?.type === "message" && isRoomMessage(event) ? [event.room] : []);
}

/** Of the questions that came up to now. */
async function asked(server: FakeServer): Promise<(string | undefined)[]> {
  return (await server.commands()).map((command) =>
    command.type === "history" ? `${command.ref}: ${command.limit} before ${command.before}` : command.type
  );
}

Deno.test("what is missing before a live message is asked for, and all of it shown in order, once", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(1), said(4), said(5), whispered("d"), said(4));
  assertEquals(await asked(server), ["fill 1: 2 before 4"]);
  assertEquals(shown(harness), [1, "d"]);
  server.send(page("fill 1", 2, 3), said(6));
  assertEquals(await asked(server), []);
  assertEquals(shown(harness), [1, "d", 2, 3, 4, 5, 6]);
  assertEquals(harness.received.some((event) => event?.type === "history"), false);
  await harness.finish(server);
});

Deno.test("a message that fills a gap has a line like any other", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(2), page("fill 1", 1, 1));
  await server.commands();
  const lines = harness.events.flatMap((event) =>
    event.type === "received" && event.event?.type === "message" ? [JSON.parse(event.line)] : []
  );
  assertEquals(lines, [said(1), said(2)]);
  await harness.finish(server);
});

Deno.test("a gap that the server cannot fill blocks nothing, in part or at all", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(4), said(5), { ...page("fill 1", 1, 1), messages: [] });
  assertEquals(await asked(server), ["fill 1: 3 before 4"]);
  assertEquals(shown(harness), [4, 5]);
  server.send(said(9), page("fill 2", 8, 8));
  assertEquals(await asked(server), ["fill 2: 3 before 9"]);
  assertEquals(shown(harness), [4, 5, 8, 9]);
  server.send(said(12), { type: "error", ref: "fill 3", code: "not_joined", message: "No" });
  assertEquals(await asked(server), ["fill 3: 2 before 12"]);
  assertEquals(shown(harness), [4, 5, 8, 9, 12]);
  assertEquals(harness.received.some((event) => event?.type === "error"), false);
  await harness.finish(server);
});

Deno.test("a second gap behind the first is filled as well", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(3), said(6), page("fill 1", 1, 2));
  assertEquals(await asked(server), ["fill 1: 2 before 3", "fill 2: 2 before 6"]);
  server.send(said(7), page("fill 2", 4, 5));
  await server.commands();
  assertEquals(shown(harness), [1, 2, 3, 4, 5, 6, 7]);
  await harness.finish(server);
});

Deno.test("gaps of two rooms do not wait for each other", async () => {
  const { harness, server } = await Harness.online({ rooms: ["lobby", "dev"] });
  server.send(joined("dev"), said(2), said(2, "x", "dev"));
  assertEquals(await asked(server), ["join", "fill 1: 1 before 2", "fill 2: 1 before 2"]);
  const messages = [said(1, "y", "dev")];
  server.send({ type: "history", ref: "fill 2", room: "dev", messages, more: false });
  await server.commands();
  assertEquals(rooms(harness), ["dev", "dev"]);
  server.send(page("fill 1", 1, 1));
  await server.commands();
  assertEquals(shown(harness), [1, 2, 1, 2]);
  await harness.finish(server);
});

Deno.test("a question that came too fast is asked again after its time", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(2), { type: "error", ref: "fill 1", code: "rate_limited", message: "No", retryAfter: 2 });
  assertEquals(await asked(server), ["fill 1: 1 before 2"]);
  harness.clock.advance(2_000);
  assertEquals(await asked(server), ["fill 1: 1 before 2"]);
  server.send(page("fill 1", 1, 1));
  await server.commands();
  assertEquals(shown(harness), [1, 2]);
  await harness.finish(server);
});

Deno.test("without an answer what was held is shown after ten seconds, and the late answer is dropped", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(3), said(4));
  await server.commands();
  harness.clock.advance(9_999);
  assertEquals(shown(harness), []);
  harness.clock.advance(1);
  assertEquals(shown(harness), [3, 4]);
  server.send(page("fill 1", 1, 2), said(5));
  await server.commands();
  assertEquals(shown(harness), [3, 4, 5]);
  await harness.finish(server);
});

Deno.test("what is held when the link is lost was not seen, and the next join asks for it", async () => {
  const memory = new FakeMemory();
  const { harness, server } = await Harness.online({ memory });
  server.send(said(1), said(4), said(5));
  await server.commands();
  const next = await harness.redial(server);
  const join = await next.admit(welcome(), joined("lobby", { seq: 5, missed: 4 }));
  assertEquals(join?.type === "join" && join.after, 1);
  next.send(said(2), said(3), said(4), said(5), said(6));
  assertEquals(await asked(next), []);
  assertEquals(shown(harness), [1, 2, 3, 4, 5, 6]);
  await harness.finish(next);
  assertEquals(memory.stored?.lastSeqs, [["lobby", 6]]);
});

Deno.test("what a rejoin leaves out is no gap", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(1));
  const next = await harness.redial(server);
  await next.admit(welcome(), joined("lobby", { seq: 5_000, missed: 1_000, truncated: true }));
  next.send(...Array.from({ length: 1_000 }, (_, index) => said(4_001 + index)));
  assertEquals(await asked(next), []);
  assertEquals(shown(harness).length, 1_001);
  assertEquals(harness.received.filter((event) => event?.type === "joined" && event.truncated).length, 1);
  await harness.finish(next);
});

Deno.test("a room that is left, or entered anew, keeps nothing back", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(2), { type: "leave", room: "lobby", member: { id: "m-ada", name: "ada" }, at: "", reason: "left" });
  await server.commands();
  assertEquals(shown(harness), [2]);
  server.send(joined("lobby", { seq: 2 }), said(4), joined("lobby", { seq: 4, missed: 2 }), said(3), said(4), said(5));
  await server.commands();
  assertEquals(shown(harness), [2, 3, 4, 5]);
  await harness.finish(server);
});

Deno.test("what a server makes us hold is bounded", async () => {
  const { harness, server } = await Harness.online();
  const text = "x".repeat(8_192);
  const messages: RoomMessage[] = Array.from({ length: 2_100 }, (_, index) => said(index + 2, text));
  server.send(...messages);
  await server.commands();
  assertEquals(shown(harness).length > 1_900, true);
  server.send(said(2_102, text), said(2_103, text));
  await server.commands();
  assertEquals(shown(harness), Array.from({ length: 2_102 }, (_, index) => index + 2));
  await harness.finish(server);
});

Deno.test("one's own messages are acknowledged however long others are held", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(2));
  harness.client.send({ room: "lobby" }, "hello");
  server.send(ack("ref-1", 3));
  await harness.client.drained();
  await harness.finish(server);
});

Deno.test("a server that numbers without sense gets no questions without sense out of us for ever", async () => {
  const { harness, server } = await Harness.online();
  server.send(said(1.5), said(1e300), said(-1e300), said(3.25));
  const invalid = (ref: string) => ({ type: "error", ref, code: "invalid", message: "No" }) as const;
  server.send(invalid("fill 1"), invalid("fill 2"), invalid("fill 3"), invalid("fill 4"));
  await server.commands();
  assertEquals(shown(harness).every((seq) => typeof seq === "number"), true);
  await harness.finish(server);
});

Deno.test("a server that has nothing for eight gaps in a row is not asked again, and all that it sends is shown", async () => {
  const { harness, server } = await Harness.online();
  const seqs = Array.from({ length: 40 }, (_, index) => 10 * index + 10);
  server.send(...seqs.map((seq) => said(seq)));
  const questions: string[] = [];
  for (let refs = await asked(server); refs.length > 0; refs = await asked(server)) {
    for (const ref of refs) questions.push(ref!);
    server.send(...refs.map((ref) => ({ ...page(ref!.split(":")[0]!, 1, 1), messages: [] })));
  }
  assertEquals(questions.length, 8);
  assertEquals(shown(harness), seqs);
  await harness.finish(server);
});

Deno.test("lines behind a gap that are too many are shown at once, and the gaps among them are not asked for", async () => {
  const { harness, server } = await Harness.online();
  const count = 40_000;
  server.send(...Array.from({ length: count }, (_, index) => said(3 * index + 3)));
  assertEquals((await asked(server)).length, 1);
  assertEquals(shown(harness).length, count);
  await harness.finish(server);
});
