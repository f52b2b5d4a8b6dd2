import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Archive } from "../../../src/history/transfer/archive.ts";
import { MAX_PENDING_PURGES } from "../../../src/history/sqlite/room_purger.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import {
  ADA,
  appendTexts,
  batch,
  maintainFully,
  message,
  room,
  START_MS,
  texts,
} from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const LOBBY = { id: "lobby-id", name: "lobby" };
const NEXT = { ...room("lobby"), id: "next-id" };

function valueOf(folder: string, sql: string): number {
  const database = new DatabaseSync(`${folder}/confab.db`, { readOnly: true });
  try {
    return Number(Object.values(database.prepare(sql).get() as Record<string, unknown>)[0]);
  } finally {
    database.close();
  }
}

function count(folder: string, table: string): number {
  return valueOf(folder, `SELECT count(*) FROM ${table}`);
}

Deno.test("a removed room is purged in small steps, which continue after a restart", () => {
  using folder = temporaryFolder();
  const many = Array.from({ length: 2_000 }, (_, n) => `text ${n}`);
  let store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, many);
  maintainFully(store, START_MS);
  store.append(batch({ removed: [LOBBY] }));
  let before = count(folder.path, "messages");
  for (let steps = 0; before > 0; steps++) {
    store.maintain(START_MS, 0);
    const left = count(folder.path, "messages");
    assert(before - left <= 200, `${before - left} at once`);
    before = left;
    if (steps !== 4) continue;
    store.close();
    store = openSqliteHistory({ folder: folder.path });
    assertEquals(store.rooms(), []);
    assertEquals(store.read({ room: "lobby", limit: 9 }), []);
  }
  maintainFully(store, START_MS);
  assertEquals(["search", "reactions", "removed_rooms"].map((table) => count(folder.path, table)), [0, 0, 0]);
  store.close();
});

Deno.test("keys of removed rooms are reused, whether the rooms had messages or not", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  for (let round = 0; round < 300; round++) {
    appendTexts(store, round % 2 === 0 ? ["hello"] : []);
    if (round % 2 === 1) store.append(batch({ rooms: [room("lobby")] }));
    store.append(batch({ removed: [LOBBY] }));
    if (round % 50 === 0) maintainFully(store, START_MS);
  }
  appendTexts(store, ["last"]);
  assert(valueOf(folder.path, "SELECT max(room) FROM rooms") <= 60);
  assertEquals(texts(store.read({ room: "lobby", limit: 9 })), ["last"]);
  store.close();
});

Deno.test("without maintenance, each further removal of a room purges some messages of earlier ones", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  for (let round = 0; round < MAX_PENDING_PURGES + 100; round++) {
    appendTexts(store, ["hello"]);
    store.append(batch({ removed: [LOBBY] }));
  }
  assert(count(folder.path, "removed_rooms") <= MAX_PENDING_PURGES + 1);
  store.close();
});

Deno.test("acknowledgements in a room that reuses the name of a removed one are found after a restart", () => {
  using folder = temporaryFolder();
  let store = openSqliteHistory({ folder: folder.path });
  const entry = (seq: number, ref: string) => ({ message: message(seq, "hi", ADA), ref });
  store.append(batch({ rooms: [room("lobby")], messages: [entry(1, "a"), entry(2, "b"), entry(3, "c")] }));
  store.append(batch({ removed: [LOBBY], rooms: [NEXT], messages: [entry(1, "d")] }));
  maintainFully(store, START_MS);
  store.append(batch({ messages: [entry(2, "e")] }));
  store.close();
  store = openSqliteHistory({ folder: folder.path });
  assertEquals(["d", "e"].map((ref) => store.ack(ADA.id, ref, START_MS)?.seq), [1, 2]);
  store.close();
});

Deno.test("an archive stops reading when the room is removed, and never continues with another room", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, Array.from({ length: 1_500 }, (_, n) => `old ${n}`));
  using archive = new Archive(folder.path);
  const entries = archive.entries("lobby");
  assertEquals(entries.next().value?.seq, 1);
  store.append(batch({ removed: [LOBBY] }));
  maintainFully(store, START_MS);
  store.append(batch({ rooms: [NEXT] }));
  appendTexts(store, Array.from({ length: 1_500 }, (_, n) => `new ${n}`));
  const rest = [...entries];
  assertEquals(rest.length, 999);
  assert(rest.every((entry) => entry.type === "message" && entry.text.startsWith("old")));
  store.close();
});
