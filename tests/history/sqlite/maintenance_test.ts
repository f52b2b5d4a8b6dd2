import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { parseSearchQuery } from "../../../src/protocol/text/search_query.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { MEMORY_OF_MEMBERS_MS } from "../../../src/protocol/limits.ts";
import {
  ADA,
  appendTexts,
  batch,
  BOB,
  maintainFully,
  member,
  message,
  room,
  searchFully,
  START_MS,
} from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

function count(folder: string, table: string): number {
  const database = new DatabaseSync(`${folder}/confab.db`, { readOnly: true });
  try {
    return Number((database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n);
  } finally {
    database.close();
  }
}

Deno.test("ten thousand messages are pruned and indexed in many small steps", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path, retention: { maxMessages: 4_000 } });
  for (let round = 0; round < 10; round++) {
    appendTexts(
      store,
      Array.from({ length: 1_000 }, (_, n) => `text ${round} ${n}`),
    );
  }
  let before = 10_000;
  let calls = 0;
  for (let more = true; more; calls++) {
    more = store.maintain(START_MS, 0);
    const kept = store.read({ room: "lobby", limit: 20_000 }).length;
    assert(before - kept <= 200, `${before - kept} at once`);
    before = kept;
  }
  assertEquals(before, 4_000);
  assert(calls >= 30 + 20, `${calls} calls`);
  assertEquals(count(folder.path, "search"), 4_000);
  assertEquals(searchFully(store, "lobby", parseSearchQuery("text 5"), 20_000).length, 4);
  assertEquals(searchFully(store, "lobby", parseSearchQuery('"text 9 999"'), 9).map(({ seq }) => seq), [10_000]);
  store.close();
});

Deno.test("a round that prunes messages reports their number, and any other round reports nothing", () => {
  using folder = temporaryFolder();
  const pruned: number[] = [];
  const onPruned = (messages: number) => pruned.push(messages);
  const store = openSqliteHistory({ folder: folder.path, retention: { maxMessages: 500 }, onPruned });
  appendTexts(store, Array.from({ length: 1_000 }, (_, n) => `text ${n}`));
  maintainFully(store, START_MS);
  appendTexts(store, ["one", "two"]);
  maintainFully(store, START_MS);
  store.maintain(START_MS, 60_000);
  store.close();
  assertEquals(pruned, [500, 2]);
});

Deno.test("one call of maintain does as much as its budget allows", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  appendTexts(store, Array.from({ length: 2_000 }, (_, n) => `text ${n}`));
  assertEquals(store.maintain(START_MS, 60_000), false);
  assertEquals(count(folder.path, "search"), 2_000);
  store.close();
});

Deno.test("a search of ten thousand messages finds old and new ones, indexed or not", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  for (let round = 0; round < 10; round++) {
    appendTexts(
      store,
      Array.from({ length: 1_000 }, (_, n) => `text ${round} n${n}`),
    );
  }
  const seqs = (query: string) => searchFully(store, "lobby", parseSearchQuery(query), 10_000).map(({ seq }) => seq);
  const expected = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((round) => round * 1_000 + 8);
  assertEquals(seqs("n7"), expected);
  assertEquals(seqs("text").length, 10_000);
  while (store.maintain(START_MS, 0)) {
    if (count(folder.path, "search") % 1_400 === 0) assertEquals(seqs("n7"), expected);
  }
  assertEquals(seqs("n7"), expected);
  assertEquals(seqs("text").length, 10_000);
  store.close();
});

Deno.test("acknowledgements expire after a day, and their rows are deleted", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  store.append(batch({ rooms: [room("lobby")] }));
  for (let seq = 1; seq <= 9_000; seq += 100) {
    const messages = Array.from({ length: 100 }, (_, n) => ({ message: message(seq + n, "text"), ref: `${seq + n}` }));
    store.append(batch({ messages }));
  }
  maintainFully(store, START_MS);
  assertEquals(count(folder.path, "acks"), 9_000);
  const nextDay = START_MS + MEMORY_OF_MEMBERS_MS + 4_000;
  maintainFully(store, nextDay);
  assertEquals(store.ack(ADA.id, "4000", nextDay), undefined);
  assertEquals(store.ack(ADA.id, "9000", nextDay)?.seq, 9_000);
  maintainFully(store, START_MS + 2 * MEMORY_OF_MEMBERS_MS);
  assertEquals(count(folder.path, "acks"), 0);
  store.close();
});

Deno.test("members absent for a month without kept messages are forgotten, and no others", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path, retention: { maxAgeMs: 40 * DAY_MS } });
  const eve = { id: "eve-id", name: "eve" };
  store.append(batch({ rooms: [room("lobby")], members: [member(ADA), member(BOB), member(eve)] }));
  store.append(batch({ messages: [{ message: message(1, "text") }] }));
  maintainFully(store, START_MS + 1);
  maintainFully(store, START_MS + 29 * DAY_MS);
  assert(store.memberByToken("digest of bob-id") !== undefined);
  maintainFully(store, START_MS + 39 * DAY_MS);
  assertEquals(store.memberByToken("digest of ada-id"), member(ADA));
  assertEquals(store.memberByName(["bob"]), member(BOB));
  assertEquals([store.memberByToken("digest of eve-id"), store.memberByName(["eve"])], [member(eve), member(eve)]);
  maintainFully(store, START_MS + 80 * DAY_MS);
  maintainFully(store, START_MS + 120 * DAY_MS);
  for (const { id, name } of [ADA, BOB, eve]) {
    assertEquals(store.memberByToken(`digest of ${id}`), undefined);
    assertEquals(store.memberByName([name]), undefined);
  }
  assertEquals(count(folder.path, "names"), 0);
  store.append(
    batch({ members: [member(ADA)], messages: [{ message: message(2, "again", ADA, START_MS + 121 * DAY_MS) }] }),
  );
  assertEquals(store.memberByToken("digest of ada-id"), member(ADA));
  assertEquals(store.read({ room: "lobby", limit: 1 })[0]!.from, ADA);
  store.close();
});

Deno.test("a member who renames many times is found only by its newest 32 names", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  for (let n = 0; n < 100; n++) store.append(batch({ members: [member({ id: ADA.id, name: `ada${n}` })] }));
  assertEquals(count(folder.path, "names"), 32);
  assertEquals(store.memberByName(["ada99"])?.name, "ada99");
  assertEquals(store.memberByName(["ada1"]), undefined);
  store.close();
});
