/** A client signs what it sends, once and in order, if the server knows it by its key. */

import { assert, assertEquals } from "@std/assert";
import type { Client } from "../../src/client/client.ts";
import { signatureOf } from "../../src/protocol/identity/entry_signature.ts";
import type { ClientIdentity } from "../../src/protocol/identity/join_proof.ts";
import { entryText } from "../../src/protocol/identity/signed_text.ts";
import type { ClientCommand, MessageCommand } from "../../src/protocol/messages/messages.ts";
import { signature } from "../contracts/changes_contract.ts";
import { FakeMemory } from "./fake_memory.ts";
import { ack, ADA, BOB, type FakeServer, Harness, joined, roomMessage, welcome } from "./harness.ts";

const WELCOME = { ...welcome(), chat: "chat-1", nonce: "n-1" };
const LOBBY = { room: "lobby" };
const OTHER = "01a1fc07-b55d-7000-8eb7-9182220cae53";
const KEYED = joined("lobby", { you: ADA, members: [ADA, BOB] });

/** A client whose signatures the test makes. `texts` are those to sign, in the order in which it asked. */
async function start({ memory, reply = KEYED }: { memory?: FakeMemory; reply?: typeof KEYED } = {}) {
  const texts: string[] = [];
  const made: PromiseWithResolvers<string>[] = [];
  const identity: ClientIdentity = {
    prove: () => Promise.resolve({ key: signature(1).key, signature: signature(1).signature, host: "localhost" }),
    sign: (text) => {
      texts.push(text);
      made.push(Promise.withResolvers());
      return made.at(-1)!.promise;
    },
  };
  const harness = new Harness({ identity, memory, newRef: undefined });
  harness.client.start();
  const server = await harness.dialed();
  await server.admit(WELCOME, reply);
  const sign = (nth: number) => made[nth]!.resolve(signature(nth + 1).signature);
  return { harness, server, texts, sign };
}

/** Signs all from the first on that are asked for now. */
function signedBy({ harness, server, texts, sign }: Awaited<ReturnType<typeof start>>) {
  return async (send: (client: Client) => string): Promise<ClientCommand> => {
    await server.commands();
    const before = texts.length;
    send(harness.client);
    if (texts.length > before) sign(before);
    const sent = await server.next();
    server.send(ack(sent!.ref!));
    return sent!;
  };
}

Deno.test("messages and changes carry a signature of what they say, the key and the client's own time", async () => {
  const started = await start();
  const { harness, server, texts } = started;
  const sent = signedBy(started);
  const time = new Date(harness.clock.wall()).toISOString();
  const common = { chat: "chat-1", author: ADA.id, time };
  const expected: string[] = [];
  const check = (command: ClientCommand, content: object) => {
    const nth = expected.length;
    const { id } = command as { id?: string };
    expected.push(entryText({ ...common, id: id!, ...content } as Parameters<typeof entryText>[0]));
    const { key } = signature(1);
    assertEquals(signatureOf(command as MessageCommand), { signature: signature(nth + 1).signature, key, time });
  };
  check(await sent((client) => client.send({ room: "#Lobby" }, "tea")), { type: "message", ...LOBBY, text: "tea" });
  const reply = { kind: "reply", to: OTHER } as const;
  check(await sent((client) => client.send(LOBBY, "so?", reply)), {
    type: "message",
    ...LOBBY,
    text: "so?",
    reply: OTHER,
  });
  const edit = { kind: "edit", of: OTHER } as const;
  check(await sent((client) => client.send(LOBBY, "b", edit)), { type: "edited", ...LOBBY, of: OTHER, text: "b" });
  check(await sent((client) => client.send(LOBBY, "", { kind: "delete", of: OTHER })), {
    type: "deleted",
    ...LOBBY,
    of: OTHER,
  });
  const file = {
    id: OTHER,
    name: "a.png",
    size: 7,
    media: "image/png",
    sha256: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
  };
  check(await sent((client) => client.send(LOBBY, "", undefined, file)), { type: "message", ...LOBBY, text: "", file });
  const react = { kind: "react", of: OTHER, remove: true } as const;
  const reaction = { type: "reaction", ...LOBBY, of: OTHER, emoji: "\u2764\ufe0f", remove: true };
  check(await sent((client) => client.send(LOBBY, "\u2764", react)), reaction);
  const direct = await sent((client) => client.send({ to: "Bob" }, "psst"));
  check(direct, { type: "message", to: BOB.id, text: "psst" });
  assertEquals((direct as MessageCommand).to, BOB.id, "the server must not find another member by the name");
  assertEquals(texts, expected);
  await harness.finish(server);
});

Deno.test("what cannot be signed as others will read it is sent without a signature", async () => {
  const started = await start();
  const { harness, server, texts } = started;
  const sent = signedBy(started);
  for (const intent of [{ kind: "edit" }, { kind: "delete", of: 7 }, { kind: "reply", to: "bob" }] as const) {
    const command = await sent((client) => client.send(LOBBY, "b", intent));
    assertEquals("signature" in command, false, intent.kind);
  }
  assertEquals("signature" in await sent((client) => client.send({ to: "eve" }, "psst")), false);
  assertEquals(texts, []);
  await harness.finish(server);
});

Deno.test("a client that the server knows by a token signs nothing", async () => {
  const { harness, server, texts } = await start({ reply: joined() });
  harness.client.send(LOBBY, "tea");
  assertEquals("signature" in (await server.next())!, false);
  assertEquals(texts, []);
  await harness.finish(server);
});

Deno.test("messages and commands stay in their order while one is signed", async () => {
  const { harness, server, texts, sign } = await start();
  await server.commands();
  harness.client.send(LOBBY, "a");
  harness.client.send(LOBBY, "b", { kind: "reply", to: 1 });
  harness.client.send(LOBBY, "c");
  harness.client.command({ type: "topic", room: "lobby", text: "d" });
  harness.client.rename("ada2");
  harness.client.leave("lobby");
  assertEquals(await server.commands(), []);
  assertEquals(texts.length, 2);
  sign(1);
  assertEquals(await server.commands(), []);
  sign(0);
  const sent: ClientCommand[] = [];
  while (sent.length < 6) sent.push((await server.next())!);
  assertEquals(sent.map((command) => "text" in command ? command.text : command.type), [
    "a",
    "b",
    "c",
    "d",
    "rename",
    "leave",
  ]);
  await harness.finish(server);
});

Deno.test("a message that is still signed when the client closes is sent before its leave", async () => {
  const { harness, server, sign } = await start();
  await server.commands();
  harness.client.send(LOBBY, "a");
  const closed = harness.client.close();
  assertEquals(await server.commands(), []);
  sign(0);
  assertEquals([(await server.next())?.type, (await server.next())?.type], ["message", "leave"]);
  server.close();
  await closed;
});

Deno.test("a message has the same signature whenever it is sent, and after a restart", async () => {
  const memory = new FakeMemory();
  const { harness, server, texts, sign } = await start({ memory });
  await server.commands();
  harness.client.send(LOBBY, "a");
  sign(0);
  const first = await server.next();
  assert(first !== undefined && "signature" in first);
  const again = await harness.redial(server);
  await again.admit({ ...WELCOME, nonce: "n-2" }, KEYED);
  assertEquals(await messageOf(again), first);
  await harness.finish(again);
  const next = await start({ memory: memory.survivor() });
  assertEquals(await messageOf(next.server), first);
  assertEquals([texts.length, next.texts.length], [1, 0]);
  await next.harness.finish(next.server);
});

Deno.test("a message that was signed on a lost link is sent once, with that signature", async () => {
  const { harness, server, texts, sign } = await start();
  await server.commands();
  harness.client.send(LOBBY, "a");
  const next = await harness.redial(server);
  await next.admit({ ...WELCOME, nonce: "n-2" }, KEYED);
  assertEquals(await next.commands(), []);
  sign(0);
  const sent = await messageOf(next);
  assertEquals(signatureOf(sent as MessageCommand)?.signature, signature(1).signature);
  assertEquals([await next.commands(), texts.length], [[], 1]);
  await harness.finish(next);
});

Deno.test("a message is sent without a signature if the key fails", async () => {
  const identity: ClientIdentity = {
    prove: () => Promise.resolve({ key: "k", signature: "s", host: "localhost" }),
    sign: () => Promise.reject(new Error("no")),
  };
  const harness = new Harness({ identity, newRef: undefined });
  harness.client.start();
  const server = await harness.dialed();
  await server.admit(WELCOME, KEYED);
  harness.client.send(LOBBY, "a");
  assertEquals("signature" in await messageOf(server), false);
  await harness.finish(server);
});

/** A client that takes signatures that begin with `1` for genuine. */
async function reader() {
  const verify = (signed: { readonly signature: string }) => Promise.resolve(signed.signature.startsWith("1"));
  const harness = new Harness({ verify });
  harness.client.start();
  const server = await harness.dialed();
  await server.admit(WELCOME);
  await server.commands();
  return { harness, server };
}

Deno.test("a false signature is reported after its message or page is shown, and no message waits for it", async () => {
  const { harness, server } = await reader();
  const isFalse = (event: { type: string }) => event.type === "falseSignature";
  const [genuine, wrong] = [roomMessage(1), roomMessage(2)].map((message, nth) => ({
    ...message,
    ...signature(nth + 1),
  }));
  server.send(genuine!, wrong!, roomMessage(3));
  assertEquals(await harness.until(isFalse), { type: "falseSignature", entry: wrong });
  assertEquals(
    harness.events.filter(({ type }) => type === "received" || isFalse({ type })).slice(-4).map(({ type }) => type),
    [
      ...Array(3).fill("received"),
      "falseSignature",
    ],
  );
  const page = { room: "lobby", messages: [{ ...roomMessage(2), ...signature(3) }], more: false };
  server.send({ type: "history", ...page });
  assertEquals(await harness.until(isFalse), { type: "falseSignature", entry: page.messages[0] });
  server.send({ type: "search", query: "text", ...page });
  assertEquals(await harness.until(isFalse), { type: "falseSignature", entry: page.messages[0] });
  await harness.finish(server);
});

Deno.test("whois is followed by what is known of the member's last signatures", async () => {
  const { harness, server } = await reader();
  const { key } = signature(1);
  server.send({ ...roomMessage(1), ...signature(1) }, roomMessage(2), { ...roomMessage(3), ...signature(1), key: "k" });
  await server.commands();
  server.send({ type: "whois", member: ADA, rooms: [] }, { type: "whois", member: BOB, rooms: [], keys: [key] });
  const record = { messages: 3, signed: 2, false: 0, otherKey: 1 };
  assertEquals(await harness.until(({ type }) => type === "signatures"), { type: "signatures", member: BOB, record });
  await harness.finish(server);
});

async function messageOf(server: FakeServer): Promise<ClientCommand> {
  for (let command = await server.next(); command !== undefined; command = await server.next()) {
    if (command.type === "message") return command;
  }
  throw new Error("The client has closed the link");
}
