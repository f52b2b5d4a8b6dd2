import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { type HistoryStore, StoreError } from "../../../src/history/store.ts";
import { Archive } from "../../../src/history/transfer/archive.ts";
import { HistoryImport } from "../../../src/history/transfer/history_import.ts";
import {
  ADA,
  appendTexts,
  batch,
  BOB,
  maintainFully,
  message,
  START_MS,
  texts,
} from "../../contracts/history_store_contract.ts";
import { conversation } from "../../contracts/conversations_contract.ts";
import { smallDisk } from "../../helpers/small_disk.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const open = (folder: string) => openSqliteHistory({ folder, checkpoints: true });

function textsOf(store: HistoryStore): string[] {
  return texts(store.read({ room: "lobby", limit: 100 }));
}

Deno.test("a store that is closed goes back to its last checkpoint, with its position and state", () => {
  using folder = temporaryFolder();
  const store = open(folder.path);
  assertEquals(store.lastCheckpoint!(), undefined);
  appendTexts(store, ["one"]);
  store.checkpoint!({ position: 7, state: "s1" });
  appendTexts(store, ["two"]);
  store.checkpoint!({ position: 9, state: "s2 \0 \ud800" });
  appendTexts(store, ["three"]);
  store.append(batch({ conversations: [conversation(ADA, BOB)], records: [{ kind: "invite", key: "i", value: {} }] }));
  maintainFully(store, START_MS);
  assertEquals([textsOf(store), store.conversationCount(), store.records().length], [["one", "two", "three"], 1, 1]);
  store.close();
  store.close();
  const again = open(folder.path);
  assertEquals(again.lastCheckpoint!(), { position: 9, state: "s2 \0 \ud800" });
  assertEquals([textsOf(again), again.conversationCount(), again.records()], [["one", "two"], 0, []]);
  again.close();
});

Deno.test("a store that is closed before its first checkpoint has what it had before", () => {
  using folder = temporaryFolder();
  const alone = openSqliteHistory({ folder: folder.path });
  appendTexts(alone, ["one"]);
  alone.close();
  const founder = open(folder.path);
  appendTexts(founder, ["two"]);
  founder.close();
  const again = open(folder.path);
  assertEquals([again.lastCheckpoint!(), textsOf(again)], [undefined, ["one"]]);
  again.close();
  const aloneAgain = openSqliteHistory({ folder: folder.path });
  appendTexts(aloneAgain, ["three"]);
  aloneAgain.close();
  open(folder.path).close();
});

Deno.test("a batch that is refused leaves the batches since the last checkpoint as they are", () => {
  using folder = temporaryFolder();
  const store = open(folder.path);
  appendTexts(store, ["one"]);
  const stray = message(1, "stray", BOB, START_MS, "never-made");
  const refused = [{ message: message(2, "two"), ref: "r2" }, { message: stray }];
  assertThrows(() => store.append(batch({ conversations: [conversation(ADA, BOB)], messages: refused })), StoreError);
  const contents = (from: HistoryStore) => [textsOf(from), from.conversationCount(), from.ack(ADA.id, "r2", START_MS)];
  assertEquals(contents(store), [["one"], 0, undefined]);
  store.checkpoint!({ position: 1, state: "" });
  store.close();
  const again = open(folder.path);
  assertEquals(contents(again), [["one"], 0, undefined]);
  again.close();
});

Deno.test("a folder that a server has used alone has no checkpoint any more, and keeps everything", () => {
  using folder = temporaryFolder();
  const store = open(folder.path);
  appendTexts(store, ["one"]);
  store.checkpoint!({ position: 1, state: "s" });
  store.close();
  const alone = openSqliteHistory({ folder: folder.path });
  assertEquals([alone.checkpoint, alone.lastCheckpoint?.()], [undefined, undefined]);
  appendTexts(alone, ["two"]);
  alone.close();
  const again = open(folder.path);
  assertEquals([again.lastCheckpoint!(), textsOf(again)], [undefined, ["one", "two"]]);
  again.checkpoint!({ position: 2, state: "t" });
  assertEquals(again.lastCheckpoint!(), { position: 2, state: "t" });
  again.close();
});

Deno.test("an import drops the checkpoint once it is committed", () => {
  using folder = temporaryFolder();
  const store = open(folder.path);
  store.checkpoint!({ position: 1, state: "s" });
  store.close();
  const options = { folder: folder.path, newId: () => "an-id", now: START_MS };
  new HistoryImport(options)[Symbol.dispose]();
  const before = open(folder.path);
  assertEquals(before.lastCheckpoint!(), { position: 1, state: "s" });
  before.close();
  {
    using history = new HistoryImport(options);
    history.addEntry(message(1, "imported"));
    history.commit();
  }
  const after = open(folder.path);
  assertEquals(after.lastCheckpoint!(), undefined);
  after.close();
});

Deno.test("an archive sees the last checkpoint while the store goes on, and its copy opens as a store there", async () => {
  using folder = temporaryFolder();
  const store = open(folder.path);
  appendTexts(store, ["one"]);
  store.checkpoint!({ position: 5, state: "s5" });
  appendTexts(store, ["two"]);
  using archive = new Archive(folder.path);
  assertEquals(archive.rooms().map(({ seq }) => seq), [1]);
  const entries = archive.entries("lobby");
  assertEquals(entries.next().value?.seq, 1);
  Deno.mkdirSync(`${folder.path}/copy`);
  const copied = archive.backUp(`${folder.path}/copy/confab.db`);
  appendTexts(store, ["three"]);
  await copied;
  const copy = open(`${folder.path}/copy`);
  assertEquals([copy.lastCheckpoint!(), textsOf(copy)], [{ position: 5, state: "s5" }, ["one"]]);
  assertEquals(copy.serverId, store.serverId);
  copy.close();
  store.checkpoint!({ position: 6, state: "s6" });
  assertEquals(textsOf(store), ["one", "two", "three"]);
  store.close();
});

Deno.test("a full disk loses what follows the last checkpoint, and no later change or checkpoint succeeds", () => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, "size=3m");
  if (disk === undefined) return;
  Deno.writeFileSync(`${folder.path}/ballast`, new Uint8Array(500_000));
  const store = open(folder.path);
  appendTexts(store, ["one"]);
  store.checkpoint!({ position: 1, state: "s1" });
  const write = () => {
    for (let round = 0; round < 100; round++) appendTexts(store, Array(20).fill("x".repeat(2_000)));
    store.checkpoint!({ position: 2, state: "s2" });
  };
  assertMatch(assertThrows(write, StoreError).message, /the disk is full; free some space and try again$/);
  Deno.removeSync(`${folder.path}/ballast`);
  const lost = /^The disk was full or failed, so the database went back to the last checkpoint: free some space/;
  assertMatch(assertThrows(() => appendTexts(store, ["more"]), StoreError).message, lost);
  assertMatch(assertThrows(() => store.checkpoint!({ position: 3, state: "s3" }), StoreError).message, lost);
  store.close();
  const again = open(folder.path);
  assertEquals([again.lastCheckpoint!(), textsOf(again)], [{ position: 1, state: "s1" }, ["one"]]);
  again.close();
});

Deno.test("the write-ahead log grows with what changes between two checkpoints, and is used again after each", () => {
  using folder = temporaryFolder();
  const store = open(folder.path);
  const sizes: number[] = [];
  for (let round = 0; round < 4; round++) {
    appendTexts(store, Array(2_000).fill("x".repeat(1_000)));
    store.checkpoint!({ position: round + 1, state: "s" });
    sizes.push(Deno.statSync(`${folder.path}/confab.db-wal`).size);
  }
  store.close();
  assert(Math.max(...sizes) < 8_000_000, String(sizes));
});
