import { assertEquals } from "@std/assert";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import type { HistoryStore, Retention } from "../../../src/history/store.ts";
import { edited, reacted } from "../../contracts/changes_contract.ts";
import {
  appendTexts,
  batch,
  BOB,
  maintainFully,
  member,
  message,
  room,
  START_MS,
  texts,
} from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const THUMB = "\u{1f44d}";

Deno.test("of a message that is let go nothing is shown, not even in replies and changes, before it is pruned", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path, retention: { maxMessages: 4 }, checkpoints: true });
  appendTexts(store, ["one", "two"]);
  const reply = { ...message(3, "three"), reply: { id: message(1, "").id, seq: 1 } };
  const entries = [
    reply,
    reacted(4, 1, THUMB, BOB),
    edited(5, 1, "one, edited"),
    edited(6, 2, "two, edited"),
  ];
  store.append(batch({ messages: entries.map((message) => ({ message })) }));
  const retained = store.retained!(() => START_MS);
  const answers = () => [
    retained.read({ room: "lobby", limit: 9 }),
    retained.entries({ room: "lobby", limit: 9 }),
    retained.hasReacted("lobby", 1, THUMB, BOB.id),
  ];
  const before = answers();
  assertEquals(JSON.stringify(before).match(/one|two/g), null);
  maintainFully(store, START_MS);
  assertEquals(answers(), before);
  store.close();
});

Deno.test("members who were not seen for a month are forgotten in the steps of upkeep, and these go on after a start", () => {
  using folder = temporaryFolder();
  const open = () => openSqliteHistory({ folder: folder.path, retention: { maxAgeMs: DAY_MS }, checkpoints: true });
  const members = Array.from({ length: 1_200 }, (_, index) => member({ id: `id ${index}`, name: `m${index}` }));
  const known = (store: HistoryStore) => members.filter(({ id }) => store.memberById(id) !== undefined).length;
  let store = open();
  store.append(batch({ members }));
  for (let call = 0; call < 5; call++) store.upkeep!(START_MS);
  maintainFully(store, START_MS + 40 * DAY_MS);
  assertEquals(known(store), 1_200);
  store.memberByToken("digest of id 0");
  const counts: number[] = [];
  for (let call = 0; call < 5; call++) {
    store.upkeep!(START_MS + 40 * DAY_MS);
    counts.push(known(store));
    store.checkpoint!({ position: call, state: "" });
    store.close();
    store = open();
  }
  assertEquals(counts, [1_200, 701, 201, 1, 1]);
  store.close();
});

Deno.test("acknowledgements in a removed room survive a start from a later checkpoint", () => {
  using folder = temporaryFolder();
  const open = () => openSqliteHistory({ folder: folder.path, checkpoints: true });
  const store = open();
  store.append(batch({ rooms: [room("lobby")], messages: [{ message: message(1, "one"), ref: "r1" }] }));
  store.append(batch({ removed: [room("lobby")] }));
  store.checkpoint!({ position: 1, state: "" });
  store.close();
  const again = open();
  assertEquals(again.ack("ada-id", "r1", START_MS)?.id, message(1, "").id);
  again.close();
});

Deno.test("another retention counts from its place on, and what the one before has let go never comes back", () => {
  using folder = temporaryFolder();
  using copy = temporaryFolder();
  const open = (folder: string, retention: Retention) => openSqliteHistory({ folder, retention, checkpoints: true });
  const seqsOf = (store: HistoryStore) => {
    const retained = store.retained!(() => START_MS + 1_000);
    return retained.read({ room: "lobby", limit: 99 }).map(({ seq }) => seq);
  };
  const before = open(folder.path, { maxMessages: 3 });
  appendTexts(before, ["one", "two", "three", "four", "five"]);
  before.checkpoint!({ position: 1, state: "" });
  before.close();
  Deno.copyFileSync(`${folder.path}/confab.db`, `${copy.path}/confab.db`);
  const stores = [folder.path, copy.path].map((path) => open(path, { maxMessages: 100 }));
  maintainFully(stores[0]!, START_MS + 1_000);
  for (const store of stores) {
    assertEquals(seqsOf(store), [3, 4, 5]);
    appendTexts(store, ["six"]);
    assertEquals(seqsOf(store), [4, 5, 6]);
    store.changeRetention!(START_MS + 1_000);
    store.changeRetention!(START_MS + 1_000);
    appendTexts(store, ["seven"]);
    assertEquals(seqsOf(store), [4, 5, 6, 7]);
    store.close();
  }
});

Deno.test("a retention of no messages counts from its place on", () => {
  using folder = temporaryFolder();
  const open = (retention: Retention) => openSqliteHistory({ folder: folder.path, retention, checkpoints: true });
  const before = open({});
  before.checkpoint!({ position: 1, state: "" });
  before.close();
  const store = open({ maxMessages: 0 });
  const retained = store.retained!(() => START_MS);
  assertEquals([store.keepsText, retained.keepsText], [true, true]);
  appendTexts(store, ["one"]);
  assertEquals(texts(retained.read({ room: "lobby", limit: 9 })), ["one"]);
  store.changeRetention!(START_MS);
  assertEquals([store.keepsText, retained.keepsText], [false, false]);
  assertEquals(retained.read({ room: "lobby", limit: 9 }), []);
  store.checkpoint!({ position: 2, state: "" });
  store.close();
  const again = open({ maxMessages: 0 });
  assertEquals(again.keepsText, false);
  again.close();
});
