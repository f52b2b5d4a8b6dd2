import { assert, assertEquals } from "@std/assert";
import type { ErrorEvent, JoinCommand } from "../../src/protocol/messages/messages.ts";
import { ack, AT, BOB, directMessage, Harness, idOf, joined, roomMessage, welcome } from "./harness.ts";

function refusal(code: string, more: Partial<ErrorEvent> = {}): ErrorEvent {
  return { type: "error", ref: "join lobby", code, message: `Refused: ${code}`, ...more };
}

/** A harness whose first join is not answered yet. */
async function joining(options: ConstructorParameters<typeof Harness>[0] = {}) {
  const harness = new Harness(options);
  harness.client.start();
  const server = await harness.dialed();
  server.send(welcome());
  assertEquals(await server.next(), { type: "ping" });
  assertEquals((await server.next())?.type, "join");
  return { harness, server };
}

Deno.test("the handshake is ping, welcome, join, joined; only then is the client online", async () => {
  const harness = new Harness({ rooms: ["lobby", "dev"] });
  harness.client.start();
  const server = await harness.dialed();
  assertEquals(await server.commands(), [{ type: "ping" }]);
  server.send(welcome(), { type: "pong" });
  assertEquals(await server.commands(), [{ type: "join", ref: "join lobby", room: "lobby", name: "ada" }]);
  assertEquals(harness.statuses, [{ kind: "connecting", attempt: 1 }]);
  server.send(joined());
  assertEquals(await server.commands(), [{ type: "join", ref: "join dev", room: "dev" }]);
  assertEquals(harness.client.status, { kind: "online" });
  await harness.finish(server);
});

Deno.test("a rejoin sends the token, the current name and the last seq of each room", async () => {
  const { harness, server } = await Harness.online({ rooms: ["lobby", "dev"] });
  server.send(joined("dev", { seq: 7 }), roomMessage(1), roomMessage(2));
  server.send({ type: "rename", member: { id: "m-ada", name: "countess" }, was: "ada", at: AT });
  await server.commands();
  const next = await harness.redial(server);
  const join = await next.admit();
  assertEquals(join, {
    type: "join",
    ref: "join lobby",
    room: "lobby",
    name: "countess",
    token: "t-1",
    after: idOf(2),
    seq: 2,
  });
  assertEquals(await next.commands(), [{ type: "join", ref: "join dev", room: "dev", after: idOf(7, "dev"), seq: 7 }]);
  await harness.finish(next);
});

Deno.test("a server with another id gets neither the seq nor the token of the earlier server", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1), roomMessage(2));
  const next = await harness.redial(server);
  assertEquals(await next.admit(welcome("s-2")), { type: "join", ref: "join lobby", room: "lobby", name: "ada" });
  next.send(roomMessage(1));
  await next.commands();
  assertEquals(harness.received.at(-2), roomMessage(1));
  await harness.finish(next);
});

Deno.test("the removal of another member from a room does not end the user's own membership", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "leave", room: "lobby", member: BOB, at: AT, reason: "kicked" });
  await server.commands();
  const next = await harness.redial(server);
  const join = await next.admit();
  assertEquals(join?.type === "join" && join.room, "lobby");
  await harness.finish(next);
});

Deno.test("messages that were seen before are not reported again", async () => {
  const { harness, server } = await Harness.online();
  server.send(roomMessage(1), roomMessage(2), directMessage(1));
  const next = await harness.redial(server);
  await next.admit(welcome(), joined("lobby", { seq: 3, missed: 2 }));
  next.send(roomMessage(2), roomMessage(3), directMessage(1), directMessage(2));
  await next.commands();
  const messages = harness.received.filter((event) => event?.type === "message");
  assertEquals(messages, [roomMessage(1), roomMessage(2), directMessage(1), roomMessage(3), directMessage(2)]);
  await harness.finish(next);
});

Deno.test("a taken name closes the client on the first join, with the server's sentence", async () => {
  for (const code of ["name_taken", "name_invalid", "wrong_password", "forbidden", "invalid"]) {
    const { harness, server } = await joining();
    server.send(refusal(code, { suggestion: "ada2" }));
    assertEquals(await harness.client.closed, { kind: "closed", cause: "refused", reason: `Refused: ${code}` });
    assertEquals(harness.clock.timers, 0);
  }
});

Deno.test("with `acceptSuggestion` the client joins under the suggested name, for a taken name and for a reserved one", async () => {
  for (const code of ["name_taken", "name_invalid"]) {
    const { harness, server } = await joining({ acceptSuggestion: true });
    server.send(refusal(code, { suggestion: "ada2" }));
    assertEquals(await server.next(), { type: "join", ref: "join lobby", room: "lobby", name: "ada2" });
    server.send(joined("lobby", { you: { id: "m-2", name: "ada2", token: "t-2" } }));
    await harness.untilStatus("online");
    await harness.finish(server);
  }
});

Deno.test("on a reconnect the client always joins under the suggested name", async () => {
  const { harness, server } = await Harness.online();
  const next = await harness.redial(server);
  next.send(welcome("s-2"));
  await next.commands();
  next.send(refusal("name_taken", { suggestion: "ada2" }));
  assertEquals(await next.next(), { type: "join", ref: "join lobby", room: "lobby", name: "ada2" });
  await harness.finish(next);
});

Deno.test("the client gives up on a server that refuses each of its own suggestions", async () => {
  const { harness, server } = await joining({ acceptSuggestion: true });
  server.send(...Array.from({ length: 6 }, () => refusal("name_taken", { suggestion: "ada2" })));
  assertEquals((await harness.client.closed).cause, "refused");
});

Deno.test("a rate-limited join is repeated after the time that the server gives", async () => {
  const { harness, server } = await joining();
  server.send(refusal("rate_limited", { retryAfter: 3 }));
  assertEquals(await server.commands(), []);
  harness.clock.advance(2_999);
  assertEquals(await server.commands(), []);
  harness.clock.advance(1);
  assertEquals((await server.next())?.type, "join");
  await harness.finish(server);
});

Deno.test("a room that refuses the rejoin is given up, and the next room is tried", async () => {
  const { harness, server } = await Harness.online({ rooms: ["lobby", "dev"] });
  server.send(joined("dev"));
  const next = await harness.redial(server);
  next.send(welcome());
  await next.commands();
  next.send(refusal("forbidden"));
  assertEquals(await next.next(), {
    type: "join",
    ref: "join dev",
    room: "dev",
    name: "ada",
    token: "t-1",
    after: "",
  });
  assertEquals([...harness.state.rooms.keys()], ["dev"]);
  next.send(refusal("forbidden", { ref: "join dev" }));
  assertEquals(await harness.client.closed, { kind: "closed", cause: "refused", reason: "Refused: forbidden" });
});

Deno.test("the refusal of a further room is reported and the join is not repeated", async () => {
  const { harness, server } = await Harness.online();
  harness.client.join("Secret", "guess");
  assertEquals(await server.next(), { type: "join", ref: "join secret", room: "secret", password: "guess" });
  server.send(refusal("wrong_password", { ref: "join secret" }));
  await server.commands();
  assertEquals(harness.received.at(-2), refusal("wrong_password", { ref: "join secret" }));
  const next = await harness.redial(server);
  await next.admit();
  assertEquals(await next.commands(), []);
  await harness.finish(next);
});

Deno.test("a left room is not joined again, and a link without rooms is online too", async () => {
  const { harness, server } = await Harness.online();
  harness.client.leave("#lobby");
  assertEquals(await server.next(), { type: "leave", room: "lobby", ref: "leave" });
  const next = await harness.redial(server);
  next.send(welcome());
  await harness.untilStatus("online");
  assertEquals(await next.commands(), [{ type: "ping" }]);
  harness.client.join("dev");
  assertEquals(await next.next(), { type: "join", ref: "join dev", room: "dev", name: "ada", token: "t-1" });
  await harness.finish(next);
});

Deno.test("a room requested before the link is open is joined with the others, with its password", async () => {
  const harness = new Harness();
  harness.client.join("lobby", "open sesame");
  harness.client.join("dev");
  harness.client.start();
  const server = await harness.dialed();
  const join = await server.admit();
  assertEquals(join, { type: "join", ref: "join lobby", room: "lobby", name: "ada", password: "open sesame" });
  assertEquals(await server.next(), { type: "join", ref: "join dev", room: "dev" });
  await harness.finish(server);
});

Deno.test("a rename is sent at once, or with the next link while there is none", async () => {
  const { harness, server } = await Harness.online();
  harness.client.rename("grace");
  assertEquals(await server.next(), { type: "rename", name: "grace" });
  server.close();
  const { retryAt } = await harness.untilStatus("waiting");
  harness.client.rename("hopper");
  harness.clock.advance(retryAt - harness.clock.now());
  const next = await harness.dialed();
  const join = await next.admit();
  assertEquals(join?.type === "join" && join.name, "hopper");
  assertEquals(await next.next(), { type: "rename", name: "hopper" }, "the server still has the old one");
  await harness.finish(next);
});

Deno.test("other commands are sent only while online", async () => {
  const harness = new Harness();
  assertEquals(harness.client.command({ type: "rooms" }), false);
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  await harness.untilStatus("online");
  assertEquals(harness.client.command({ type: "rooms", ref: "q" }), true);
  assertEquals(await server.next(), { type: "rooms", ref: "q" });
  await harness.finish(server);
  assertEquals(harness.client.command({ type: "rooms" }), false);
});

Deno.test("a server of a later protocol is refused with the reason", async () => {
  const harness = new Harness();
  harness.client.start();
  (await harness.dialed()).send({ ...welcome(), protocol: 2 });
  const { cause, reason } = await harness.client.closed;
  assertEquals(cause, "refused");
  assertEquals(reason, "Client is too old: the server speaks version 2 of the protocol, this client version 1");
});

Deno.test("lines of a hostile server are passed on and break nothing", async () => {
  const { harness, server } = await Harness.online();
  const lines = [
    "not JSON",
    "{",
    '{"type":"party"}',
    '{"type":"joined"}',
    '{"type":"message","seq":"one"}',
    '{"type":"ack","ref":7}',
    '{"type":"goodbye","reason":"because"}',
    "[1,2]",
    "null",
    "",
  ];
  server.raw(...lines);
  server.send(
    ack("never sent"),
    { type: "error", ref: "never sent", code: "rate_limited", message: "", retryAfter: -1e9 },
    { type: "error", code: "no such code", message: "" },
    { type: "rename", member: BOB, was: "x", at: "" },
    joined("never asked", { seq: -1 }),
    roomMessage(-5, "x", "nowhere"),
    welcome(),
  );
  await server.commands();
  assertEquals(harness.client.status, { kind: "online" });
  const unknown = harness.events.flatMap((event) =>
    event.type === "received" && event.event === undefined ? [event.line] : []
  );
  assertEquals(unknown, lines);
  await harness.finish(server);
});

Deno.test("ten thousand messages at once cost no more per message than a single one", async () => {
  const { harness, server } = await Harness.online();
  const speakers = Array.from({ length: 60 }, (_, index) => ({ id: `m-${index}`, name: `user${index}` }));
  const messages = Array.from(
    { length: 10_000 },
    (_, i) => roomMessage(i + 1, "hello there", "lobby", speakers[i % 60]),
  );
  const start = performance.now();
  server.send(...messages);
  await harness.until((event) =>
    event.type === "received" && event.event?.type === "message" && event.event.id === messages.at(-1)!.id
  );
  const ms = performance.now() - start;
  // About 40 ms; a copy of everything for each message would take seconds.
  assert(ms < 1_000, `took ${ms} ms`);
  assertEquals(harness.state.rooms.get("lobby")?.seq, 10_000);
  await harness.finish(server);
});

Deno.test("a client that follows rooms joins those of the member's other devices, and leaves what they leave", async () => {
  const { harness, server } = await Harness.online({ followRooms: true });
  const member = { id: harness.state.you!.id, name: "ada" };
  server.send({ type: "join", room: "dev", member, at: "" });
  assertEquals((await server.next() as JoinCommand).room, "dev");
  server.send({ ...joined("dev"), rooms: ["lobby", "ops"] });
  assertEquals((await server.next() as JoinCommand).room, "ops");
  server.send({ type: "leave", room: "dev", member, at: "", reason: "left" });
  server.close();
  const next = await harness.redial(server);
  next.send(welcome());
  const rooms = (await next.commands()).flatMap((command) => command.type === "join" ? [command.room] : []);
  assertEquals(rooms, ["lobby"]);
  next.send(joined("lobby"));
  assertEquals((await next.next() as JoinCommand).room, "ops");
  await harness.finish(next);
});

Deno.test("a client that does not follow rooms stays in its own", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "join", room: "dev", member: { id: harness.state.you!.id, name: "ada" }, at: "" });
  server.send({ ...joined("lobby"), rooms: ["ops"] });
  assertEquals(await server.commands(), []);
  await harness.finish(server);
});
