import { assert, assertEquals } from "@std/assert";
import type { PasswordKind } from "../../../src/protocol/errors.ts";
import type { ErrorEvent } from "../../../src/protocol/messages/messages.ts";
import type { PasswordPrompt } from "../../../src/client/join/password_prompter.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ack, ADA, AT, type FakeServer, Harness, joined, welcome } from "../harness.ts";

function wrong(needs: PasswordKind, room = "lobby", more: Partial<ErrorEvent> = {}): ErrorEvent {
  return { type: "error", ref: `join ${room}`, code: "wrong_password", message: `Needs ${needs}`, needs, ...more };
}

/** The user: records the password questions and answers when the test says so. */
class Person {
  readonly questions: PasswordPrompt[] = [];
  #answer: ((password: string | undefined) => void) | undefined;

  readonly ask = (question: PasswordPrompt): Promise<string | undefined> => {
    this.questions.push(question);
    return new Promise((resolve) => this.#answer = resolve);
  };

  answer(password: string | undefined): void {
    this.#answer!(password);
  }
}

/** A harness whose first join is not answered yet, and a user to ask. */
async function joining(options: ConstructorParameters<typeof Harness>[0] = {}) {
  const harness = new Harness(options);
  const person = new Person();
  harness.client.askPassword = person.ask;
  harness.client.start();
  const server = await harness.dialed();
  server.send(welcome());
  assertEquals(await server.next(), { type: "ping" });
  return { harness, server, person, join: await server.next() };
}

const JOIN = { type: "join", ref: "join lobby", room: "lobby", name: "ada" } as const;

Deno.test("the configured password is sent with the first join of each link, and with no join of a further room", async () => {
  const { harness, server, join } = await joining({ password: "moon", rooms: ["lobby", "dev"] });
  assertEquals(join, { ...JOIN, password: "moon" });
  server.send(joined());
  assertEquals(await server.next(), { type: "join", ref: "join dev", room: "dev" });
  const next = await harness.redial(server);
  const again = await next.admit();
  assertEquals(again?.type === "join" && again.password, "moon");
  await harness.finish(next);
});

Deno.test("a missing password is asked for, and asked for again after a wrong one", async () => {
  const { harness, server, person, join } = await joining();
  assertEquals(join, JOIN);
  server.send(wrong("server"));
  await server.commands();
  assertEquals(person.questions, [{ kind: "server", room: "lobby", name: "ada" }]);
  person.answer("sun");
  assertEquals(await server.next(), { ...JOIN, password: "sun" });
  server.send(wrong("server"));
  await server.commands();
  person.answer("moon");
  assertEquals(await server.next(), { ...JOIN, password: "moon" });
  server.send(joined());
  await harness.untilStatus("online");
  assertEquals(person.questions.length, 2);
  await harness.finish(server);
});

Deno.test("without an answer the client closes with the server's sentence", async () => {
  const { harness, server, person } = await joining();
  server.send(wrong("server"));
  await server.commands();
  person.answer(undefined);
  assertEquals(await harness.client.closed, { kind: "closed", cause: "refused", reason: "Needs server" });
  assertEquals(harness.clock.timers, 0);
});

Deno.test("a link lost during the question is dialed again and joins once the user answers", async () => {
  const { harness, server, person } = await joining();
  server.send(wrong("server"));
  await server.commands();
  const next = await harness.redial(server);
  next.send(welcome());
  assertEquals(await next.commands(), [{ type: "ping" }]);
  person.answer("moon");
  assertEquals(await next.next(), { ...JOIN, password: "moon" });
  next.send(joined());
  await harness.untilStatus("online");
  await harness.finish(next);
});

Deno.test("a room's password is asked for while the other rooms are joined, and sent on every link", async () => {
  const { harness, server, person } = await joining({ rooms: ["lobby", "ops", "dev"], password: "moon" });
  server.send(joined());
  assertEquals((await server.commands()).map((command) => "room" in command && command.room), ["ops", "dev"]);
  server.send(wrong("room", "ops"), joined("dev"));
  await harness.until((event) => event.type === "received" && event.event?.type === "error");
  assertEquals(person.questions, [{ kind: "room", room: "ops", name: "ada" }]);
  person.answer("open");
  const join = { type: "join", ref: "join ops", room: "ops", password: "open" } as const;
  assertEquals(await server.next(), join);
  server.send(joined("ops"));
  const next = await harness.redial(server);
  await next.admit();
  assertEquals((await next.commands())[0], { ...join, after: "" });
  await harness.finish(next);
});

Deno.test("a room may need its own password in addition to the server's", async () => {
  const { harness, server, person } = await joining({ rooms: ["ops"], password: "moon" });
  server.send(wrong("room", "ops"));
  await server.commands();
  assertEquals(person.questions, [{ kind: "room", room: "ops", name: "ada" }]);
  person.answer("stars");
  const join = { type: "join", ref: "join ops", room: "ops", name: "ada", password: "stars" } as const;
  assertEquals(await server.next(), join);
  server.send(wrong("server", "ops"));
  assertEquals(await server.next(), { ...join, password: "moon" });
  server.send(joined("ops"));
  await harness.untilStatus("online");
  await harness.finish(server);
});

Deno.test("the name of an account needs its password once and uses its token from then on", async () => {
  const memory = new FakeMemory();
  const { harness, server, person } = await joining({ memory, password: "moon" });
  server.send(wrong("account"));
  await server.commands();
  assertEquals(person.questions, [{ kind: "account", room: "lobby", name: "ada" }]);
  person.answer("correct horse");
  assertEquals(await server.next(), { ...JOIN, password: "correct horse" });
  server.send(joined());
  await harness.untilStatus("online");
  const next = await harness.redial(server);
  const again = await next.admit();
  assertEquals(again, { ...JOIN, token: "t-1", password: "moon", after: "" });
  assert(!JSON.stringify(memory.stored).includes("horse"));
  assert(!JSON.stringify(memory.stored).includes("moon"));
  await harness.finish(next);
});

Deno.test("without the password of a name, the client joins under the suggested name if `acceptSuggestion` is set", async () => {
  const { harness, server, person } = await joining({ acceptSuggestion: true });
  server.send(wrong("account", "lobby", { suggestion: "ada2" }));
  await server.commands();
  person.answer(undefined);
  assertEquals(await server.next(), { ...JOIN, name: "ada2" });
  await harness.finish(server);
});

/** Logs the guest ada in to the account `lovelace`, up to its first join. */
async function move(harness: Harness, server: FakeServer): Promise<FakeServer> {
  assertEquals(await server.next(), { type: "auth", ref: "login", name: "lovelace", password: "engine" });
  server.send({ type: "authenticated", ref: "login", role: "member", name: "lovelace", token: "t-9" });
  assertEquals(await server.next(), { type: "leave" });
  server.send({ type: "leave", room: "lobby", member: ADA, at: AT, reason: "left" }, {
    type: "goodbye",
    reason: "left",
  });
  const next = await harness.dialed();
  next.send(welcome());
  assertEquals(await next.next(), { type: "ping" });
  assertEquals(await next.next(), { ...JOIN, name: "lovelace", token: "t-9", after: "" });
  return next;
}

Deno.test("a login leaves as the guest and rejoins at once with the account's token", async () => {
  const memory = new FakeMemory();
  const { harness, server } = await Harness.online({ memory });
  harness.client.login("lovelace", "engine");
  const next = await move(harness, server);
  next.send(joined("lobby", { you: { id: "m-9", name: "lovelace", token: "t-9" } }));
  await next.commands();
  assertEquals(harness.client.status, { kind: "online" });
  assertEquals(harness.state.you?.name, "lovelace");
  assertEquals(harness.received.filter((event) => event?.type === "leave"), []);
  assertEquals(harness.statuses.filter(({ kind }) => kind === "waiting"), []);
  await harness.finish(next);
  assertEquals([memory.stored?.name, memory.stored?.token], ["lovelace", "t-9"]);
  assert(!JSON.stringify(memory.stored).includes("engine"));
});

Deno.test("messages typed during a login are sent after it has ended", async () => {
  const { harness, server } = await Harness.online();
  harness.client.login("lovelace", "engine");
  harness.client.send({ room: "lobby" }, "hello");
  const next = await move(harness, server);
  next.send(joined("lobby", { you: { id: "m-9", name: "lovelace", token: "t-9" } }));
  assertEquals(await next.next(), { type: "message", ref: "ref-1", room: "lobby", text: "hello" });
  next.send(ack("ref-1"));
  await harness.client.drained();
  await harness.finish(next);
});

Deno.test("a login requested before the link is open is sent before the first join, which uses the account", async () => {
  const harness = new Harness();
  harness.client.login("ada", "engine");
  harness.client.start();
  const server = await harness.dialed();
  server.send(welcome());
  assertEquals(await server.commands(), [
    { type: "ping" },
    { type: "auth", ref: "login", name: "ada", password: "engine" },
  ]);
  server.send({ type: "authenticated", ref: "login", role: "member", name: "ada", token: "t-9" });
  assertEquals(await server.next(), { ...JOIN, token: "t-9" });
  server.send(joined());
  await harness.untilStatus("online");
  await harness.finish(server);
});

Deno.test("a failed login changes nothing, and messages are sent again", async () => {
  const { harness, server } = await Harness.online();
  harness.client.login("lovelace", "wrong");
  harness.client.send({ room: "lobby" }, "hello");
  assertEquals((await server.commands()).map(({ type }) => type), ["auth"]);
  server.send({ type: "error", ref: "login", code: "wrong_password", message: "Wrong", needs: "account" });
  assertEquals((await server.next())?.type, "message");
  server.send(ack("ref-1"));
  await harness.client.drained();
  await harness.finish(server);
});

Deno.test("a login that a busy server refuses is repeated", async () => {
  const { harness, server } = await Harness.online();
  harness.client.login("lovelace", "engine");
  assertEquals((await server.next())?.type, "auth");
  server.send({ type: "error", ref: "login", code: "rate_limited", message: "Busy", retryAfter: 3 });
  await server.commands();
  harness.clock.advance(3_000);
  const next = await move(harness, server);
  await harness.finish(next);
});

Deno.test("the client stops waiting for an answer to its leave after two seconds", async () => {
  const { harness, server } = await Harness.online();
  harness.client.login("lovelace", "engine");
  assertEquals((await server.next())?.type, "auth");
  server.send({ type: "authenticated", ref: "login", role: "member", name: "lovelace", token: "t-9" });
  assertEquals(await server.commands(), [{ type: "leave" }]);
  harness.clock.advance(2_000);
  const next = await harness.dialed();
  assertEquals((await next.admit())?.type, "join");
  await harness.untilStatus("online");
  await harness.finish(next);
});

Deno.test("an owner authenticates again on each link, but not with another server", async () => {
  const { harness, server } = await Harness.online();
  harness.client.login(undefined, "root");
  const auth = { type: "auth", ref: "login", password: "root" } as const;
  assertEquals(await server.next(), auth);
  server.send({ type: "authenticated", ref: "login", role: "owner" });
  await server.commands();
  assertEquals(harness.state.owner, true);
  const next = await harness.redial(server);
  next.send(welcome());
  assertEquals(await next.commands(), [{ type: "ping" }, auth]);
  next.send({ type: "authenticated", ref: "login", role: "owner" });
  assertEquals((await next.next())?.type, "join");
  next.send(joined());
  const other = await harness.redial(next);
  other.send(welcome("s-2"));
  assertEquals((await other.commands()).map(({ type }) => type), ["ping", "join"]);
  await harness.finish(other);
});

Deno.test("an owner whose password has changed becomes a plain member", async () => {
  const { harness, server } = await Harness.online();
  harness.client.login(undefined, "root");
  await server.next();
  server.send({ type: "authenticated", ref: "login", role: "owner" });
  const next = await harness.redial(server);
  next.send(welcome());
  assertEquals((await next.commands()).at(-1)?.type, "auth");
  next.send({ type: "error", ref: "login", code: "wrong_password", message: "Wrong", needs: "admin" });
  assertEquals((await next.next())?.type, "join");
  next.send(joined());
  await harness.untilStatus("online");
  assertEquals(harness.state.owner, undefined);
  await harness.finish(next);
});

Deno.test("a ban closes the client with the server's notice, without a reconnect", async () => {
  const { harness, server } = await Harness.online();
  server.send({ type: "notice", text: "ada banned you: spam" }, { type: "goodbye", reason: "kicked" });
  const closed = { kind: "closed", cause: "refused", reason: "ada banned you: spam" } as const;
  assertEquals(await harness.client.closed, closed);
  assertEquals(harness.clock.timers, 0);
});
