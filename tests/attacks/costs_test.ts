import { assert } from "@std/assert";
import { BIG_ROOM, fillBigHistory } from "../helpers/big_history.ts";
import { serve, type Served } from "../helpers/e2e.ts";
import { filesBelow, newFolder } from "../helpers/e2e_home.ts";
import { Wire } from "./wire.ts";

/** Messages enough for twenty searches of half a second each, and few enough for a test. */
const MESSAGES = 6_000;
const SEARCHES = 20;
/** All messages contain both words, and never side by side: a phrase search reads each of them. */
const ABSENT_PHRASE = '"number w0"';

/** A data folder with the messages, made once. */
const filled = newFolder();
Deno.test.beforeAll(() => fillBigHistory(filled, MESSAGES));

/** A server on a copy of that folder. */
async function serveMessages(): Promise<Served> {
  const folder = newFolder();
  for (const name of filesBelow(filled)) await Deno.copyFile(`${filled}/${name}`, `${folder}/${name}`);
  return await serve("--data", folder);
}

async function join(server: Served, name: string): Promise<Wire> {
  const wire = await Wire.dial(server.address);
  await wire.send({ type: "join", room: BIG_ROOM, name });
  await wire.until(({ type }) => type === "joined");
  return wire;
}

/** Only the order of replies matters here; `deno task costs` prints times. */
Deno.test("a bystander's ping is answered while twenty earlier searches are in progress", async () => {
  await using server = await serveMessages();
  using attacker = await join(server, "attacker");
  using bystander = await join(server, "bystander");
  const search = { type: "search", room: BIG_ROOM, query: ABSENT_PHRASE, limit: 200 };
  await attacker.send(...Array.from({ length: SEARCHES }, (_, n) => ({ ...search, ref: String(n) })));
  await attacker.until(({ type, ref }) => type === "search" && ref === "0");
  let answered = 1;
  const rest = (async () => {
    while (answered < SEARCHES) {
      await attacker.until(({ type }) => type === "search");
      answered++;
    }
  })();
  await bystander.send({ type: "ping" });
  await bystander.until(({ type }) => type === "pong");
  assert(answered < SEARCHES, "All searches were answered before the ping");
  await rest;
  await server.stop();
});

Deno.test("queries of many members take turns, so that a short one does not wait for the long ones", async () => {
  await using server = await serveMessages();
  using attacker = await join(server, "attacker");
  using bystander = await join(server, "bystander");
  const search = { type: "search", room: BIG_ROOM, query: ABSENT_PHRASE };
  await attacker.send(...Array.from({ length: SEARCHES }, () => search), { type: "ping", ref: "last" });
  let isDone = false;
  const done = attacker.until(({ ref }) => ref === "last").then(() => isDone = true);
  await bystander.send({ type: "history", room: BIG_ROOM, limit: 5 });
  await bystander.until(({ type }) => type === "history");
  assert(!isDone, "The attacker's searches were all answered first");
  await done;
  await server.stop();
});

Deno.test("replies to queries keep the order of the commands, with messages between them", async () => {
  await using server = await serveMessages();
  using member = await join(server, "member");
  await member.send(
    { type: "search", room: BIG_ROOM, query: ABSENT_PHRASE, ref: "1" },
    { type: "message", room: BIG_ROOM, text: "new", ref: "2" },
    { type: "history", room: BIG_ROOM, limit: 1, ref: "3" },
    { type: "ping", ref: "4" },
  );
  for (const ref of ["1", "2", "3", "4"]) {
    const event = await member.until((event) => "ref" in event);
    assert(event.ref === ref, JSON.stringify(event));
    if (ref === "3") assert(JSON.stringify(event).includes('"text":"new"'));
  }
  await server.stop();
});
