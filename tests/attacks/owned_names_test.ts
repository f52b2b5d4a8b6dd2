/** Guests who reserve names by keys that they make for it, against the real program. */

import { assert, assertEquals } from "@std/assert";
import { openForReading } from "../../src/history/sqlite/database_file.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import type { StoredRecord } from "../../src/history/store.ts";
import { signText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { toBase64Url } from "../../src/protocol/identity/base64url.ts";
import { joinText } from "../../src/protocol/identity/signed_text.ts";
import { MAX_OWNED_NAMES, MAX_OWNED_NAMES_PER_ADDRESS, OWNED_NAME_MS } from "../../src/protocol/limits.ts";
import { batch } from "../contracts/history_store_contract.ts";
import { serve, serveAgain, type Served, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { ask, outcome } from "./password_scene.ts";
import { Wire } from "./wire.ts";

/** Addresses for documentation: RFC 5737. */
const ATTACKER = "203.0.113.5";
const MEMBER = "198.51.100.7";
const HOST = "localhost";

/** A connection of a trusted proxy for a client at this address. */
async function from(address: string, path: string): Promise<Wire> {
  const wire = new Wire(await Deno.connect({ transport: "unix", path }));
  await wire.write(new TextEncoder().encode(`PROXY TCP4 ${address} 127.0.0.1 5 5050\r\n`));
  return wire;
}

/** A join that proves a key: a new one, unless it is given. */
async function keyedJoin(wire: Wire, name: string, keys?: Awaited<ReturnType<typeof newKeys>>): Promise<object> {
  await wire.send({ type: "ping" });
  const { chat, nonce } = await wire.until(({ type }) => type === "welcome");
  const signing = keys ?? await newKeys();
  const key = toBase64Url(signing.publicKey);
  const text = joinText({ chat: String(chat), nonce: String(nonce), host: HOST, key });
  return { type: "join", name, key, host: HOST, signature: await signText(signing, text) };
}

async function newKeys() {
  return await WEB_CRYPTO_KEYS.makeSigningKey(true);
}

function ownedNames(folder: string): StoredRecord[] {
  const store = openSqliteHistory({ folder });
  const records = store.records().filter(({ kind }) => kind === "name");
  store.close();
  return records;
}

Deno.test("one address reserves a limited number of names, and others own theirs, also after a restart", {
  ignore: WINDOWS,
}, async () => {
  const path = `${newFolder()}/s`;
  const options = ["--unix", path, "--proxy", "unix", "--attempts-per-address", "0"];
  const enter = async (address: string, name: string, keys?: Awaited<ReturnType<typeof newKeys>>) => {
    using wire = await from(address, path);
    const answer = await ask(wire, await keyedJoin(wire, name, keys));
    if (answer.type === "joined") await wire.send({ type: "leave" });
    if (answer.type === "joined") await wire.drain();
    return String(answer.code ?? answer.type);
  };
  const ada = await newKeys();
  await using server = await serve(...options);
  const count = MAX_OWNED_NAMES_PER_ADDRESS + 8;
  const joins: string[] = [];
  for (let nth = 0; nth < count; nth++) joins.push(await enter(ATTACKER, `name${nth}x`));
  assertEquals(joins, Array(count).fill("joined"));
  assertEquals(await enter(MEMBER, "ada", ada), "joined");
  await renameOften(await from(ATTACKER, path));
  server.program.kill("SIGKILL");
  await using again = await serveAgain(server, ...options);
  assertEquals(await enter(MEMBER, "name0x"), "name_taken");
  assertEquals(await enter(MEMBER, `name${count - 1}x`), "joined");
  assertEquals([await enter(ATTACKER, "ada"), await enter(MEMBER, "ada", ada)], ["name_taken", "joined"]);
  await again.stop();
  const records = ownedNames(again.folder);
  assertEquals(records.length, MAX_OWNED_NAMES_PER_ADDRESS + 2);
  assert(!JSON.stringify(records).includes(toBase64Url(ada.publicKey)));
});

/** A guest who renames as often as commands are allowed, and owns no name for it. */
async function renameOften(wire: Wire): Promise<void> {
  using eve = wire;
  assertEquals(await outcome(eve, await keyedJoin(eve, "eve")), "joined");
  for (let nth = 0; nth < 40; nth++) assertEquals(await outcome(eve, { type: "rename", name: `eve${nth}x` }), "rename");
}

Deno.test("while all owned names are taken and lapse, one who asks for such a name again and again delays nobody", async () => {
  const folder = newFolder();
  const now = Date.now();
  const members = [{ id: "m-1", name: "guest", tokenDigest: "key A", nameKeys: ["guest"] }];
  const records = Array.from({ length: MAX_OWNED_NAMES }, (_, nth) => {
    const name = nth === 0 ? "guest" : `guest${nth + 1}`;
    const from = `203.0.${Math.floor(nth / 256)}.${nth % 256}`;
    const seen = nth === 0 ? now : now - OWNED_NAME_MS;
    return { kind: "name" as const, key: `m-${nth + 1}`, value: { name, seen, from } };
  });
  const store = openSqliteHistory({ folder });
  store.append(batch({ members, records }));
  store.close();
  await using server = await serve("--data", folder, "--rate", "0");
  const database = openForReading(folder);
  try {
    const count = database.prepare("SELECT count(*) AS left FROM records WHERE kind = 'name'");
    await attackWhile(server, () => Number(count.get()!.left) === MAX_OWNED_NAMES);
  } finally {
    database.close();
  }
  await server.stop();
});

/** One attacker asks for a name whose numbers are all taken, while a member writes, until `lasts` is false. */
async function attackWhile({ address }: Served, lasts: () => boolean): Promise<void> {
  using ada = await Wire.dial(address);
  assertEquals(await outcome(ada, { type: "join", name: "ada" }), "joined");
  using eve = await Wire.dial(address);
  const joins = Array.from({ length: 30 }, (_, nth) => ({ type: "join", name: "guest", ref: `g${nth}` }));
  let answered = 0;
  const attack = eve.send(...joins).then(async () => {
    for (; answered < joins.length; answered++) {
      assertEquals((await eve.until(({ ref }) => ref === `g${answered}`)).code, "name_taken");
    }
  });
  let worst = 0;
  while (answered < joins.length || lasts()) {
    const before = performance.now();
    assertEquals(await outcome(ada, { type: "message", room: "lobby", text: "hello" }), "ack");
    worst = Math.max(worst, performance.now() - before);
  }
  await attack;
  console.log(`worst wait ${worst.toFixed(1)} ms`);
  assert(worst < 500, `A bystander waited ${worst} ms`);
}
