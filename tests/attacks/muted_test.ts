/** Attempts of a muted member to reach screens, and of a room's moderators to reach members outside it. */

import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import { serve, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";

const ADMIN_PASSWORD = "crane and gantry";
/** A text that no screen may show. */
const PILLS = "BUY_CHEAP_PILLS";

interface Stand extends AsyncDisposable {
  readonly server: Served;
  readonly owner: Peer;
}

async function open(): Promise<Stand> {
  const file = `${newFolder()}/admin`;
  await Deno.writeTextFile(file, ADMIN_PASSWORD);
  const server = await serve("--memory", "--admin-password-file", file);
  const owner = await Peer.join(server.address, "olga");
  await owner.send({ type: "auth", password: ADMIN_PASSWORD });
  await owner.next({ type: "authenticated" });
  return {
    server,
    owner,
    async [Symbol.asyncDispose]() {
      await owner[Symbol.asyncDispose]();
      await server.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function ask(peer: Peer, command: Json): Promise<Json> {
  const ref = crypto.randomUUID();
  await peer.send({ ...command, ref });
  return await peer.next({ ref });
}

/** Returns the reply to one command: its error code, or the type of the event. */
async function answer(peer: Peer, command: Json): Promise<string> {
  const { type, code } = await ask(peer, command);
  return code ?? type;
}

/** Returns all lines that the peer got so far. */
async function linesOf(peer: Peer): Promise<string> {
  await answer(peer, { type: "ping" });
  return peer.lines.all.join("\n");
}

/** A user on `nc`. */
async function plain(address: string, name: string): Promise<Peer> {
  const peer = (await Peer.dial(address, name)).read();
  await peer.write(`${name}\n`);
  await peer.lines.next(/^\* You are/);
  return peer;
}

async function mute({ owner }: Stand, name: string, room?: string): Promise<void> {
  assertEquals(await answer(owner, { type: "mute", name, room }), "restriction");
}

Deno.test("a member who is muted everywhere reaches no screen by messages, changes, topics, names, rooms or restrictions", async () => {
  await using stand = await open();
  const { address } = stand.server;
  await using eve = await Peer.join(address, "eve");
  await using ada = await Peer.join(address, "ada");
  await using paul = await plain(address, "paul");
  assertEquals(await answer(eve, { type: "message", room: "lobby", text: "hello" }), "ack");
  assertEquals(await answer(eve, { type: "join", room: "den" }), "joined");
  await mute(stand, "eve");
  const reason = PILLS;
  for (
    const command of [
      { type: "message", room: "lobby", text: PILLS },
      { type: "message", room: "lobby", text: PILLS, reply: 1 },
      { type: "message", to: "ada", text: PILLS },
      { type: "edit", room: "lobby", of: 1, text: PILLS },
      { type: "react", room: "lobby", of: 1, emoji: "\u{1f44d}" },
      { type: "topic", room: "lobby", text: PILLS },
      { type: "topic", room: "den", text: PILLS },
      { type: "rename", name: PILLS },
      { type: "join", room: PILLS },
      { type: "mute", room: "den", name: "ada", reason },
      { type: "ban", room: "den", name: "ada", reason },
      { type: "kick", room: "den", name: "ada", reason },
      { type: "moderator", room: "den", name: "ada" },
      { type: "allow", room: "den", name: "ada" },
      { type: "slow", room: "den", seconds: 9 },
      { type: "lock", room: "den" },
    ]
  ) {
    assertEquals(await answer(eve, command), "forbidden", JSON.stringify(command));
  }
  assertEquals(await answer(ada, { type: "rooms" }), "rooms");
  await ada.send({ type: "message", text: "the end" });
  await paul.lines.next(/ada: the end/);
  for (const lines of [await linesOf(ada), paul.lines.all.join("\n")]) {
    assertFalse(lines.toUpperCase().includes(PILLS), lines);
  }
});

Deno.test("no line tells of a muted member's joins and leaves, while member lists stay correct", async () => {
  await using stand = await open();
  const { address } = stand.server;
  await using ada = await Peer.join(address, "ada", "dev");
  await using eve = await Peer.join(address, "eve", "dev");
  await using paul = await plain(address, "paul");
  await paul.write("/join dev\n");
  await paul.lines.next(/^\* You are paul in #dev/);
  await mute(stand, "eve", "dev");
  await ada.next({ type: "restriction" });
  await paul.lines.next(/muted eve/);
  const seen = paul.lines.all.length;
  for (let round = 0; round < 3; round++) {
    assertEquals(await answer(eve, { type: "leave", room: "dev" }), "leave");
    assertEquals((await ada.next({ type: "leave" })).member, { ...member(eve), quiet: true });
    assertEquals(await answer(eve, { type: "join", room: "dev" }), "joined");
    assertEquals((await ada.next({ type: "join" })).member, { ...member(eve), quiet: true });
  }
  await ada.send({ type: "message", room: "dev", text: "the end" });
  await paul.lines.next(/ada: the end/);
  assertEquals(paul.lines.all.slice(seen).length, 1, paul.lines.all.join("\n"));
});

function member({ joined }: Peer): Json {
  return { id: joined.you.id, name: joined.you.name };
}

Deno.test("a muted member cannot return under another name, with a token or with a password", async () => {
  await using stand = await open();
  const { address } = stand.server;
  const password = "right horse battery";
  await using eve = await Peer.join(address, PILLS, "den");
  assertEquals(await answer(eve, { type: "register", password }), "registered");
  assertEquals(await answer(eve, { type: "rename", name: "eve" }), "rename");
  assertEquals(await answer(eve, { type: "join", room: "lobby" }), "joined");
  await using ada = await Peer.join(address, "ada");
  await mute(stand, "eve", "lobby");
  assertEquals(await answer(eve, { type: "rename", name: "eve2" }), "forbidden");
  assertEquals(await answer(eve, { type: "leave", room: "lobby" }), "leave");
  assertEquals(await answer(eve, { type: "rename", name: "eve2" }), "rename");
  assertEquals(await answer(eve, { type: "join", room: "lobby" }), "forbidden");
  await eve.send({ type: "leave" });
  await eve.ended();
  await using again = (await Peer.dial(address, "eve")).read();
  const { token } = eve.joined.you;
  assertEquals(await answer(again, { type: "join", token, name: "eve3" }), "forbidden");
  assertEquals((await ask(again, { type: "join", name: PILLS, password })).you.name, "eve");
  const lines = await linesOf(ada);
  assertFalse(lines.includes(PILLS) || lines.includes("eve2") || lines.includes("eve3"), lines);
});

Deno.test("members outside a room hear nothing of its restrictions, and a notice names its author", async () => {
  await using stand = await open();
  const { address } = stand.server;
  await using eve = await Peer.join(address, "eve", "den");
  await using ada = await Peer.join(address, "ada");
  await using bob = await Peer.join(address, "bob", "den");
  for (let nth = 0; nth < 10; nth++) {
    await answer(eve, { type: "mute", room: "den", name: "ada", reason: `${PILLS} ${nth}` });
    await answer(eve, { type: "ban", room: "den", name: "ada", reason: `${PILLS} ${nth}` });
  }
  assertFalse((await linesOf(ada)).includes(PILLS));
  assertEquals(await answer(eve, { type: "mute", room: "den", name: "bob", reason: "too loud" }), "restriction");
  const notice = await bob.next({ type: "notice" });
  assertEquals([notice.from, notice.text], [member(eve), "eve muted you in #den: too loud"]);
});

Deno.test("a moderator cannot flood one member with notices", async () => {
  await using stand = await open();
  const { address } = stand.server;
  await using eve = await Peer.join(address, "eve", "den");
  await using bob = await Peer.join(address, "bob", "den");
  const answers = [];
  for (let nth = 0; nth < 12; nth++) {
    answers.push(await answer(eve, { type: "mute", room: "den", name: "bob", reason: PILLS }));
  }
  assertEquals(answers.slice(0, 6), [...Array(5).fill("restriction"), "rate_limited"]);
  assertEquals(answers.slice(6), Array(6).fill("rate_limited"));
  assertEquals((await linesOf(bob)).match(/"notice"/g)?.length, 5);
  assertMatch(await answer(stand.owner, { type: "mute", room: "den", name: "bob" }), /restriction/);
});
