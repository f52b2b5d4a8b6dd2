import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../../src/history/store.ts";
import { migrate, SCHEMA_VERSION } from "../../../src/history/sqlite/tables/migrations.ts";
import { parseSearchQuery } from "../../../src/protocol/text/search_query.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
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
  texts,
} from "../../contracts/history_store_contract.ts";
import { edited } from "../../contracts/changes_contract.ts";
import { conversation, said } from "../../contracts/conversations_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

/** Opens a folder that must be refused, and returns the message of the error. */
function refusal(folder: string): string {
  return assertThrows(() => openSqliteHistory({ folder }), StoreError).message;
}

function fill(folder: string, count = 300): void {
  const store = openSqliteHistory({ folder });
  appendTexts(store, Array.from({ length: count }, (_, index) => `text ${index} ${"x".repeat(100)}`));
  maintainFully(store, START_MS);
  store.close();
}

function alter(folder: string, sql: string): void {
  const database = new DatabaseSync(`${folder}/confab.db`);
  database.exec(sql);
  database.close();
}

Deno.test("everything in a batch survives a restart", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path });
  store.append(batch({
    rooms: [room("lobby", "hello")],
    members: [member(ADA, ["ada", "aba"])],
    conversations: [conversation(ADA, BOB)],
    messages: [
      { message: message(1, "one"), ref: "r1" },
      { message: message(2, "two", BOB) },
      { message: said(1, "psst", ADA, BOB), ref: "d1" },
    ],
    marks: [{ memberId: BOB.id, channel: conversation(ADA, BOB).name, mark: { id: "x", seq: 1 } }],
    blocks: [{ channel: conversation(ADA, BOB).name, memberId: ADA.id, blocked: true }],
    records: [{ kind: "invite", key: "i-1", value: { used: 3 } }],
    audit: [{ at: "2026-11-10T12:00:00.000Z", by: ADA, action: "kick", room: "lobby", target: BOB }],
  }));
  const contentsOf = (from: typeof store) => [
    from.serverId,
    from.rooms(),
    from.read({ room: "lobby", limit: 9 }),
    searchFully(from, "lobby", parseSearchQuery("one"), 9),
    from.memberByToken("digest of ada-id"),
    from.memberByName(["aba"]),
    from.ack(ADA.id, "r1", START_MS),
    from.ack(ADA.id, "d1", START_MS),
    from.conversation(conversation(ADA, BOB).name),
    from.conversations({ memberId: BOB.id, limit: 9 }),
    from.conversationCount(),
    from.records(),
    from.audit({ limit: 9 }),
  ];
  const before = contentsOf(store);
  store.close();
  store.close();
  const again = openSqliteHistory({ folder: folder.path, sync: "full" });
  assertEquals(contentsOf(again), before);
  again.close();
});

Deno.test("seqs continue after a restart even if all messages were pruned", () => {
  using folder = temporaryFolder();
  const retention = { maxMessages: 0 };
  const store = openSqliteHistory({ folder: folder.path, retention });
  appendTexts(store, ["one", "two"]);
  maintainFully(store, START_MS);
  store.close();
  const again = openSqliteHistory({ folder: folder.path, retention });
  assertEquals(again.rooms()[0]!.seq, 2);
  again.close();
});

Deno.test("only the user can access the folder and its files", { ignore: Deno.build.os === "windows" }, () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/made/here`;
  const store = openSqliteHistory({ folder: path });
  appendTexts(store, ["one"]);
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o700);
  for (const { name } of Deno.readDirSync(path)) {
    assertEquals([name, Deno.statSync(`${path}/${name}`).mode! & 0o777], [name, 0o600]);
  }
  store.close();
});

Deno.test("direct messages that waited in an earlier version begin conversations, unread and in their order", () => {
  using folder = temporaryFolder();
  const database = new DatabaseSync(`${folder.path}/confab.db`);
  migrate(database, 0, 9);
  database.exec(`
    INSERT INTO rooms (room, id, name, topic, seq) VALUES (1, 'lobby-id', 'lobby', '', 0), (5, 'dev-id', 'dev', '', 0);
    INSERT INTO removed_rooms VALUES (7);
    INSERT INTO people (person, id, name, token, keys) VALUES (1, 'ada-id', 'ada', 'digest of ada-id', 'ada'),
      (2, 'bob-id', 'bob', 'digest of bob-id', 'bob');
    INSERT INTO people (person, id) VALUES (3, 'gone-id');
    INSERT INTO directs (receiver, id, receiver_name, sender, sender_name, text, at) VALUES
      (2, 'd1', 'bob', 1, 'ada', 'one', 100), (1, 'd2', 'ada', 3, 'gone', 'hello', 150), (2, 'd3', 'bob', 1, 'ada', 'two', 200),
      (1, 'd4', 'ada', 2, 'bob', 'three', 300), (1, 'd5', 'ada', 1, 'ada', 'note', 400)`);
  database.close();
  const store = openSqliteHistory({ folder: folder.path });
  const listOf = (memberId: string) =>
    store.conversations({ memberId, limit: 9 }).map((each) => `${each.with.name} ${each.seq} ${each.unread}`);
  assertEquals(listOf(ADA.id), ["ada 1 0", "bob 3 1", "gone 1 1"]);
  assertEquals(listOf(BOB.id), ["ada 3 2"]);
  const read = store.read({ room: conversation(ADA, BOB).name, limit: 9 });
  assertEquals(read.map(({ seq, id, text, from }) => `${seq} ${id} ${from.name}: ${text}`), [
    "1 d1 ada: one",
    "2 d3 ada: two",
    "3 d4 bob: three",
  ]);
  store.append(batch({ messages: [{ message: said(4, "four", BOB, ADA) }], rooms: [room("new")] }));
  maintainFully(store, START_MS);
  assertEquals(texts(searchFully(store, conversation(ADA, BOB).name, parseSearchQuery("two"), 9)), ["two"]);
  store.close();
});

Deno.test("a file of every earlier version is migrated, and a copy of the original is kept", () => {
  for (let version = 1; version < SCHEMA_VERSION; version++) {
    using folder = temporaryFolder();
    const database = new DatabaseSync(`${folder.path}/confab.db`);
    migrate(database, 0, version);
    database.exec(`
      INSERT INTO meta VALUES ('server', 'the-id');
      INSERT INTO rooms (room, id, name, topic, seq) VALUES (1, 'lobby-id', 'lobby', 'hello', 1);
      INSERT INTO people (person, id) VALUES (1, 'ada-id');
      INSERT INTO messages (key, id, person, name, text, at, ref) VALUES (68719476737, 'first', 1, 'ada', 'kept from before', ${START_MS}, 'r1')`);
    database.close();
    const before = Deno.readFileSync(`${folder.path}/confab.db`);
    const migrated: number[][] = [];
    const onMigrated = (...versions: number[]) => migrated.push(versions);
    const store = openSqliteHistory({ folder: folder.path, onMigrated });
    assertEquals(migrated, [[version, SCHEMA_VERSION]]);
    assertEquals(store.serverId, "the-id");
    assertEquals(store.rooms(), [{ id: "lobby-id", name: "lobby", topic: "hello", seq: 1 }]);
    maintainFully(store, START_MS);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("from:ada before kept"), 9)), ["kept from before"]);
    assertEquals(store.ack(ADA.id, "r1", START_MS)?.id, "first");
    assertEquals([store.records(), store.audit({ limit: 9 })], [[], []]);
    const records = [{ kind: "account" as const, key: ADA.id, value: { name: "ada" } }];
    store.append(batch({ records, messages: [{ message: edited(2, 1, "another text") }] }));
    assertEquals(store.records(), records);
    maintainFully(store, START_MS);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("another"), 9)), ["another text"]);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("kept"), 9), []);
    assertEquals(store.entries({ room: "lobby", limit: 9 }).map(({ type }) => type), ["message", "edited"]);
    store.close();
    const copy = `${folder.path}/confab.db.version-${version}`;
    assertEquals(Deno.readFileSync(copy), before);
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(copy).mode! & 0o777, 0o600);
    openSqliteHistory({ folder: folder.path, onMigrated }).close();
    assertEquals(migrated.length, 1);
  }
});

Deno.test("records of moderators' orders become roles and restrictions", () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/confab.db`;
  const database = new DatabaseSync(file);
  migrate(database, 0, 6);
  const insert = database.prepare("INSERT INTO records (kind, key, value) VALUES (?, ?, ?)");
  insert.run("order", "o-1", JSON.stringify({ kind: "moderator", room: "dev", member: ADA, by: BOB }));
  insert.run("order", "o-2", JSON.stringify({ kind: "ban", room: "dev", member: ADA, by: BOB, reason: "moderator" }));
  insert.run("invite", "i-1", JSON.stringify({ kind: "moderator" }));
  database.close();
  const store = openSqliteHistory({ folder: folder.path });
  assertEquals(store.records().sort((a, b) => a.key < b.key ? -1 : 1), [
    { kind: "invite", key: "i-1", value: { kind: "moderator" } },
    { kind: "role", key: "o-1", value: { room: "dev", member: ADA, by: BOB } },
    { kind: "restriction", key: "o-2", value: { kind: "ban", room: "dev", member: ADA, by: BOB, reason: "moderator" } },
  ]);
  store.close();
});

Deno.test("a file of a newer version or of another program is refused and stays unchanged", () => {
  using folder = temporaryFolder();
  fill(folder.path);
  const path = `${folder.path}/confab.db`;
  alter(folder.path, "PRAGMA user_version = 99");
  const newer = Deno.readFileSync(path);
  assertMatch(
    refusal(folder.path),
    /confab\.db was written by a newer Confab \(its format is version 99, this program reads up to \d+\): update Confab/,
  );
  assertEquals(Deno.readFileSync(path), newer);
  alter(folder.path, "PRAGMA user_version = 1; PRAGMA application_id = 7");
  const foreign = Deno.readFileSync(path);
  assertMatch(refusal(folder.path), /confab\.db belongs to another program: choose another folder with --data$/);
  assertEquals(Deno.readFileSync(path), foreign);
});

Deno.test("a file truncated at any length is refused and stays unchanged", () => {
  using folder = temporaryFolder();
  fill(folder.path);
  const path = `${folder.path}/confab.db`;
  const whole = Deno.readFileSync(path);
  assertEquals(Deno.readDirSync(folder.path).map(({ name }) => name).toArray().sort(), ["confab.db", "confab.lock"]);
  const pages = whole.length / 4_096;
  const lengths = [1, 15, 16, 99, 100, 101, 511, 512, 513, 4_095, 4_096, 4_097, whole.length - 4_096, whole.length - 1];
  for (let page = 2; page < pages; page += 5) lengths.push(page * 4_096, page * 4_096 + 2_000);
  for (const length of lengths.filter((length) => length < whole.length)) {
    const cut = whole.slice(0, length);
    Deno.writeFileSync(path, cut);
    assertMatch(
      refusal(folder.path),
      /^Cannot use .*confab\.db: it is damaged.*put a backup in its place$/,
      `${length}`,
    );
    assertEquals(Deno.readFileSync(path), cut, `${length}`);
  }
});

Deno.test("a file of garbage is refused and stays unchanged", () => {
  using folder = temporaryFolder();
  for (const garbage of [crypto.getRandomValues(new Uint8Array(10_000)), new Uint8Array(5_000).fill(0x41)]) {
    Deno.writeFileSync(`${folder.path}/confab.db`, garbage);
    assertMatch(refusal(folder.path), /it is damaged, or not a Confab file/);
    assertEquals(Deno.readFileSync(`${folder.path}/confab.db`), garbage);
  }
});

Deno.test("a damaged page causes no error other than a StoreError", () => {
  using folder = temporaryFolder();
  fill(folder.path);
  const path = `${folder.path}/confab.db`;
  const whole = Deno.readFileSync(path);
  for (let offset = 100; offset < whole.length; offset += 4_096) {
    const damaged = whole.slice();
    damaged.fill(0xa5, offset, offset + 3_000);
    Deno.writeFileSync(path, damaged);
    try {
      const store = openSqliteHistory({ folder: folder.path });
      try {
        searchFully(store, "lobby", parseSearchQuery("text from:ada"), 10);
        store.read({ room: "lobby", limit: 1_000 });
        appendTexts(store, ["more"]);
        maintainFully(store, START_MS);
      } finally {
        store.close();
      }
    } catch (error) {
      assert(error instanceof StoreError, String(error));
    }
  }
});

Deno.test("a second store on the same folder is refused, naming the holder, until the first is closed", () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path, now: START_MS });
  const held = new RegExp(
    `^Folder F is in use by process ${Deno.pid}( on \\S+)? since 2026-11-10T12:00:00.000Z: ` +
      "stop it first, or choose another folder with --data$",
  );
  for (let attempt = 0; attempt < 3; attempt++) assertMatch(refusal(folder.path).replace(folder.path, "F"), held);
  appendTexts(store, ["still there"]);
  store.close();
  openSqliteHistory({ folder: folder.path }).close();
});

Deno.test("a stale or unreadable holder note does not lock the folder", () => {
  using folder = temporaryFolder();
  for (const note of ['{"pid":1,"since":"2026-11-10T12:00:00.000Z"}', "{", ""]) {
    Deno.writeTextFileSync(`${folder.path}/confab.holder.json`, note);
    openSqliteHistory({ folder: folder.path }).close();
  }
});

Deno.test("a file in place of the folder, or a folder in place of the file, is refused with one sentence", () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/file`, "");
  assertMatch(refusal(`${folder.path}/file`), /^Cannot use .*file: /);
  Deno.mkdirSync(`${folder.path}/data/confab.db`, { recursive: true });
  assertMatch(refusal(`${folder.path}/data`), /^Cannot use .*confab\.db: /);
});

Deno.test(
  "a folder without write permission is refused, and nothing is left in it",
  { ignore: Deno.build.os === "windows" || Deno.uid() === 0 },
  () => {
    using folder = temporaryFolder();
    Deno.chmodSync(folder.path, 0o500);
    try {
      assertMatch(refusal(folder.path), /^Cannot use .*: it is not writable; give this user write permission/);
    } finally {
      Deno.chmodSync(folder.path, 0o700);
    }
  },
);
