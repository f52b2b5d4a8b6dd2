/** Names that imitate another member's or the program's own, and messages that show nothing. */

import { assertEquals } from "@std/assert";
import { runConfab, serve } from "../helpers/e2e.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";

async function ask(peer: Peer, command: Json): Promise<Json> {
  const ref = crypto.randomUUID();
  await peer.send({ ...command, ref });
  return await peer.next({ ref });
}

async function tryName(address: string, name: string): Promise<Json> {
  await using peer = (await Peer.dial(address, name)).read();
  return await ask(peer, { type: "join", name });
}

Deno.test("while guest is registered, no member can be called guest with an accent or with final punctuation", async () => {
  await using server = await serve("--memory");
  {
    await using guest = await Peer.join(server.address, "guest");
    assertEquals((await ask(guest, { type: "register", password: "right horse battery" })).type, "registered");
    await guest.send({ type: "leave" });
    await guest.ended();
  }
  for (const name of ["gues\u1e6d", "guest.", "guest'", "guest_", "g\u00fcest-", "guest\u02bc", "gu\u0435st.\u0323"]) {
    const refused = await tryName(server.address, name);
    assertEquals(refused.code, "name_taken", name);
    assertEquals((await tryName(server.address, refused.suggestion)).type, "joined", refused.suggestion);
  }
  await server.stop();
});

Deno.test("no member can join or rename with a name that the program uses itself, or one that looks like it", async () => {
  await using server = await serve("--memory");
  const names = ["owner", "server", "system", "admin", "moderator", "nickserv", "chanserv", "everyone", "here", "you"];
  await using peer = await Peer.join(server.address, "ada");
  for (
    const name of [
      ...names,
      "Owner",
      "SERVER",
      "\u0430dmin",
      "syst\u00e9m",
      "server.",
      "0wner",
      "rnoderator",
      "ovvner",
      "adm1n",
      "sys-tem",
      "_owner_",
    ]
  ) {
    const refused = await tryName(server.address, name);
    assertEquals([refused.code, typeof refused.suggestion], ["name_invalid", "string"], name);
    assertEquals((await ask(peer, { type: "rename", name })).code, "name_invalid", name);
  }
  const { suggestion } = await ask(peer, { type: "rename", name: "admin" });
  assertEquals((await ask(peer, { type: "rename", name: suggestion })).type, "rename");
  await server.stop();
});

const BLANKS = [
  " ",
  "\n\n",
  "\t \r\n",
  "\u3164",
  "\u2800\u2800",
  "\u200b\u200d",
  "\u00a0",
  "\x07\x1b",
  "/me ",
  "/me \u3164\n",
];

Deno.test("a message of blanks is refused in rooms, changes, topics and direct messages", async () => {
  await using server = await serve("--memory");
  await using ada = await Peer.join(server.address, "ada");
  await using bob = await Peer.join(server.address, "bob");
  assertEquals((await ask(ada, { type: "message", text: "hello" })).type, "ack");
  for (const text of BLANKS) {
    for (const way of [{ type: "message" }, { type: "message", to: "bob" }, { type: "edit", room: "lobby", of: 1 }]) {
      assertEquals((await ask(ada, { ...way, text })).code, "invalid", JSON.stringify({ ...way, text }));
    }
    assertEquals((await ask(ada, { type: "topic", room: "lobby", text })).code, "invalid", JSON.stringify(text));
  }
  assertEquals((await ask(ada, { type: "topic", room: "lobby", text: "" })).type, "topic");
  assertEquals((await ask(ada, { type: "message", text: "/me waves" })).type, "ack");
  await bob.next({ type: "message", text: "/me waves" });
  assertEquals(bob.events.filter(({ type }) => type === "message").length, 2);
  await server.stop();
});

Deno.test("pipes, send and plain text refuse a message of blanks too", async () => {
  await using server = await serve("--memory");
  const { address } = server;
  await using ada = await Peer.join(address, "ada");
  const sent = await runConfab(["send", address, "\u3164"]);
  assertEquals(sent.code === 0, false, sent.stderr);
  await runConfab(["connect", address, "--name", "kim"], { input: "\u3164\n\u2800\nkim was here\n" });
  await using paul = (await Peer.dial(address, "paul")).read();
  await paul.write("paul\n\u3164\n/me \u2800\npaul was here\n");
  await paul.lines.next(/^! Field text has no visible character/);
  const texts = [await ada.next({ type: "message" }), await ada.next({ type: "message" })].map(({ text }) => text);
  assertEquals(texts, ["kim was here", "paul was here"]);
  await server.stop();
});
