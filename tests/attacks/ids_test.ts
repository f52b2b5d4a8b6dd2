/** Ids that hostile clients choose: taken from others, repeated, raced, out of order, from the future. */

import { assertEquals } from "@std/assert";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import { MAX_ID_AHEAD_MS } from "../../src/protocol/limits.ts";
import { UuidSource } from "../../src/protocol/uuid.ts";
import { serve, serveAgain, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";

const newSource = () => new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });
const ids = newSource();
let refs = 0;

async function ask(peer: Peer, command: Json): Promise<Json> {
  const ref = `q${++refs}`;
  await peer.send({ ...command, ref });
  return await peer.next({ ref });
}

async function against(attack: (server: Served, folder: string) => Promise<void>): Promise<void> {
  const folder = newFolder();
  await using server = await serve("--data", folder, "--rate", "0");
  await attack(server, folder);
}

const said = (text: string, more: Json = {}) => ({ type: "message", room: "lobby", text, ...more });

Deno.test("an id seen in one room is refused there, free elsewhere, and its message stays what it is, also after a SIGKILL", async () => {
  await against(async (server, folder) => {
    await using ada = await Peer.join(server.address, "ada");
    await using eve = await Peer.join(server.address, "eve");
    const id = ids.next(Date.now());
    const ack = await ask(ada, said("the plan", { id }));
    assertEquals((await eve.next({ type: "message" })).id, id);
    for (const text of ["the plan", "no plan"]) {
      assertEquals((await ask(eve, said(text, { id }))).code, "id_taken");
    }
    assertEquals((await ask(eve, { type: "edit", room: "lobby", of: id, text: "no plan" })).code, "forbidden");
    await ask(eve, { type: "join", room: "den" });
    assertEquals((await ask(eve, said("mine", { id, room: "den" }))).type, "ack");
    assertEquals((await ask(eve, { type: "delete", room: "den", of: id })).type, "ack");
    server.program.kill("SIGKILL");
    await using again = await serveAgain(server, "--rate", "0");
    await using back = await Peer.rejoin(again.address, ada.joined.you, "");
    assertEquals({ ...await ask(back, said("the plan", { id })), ref: "" }, { ...ack, ref: "" });
    assertEquals((await ask(back, said("another plan", { id }))).code, "id_taken");
    await again.stop();
    const store = openSqliteHistory({ folder });
    assertEquals(store.read({ room: "lobby", limit: 9 }).map(({ text }) => text), ["the plan"]);
    store.close();
  });
});

Deno.test("of 200 repeats in one write one message is stored, and of two members who race with one id one wins", async () => {
  await against(async (server, folder) => {
    await using ada = await Peer.join(server.address, "ada");
    await using eve = await Peer.join(server.address, "eve");
    const id = ids.next(Date.now());
    const labels = Array.from({ length: 200 }, () => `q${++refs}`);
    await ada.send(...labels.map((ref) => said("once", { id, ref })));
    const acks = await Promise.all(labels.map((ref) => ada.next({ ref })));
    assertEquals(new Set(acks.map(({ type, id, seq }) => `${type} ${id} ${seq}`)), new Set([`ack ${id} 1`]));
    const raced = Array.from({ length: 50 }, () => ids.next(Date.now()));
    const answers = await Promise.all(
      raced.flatMap((id) => [ada, eve].map((peer) => ask(peer, said("first", { id })))),
    );
    assertEquals(answers.map(({ type, code }) => code ?? type).sort(), [
      ...Array(50).fill("ack"),
      ...Array(50).fill("id_taken"),
    ]);
    await server.stop();
    const store = openSqliteHistory({ folder });
    const stored = store.read({ room: "lobby", limit: 99 });
    assertEquals([stored.length, new Set(stored.map(({ id }) => id)).size], [51, 51]);
    store.close();
  });
});

Deno.test("direct messages with ids in falling order, of the future or of another message lose none", async () => {
  await against(async (server) => {
    await using ada = await Peer.join(server.address, "ada");
    await using eve = await Peer.join(server.address, "eve");
    const bob = await Peer.join(server.address, "bob");
    await bob.send({ type: "leave" });
    await bob.ended();
    const far = newSource().next(Date.now() + MAX_ID_AHEAD_MS + 60_000);
    const near = newSource().next(Date.now() + MAX_ID_AHEAD_MS - 60_000);
    const direct = (text: string, id?: string) => ({ type: "message", to: "bob", text, id });
    assertEquals((await ask(eve, direct("far", far))).code, "id_ahead");
    const falling = Array.from({ length: 20 }, () => ids.next(Date.now())).reverse();
    await ask(eve, direct("near", near));
    for (const [nth, id] of falling.entries()) await ask(nth % 2 ? ada : eve, direct(`d${nth}`, id));
    assertEquals((await ask(ada, direct("own", near))).type, "ack");
    assertEquals((await ask(eve, direct("near", near))).type, "ack");
    await using back = await Peer.rejoin(server.address, bob.joined.you);
    assertEquals((await ask(back, { type: "message", to: "eve", text: "stolen", id: near })).code, "id_taken");
    const texts = async (to: string) =>
      (await ask(back, { type: "history", to })).messages.map(({ text }: Json) => text);
    const sent = falling.map((_, nth) => `d${nth}`);
    assertEquals(await texts("eve"), ["near", ...sent.filter((_, nth) => nth % 2 === 0)]);
    assertEquals(await texts("ada"), [...sent.filter((_, nth) => nth % 2 === 1), "own"]);
    await server.stop();
  });
});

Deno.test("ids that are no UUIDv7 in lower case, and of times that do not exist, are refused and nothing is stored", async () => {
  await against(async (server, folder) => {
    await using eve = await Peer.join(server.address, "eve");
    const id = ids.next(Date.now());
    const wrong = [
      id.toUpperCase(),
      `${id.slice(0, 14)}4${id.slice(15)}`,
      `${id}\0`,
      "",
      7,
      {},
      [id],
      "a".repeat(60_000),
    ];
    for (const id of wrong) assertEquals((await ask(eve, said("x", { id }))).code, "invalid");
    assertEquals((await ask(eve, said("x", { id: "ffffffff-ffff-7000-8000-000000000000" }))).code, "id_ahead");
    assertEquals((await ask(eve, said("x", { id: "00000000-0000-7000-8000-000000000000" }))).type, "ack");
    for (const  of of["x".repeat(65), "\0", -1, {}, ""]) {
      assertEquals((await ask(eve, { type: "delete", room: "lobby", of })).code, "invalid");
    }
    for (const  of of["' OR 1=1 --", `${id}\u2028`, "%"]) {
      assertEquals((await ask(eve, { type: "delete", room: "lobby", of })).code, "no_such_message");
    }
    await server.stop();
    const store = openSqliteHistory({ folder });
    assertEquals(store.read({ room: "lobby", limit: 9 }).length, 1);
    store.close();
  });
});
