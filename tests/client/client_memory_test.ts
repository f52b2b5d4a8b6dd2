import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseRemembered, type Remembered } from "../../src/client/client_memory.ts";
import type { ClientCommand } from "../../src/protocol/messages/messages.ts";
import { FakeMemory } from "./fake_memory.ts";
import { ack, AT, directMessage, Harness, idOf, joined, roomMessage, welcome } from "./harness.ts";

const LOBBY = { room: "lobby" };
const TYPED: ClientCommand = { type: "message", ref: "ref-1", room: "lobby", text: "hello" };

/** The client of the same user after a crash of the previous one. */
async function restarted(memory: FakeMemory, options: ConstructorParameters<typeof Harness>[0] = {}) {
  const survivor = memory.survivor();
  let refs = 100;
  const harness = new Harness({ memory: survivor, newRef: () => `ref-${++refs}`, ...options });
  harness.client.start();
  return { memory: survivor, harness, server: await harness.dialed() };
}

async function online(options: ConstructorParameters<typeof Harness>[0] = {}) {
  const memory = new FakeMemory();
  return { memory, ...await Harness.online({ memory, ...options }) };
}

/** Ends the turn. */
function endTurn({ clock }: Harness): void {
  clock.advance(0);
}

Deno.test("a client without a memory works the same and reports that it remembers nothing", async () => {
  const { harness, server } = await Harness.online();
  assertEquals(harness.client.remembers, false);
  await harness.finish(server);
});

Deno.test("a rejoin after a restart sends the token, the name and the last seq", async () => {
  const { harness, server, memory } = await online();
  server.send(roomMessage(1), roomMessage(2));
  await server.commands();
  endTurn(harness);
  const next = await restarted(memory);
  const join = await next.server.admit(welcome(), joined("lobby", { seq: 4, missed: 2 }));
  assertEquals(join, {
    type: "join",
    ref: "join lobby",
    room: "lobby",
    name: "ada",
    token: "t-1",
    after: idOf(2),
    seq: 2,
  });
  next.server.send(roomMessage(3), roomMessage(4));
  await next.server.commands();
  assertEquals(next.harness.received.filter((event) => event?.type === "message"), [roomMessage(3), roomMessage(4)]);
  await next.harness.finish(next.server);
});

Deno.test("a message is sent again with the same ref after a crash before the write, after it, and before the ack was read", async () => {
  const memories: FakeMemory[] = [];
  const { harness, server, memory } = await online();
  const release = server.connection.other.stall();
  harness.client.send(LOBBY, "hello");
  await Promise.resolve();
  assertEquals(memory.refs, ["ref-1"], "saved, though the write has not finished");
  memories.push(memory.survivor());
  release();
  assertEquals(await server.next(), TYPED);
  memories.push(memory.survivor());
  server.send(ack("ref-1"));
  memories.push(memory.survivor());
  for (const left of memories) {
    const next = await restarted(left);
    assertEquals(next.harness.client.pending, [{ ref: "ref-1", target: LOBBY, text: "hello" }]);
    await next.server.admit();
    assertEquals(await next.server.next(), TYPED);
    next.server.send(ack("ref-1"));
    assertEquals(await next.server.commands(), []);
    assertEquals(next.memory.refs, [], "saved before the next command was sent");
    await next.harness.finish(next.server);
  }
  await harness.finish(server);
});

Deno.test("a later client never sends an acknowledged message again", async () => {
  const { harness, server, memory } = await online();
  harness.client.send(LOBBY, "hello");
  await server.next();
  server.send(ack("ref-1"));
  await harness.until(({ type }) => type === "acknowledged");
  endTurn(harness);
  const next = await restarted(memory);
  await next.server.admit();
  assertEquals(await next.server.commands(), []);
  await next.harness.finish(next.server);
});

Deno.test("each message is saved before it is written to the link", async () => {
  const { harness, server, memory } = await online();
  let checked = 0;
  harness.onWrite = (lines) => {
    for (const command of lines.trim().split("\n").map((line): ClientCommand => JSON.parse(line))) {
      if (command.type === "message") assert(memory.refs.includes(command.ref!), command.ref);
      checked++;
    }
  };
  for (let index = 0; index < 50; index++) {
    harness.client.send(LOBBY, `text ${index}`);
    server.send(directMessage(index + 1), { type: "ping", ref: `d-${index}` });
    if (index % 7 === 0) await server.next();
  }
  await server.next();
  while (checked < 100) await server.next();
  harness.onWrite = () => {};
  await harness.finish(server);
});

Deno.test("a direct message seen before a restart is not shown again", async () => {
  const { harness, server, memory } = await online();
  server.send(directMessage(1), directMessage(2));
  await server.commands();
  endTurn(harness);
  const next = await restarted(memory);
  await next.server.admit();
  next.server.send(directMessage(2), directMessage(1), directMessage(3));
  await next.server.commands();
  assertEquals(next.harness.received.filter((event) => event?.type === "message"), [directMessage(3)]);
  await next.harness.finish(next.server);
});

Deno.test("a server with another id gets only the pending messages", async () => {
  const { harness, server, memory } = await online();
  server.send(roomMessage(1), directMessage(1));
  harness.client.send(LOBBY, "hello");
  await server.commands();
  endTurn(harness);
  const next = await restarted(memory);
  const join = await next.server.admit(welcome("s-2"), joined("lobby", { seq: 0 }));
  assertEquals(join, { type: "join", ref: "join lobby", room: "lobby", name: "ada" });
  assertEquals(await next.server.next(), TYPED);
  next.server.send(roomMessage(1), directMessage(1));
  await next.server.commands();
  assertEquals(next.harness.received.filter((event) => event?.type === "message"), [
    roomMessage(1),
    directMessage(1),
  ]);
  assertEquals(next.memory.stored?.serverId, "s-2");
  await next.harness.finish(next.server);
});

Deno.test("the next client sends messages that were typed before any link, each to its own room", async () => {
  const memory = new FakeMemory();
  const harness = new Harness({ memory, retryFirst: true, dial: () => Promise.reject(new Error("No")) });
  harness.client.start();
  harness.client.send({ room: "dev" }, "one");
  harness.client.send({ to: "bob" }, "two");
  endTurn(harness);
  const next = await restarted(memory);
  assertEquals(next.harness.state.pending.map(({ text }) => text), ["one", "two"], "the view gets them");
  await next.server.admit();
  assertEquals(await next.server.next(), { type: "join", ref: "join dev", room: "dev" });
  assertEquals(await next.server.next(), { type: "message", ref: "ref-2", to: "bob", text: "two" });
  next.server.send(joined("dev"));
  assertEquals(await next.server.next(), { type: "message", ref: "ref-1", room: "dev", text: "one" });
  await next.harness.finish(next.server);
  await harness.finish();
});

Deno.test("a thousand pending messages are sent again in the order typed, and a further one is rejected until some are acknowledged", async () => {
  const { harness, server, memory } = await online();
  for (let index = 0; index < 1_000; index++) harness.client.send(LOBBY, `text ${index}`);
  await server.commands();
  const refs = memory.refs;
  assertEquals(refs.length, 1_000);
  const next = await restarted(memory);
  await next.server.admit();
  assertThrows(() => next.harness.client.send(LOBBY, "x"), Error, "1000 are pending");
  assertEquals(await next.server.refs(), refs);
  next.server.send(...refs.map((ref) => ack(ref)));
  await next.harness.client.drained();
  await next.harness.finish(next.server);
  assertEquals(next.memory.refs, []);
});

Deno.test("all events of one turn are saved once", async () => {
  const { harness, server, memory } = await online();
  await server.commands();
  endTurn(harness);
  const { saves } = memory;
  server.send(...Array.from({ length: 1_000 }, (_, index) => roomMessage(index + 1)));
  await harness.until((event) =>
    event.type === "received" && event.event?.type === "message" && event.event.id === roomMessage(1_000).id
  );
  endTurn(harness);
  assertEquals(memory.saves, saves + 1);
  assertEquals(memory.stored?.lastSeqs, [["lobby", 1_000, idOf(1_000)]]);
  await harness.finish(server);
});

Deno.test("a failed save stops nothing, is retried, and `remembers` is false meanwhile", async () => {
  const { harness, server, memory } = await online();
  assertEquals(harness.client.remembers, true);
  memory.full = true;
  harness.client.send(LOBBY, "hello");
  assertEquals(await server.next(), TYPED);
  assertEquals(harness.client.remembers, false);
  memory.full = false;
  await harness.finish(server);
  assertEquals(memory.refs, ["ref-1"]);
  assertEquals(harness.client.remembers, true);
});

Deno.test("closing saves the memory and closes it once", async () => {
  const { harness, server, memory } = await online();
  server.send(roomMessage(1));
  await server.commands();
  await harness.finish(server);
  assertEquals(memory.stored?.lastSeqs, [["lobby", 1, idOf(1)]]);
  assert(memory.closed);
  await harness.client.close();
});

Deno.test("a failed message is forgotten and a new name is remembered", async () => {
  const { harness, server, memory } = await online();
  harness.client.send({ to: "nobody" }, "hello");
  server.send({ type: "error", ref: "ref-1", code: "no_such_member", message: "No" });
  server.send({ type: "rename", member: { id: "m-ada", name: "countess" }, was: "ada", at: AT });
  await server.commands();
  await harness.finish(server);
  assertEquals(memory.refs, []);
  assertEquals(memory.stored?.name, "countess");
});

Deno.test("an invalid stored memory is rejected", () => {
  const good: Remembered = {
    serverId: "s",
    token: "t",
    name: "ada",
    lastSeqs: [["lobby", 3]],
    names: [["bob", "m-1"]],
    pending: [{ ref: "r", target: { to: "bob" }, text: "x" }],
  };
  assertEquals(parseRemembered(good), good);
  const { names: _, ...older } = good;
  assertEquals(parseRemembered(older), older, "stored by a client without known names");
  const fields = { directIds: ["d"], unread: [["lobby", 2, "id"]] };
  assertEquals(parseRemembered({ ...good, ...fields }), good, "stored by a client without conversations");
  const invalid: unknown[] = [
    undefined,
    null,
    7,
    [],
    {},
    { ...good, token: 7 },
    { ...good, lastSeqs: [["lobby"]] },
    { ...good, lastSeqs: Array(1_001).fill(["lobby", 1]) },
    { ...good, names: [["bob"]] },
    { ...good, names: Array(1_001).fill(["bob", "m-1"]) },
    { ...good, pending: Array(1_001).fill(good.pending[0]) },
    { ...good, pending: [{ ref: "r", target: {}, text: "x" }] },
    { ...good, pending: [{ ref: "r", target: { room: "a", to: "b" }, text: "x" }] },
    { ...good, pending: [{ ref: "r".repeat(65), target: { to: "b" }, text: "x" }] },
    { ...good, pending: [{ ref: "r", target: { to: "b" }, text: "x".repeat(8_193) }] },
  ];
  for (const value of invalid) assertEquals(parseRemembered(value), undefined, JSON.stringify(value)?.slice(0, 80));
});

Deno.test("forty clients that each crash a step later lose no message and duplicate none", async () => {
  let memory = new FakeMemory();
  /** Ref → text, as a server stores it: a repeated ref changes nothing. */
  const stored = new Map<string, string>();
  const typed: string[] = [];
  for (let life = 0; life < 40; life++) {
    let refs = 0;
    const harness = new Harness({ memory, newRef: () => `ref-${life}-${++refs}` });
    harness.client.start();
    const server = await harness.dialed();
    for (let index = 0; index < 3; index++) {
      typed.push(`${life}.${index}`);
      harness.client.send(LOBBY, typed.at(-1)!);
    }
    endTurn(harness);
    if (life % 5 > 0) await server.admit();
    for (let step = 1; step < life % 5; step++) {
      const command = await server.next();
      if (command?.type !== "message") throw new Error(`Unexpected: ${command?.type}`);
      if (!stored.has(command.ref!)) stored.set(command.ref!, command.text);
      if (step % 2 === 0) server.send(ack(command.ref!));
    }
    memory = memory.survivor();
  }
  const { harness, server } = await restarted(memory);
  await server.admit();
  while (harness.client.pending.length > 0) {
    const command = await server.next();
    if (command?.type !== "message") throw new Error(`Unexpected: ${command?.type}`);
    if (!stored.has(command.ref!)) stored.set(command.ref!, command.text);
    server.send(ack(command.ref!));
    await harness.until(({ type }) => type === "acknowledged");
  }
  assertEquals([...stored.values()], typed);
  await harness.finish(server);
});
