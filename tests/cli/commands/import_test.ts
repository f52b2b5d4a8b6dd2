import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import { byteLines, parseImportLine } from "../../../src/cli/commands/data/import_line.ts";
import type { HistoryStore } from "../../../src/history/store.ts";
import { parseSearchQuery } from "../../../src/protocol/text/search_query.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { conversation, said } from "../../contracts/conversations_contract.ts";
import {
  ADA,
  appendTexts,
  batch,
  BOB,
  maintainFully,
  message,
  room,
  searchFully,
  START_MS,
  texts,
} from "../../contracts/history_store_contract.ts";
import { file, withThumbnail } from "../../contracts/files_contract.ts";
import { deleted, edited, reacted, signature } from "../../contracts/changes_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { runCommand } from "../run_command.ts";

function lines(messages: readonly unknown[]): string {
  return messages.map((one) => `${JSON.stringify(one)}\n`).join("");
}

function inspect<T>(folder: string, look: (store: HistoryStore) => T): T {
  const store = openSqliteHistory({ folder });
  try {
    return look(store);
  } finally {
    store.close();
  }
}

function all(store: HistoryStore): RoomMessage[] {
  return store.read({ room: "lobby", limit: 1_000 });
}

Deno.test("files come back with their messages, and the bytes of none are known", async () => {
  using folder = temporaryFolder();
  using other = temporaryFolder();
  const messages = [{ ...message(1, ""), file: withThumbnail(file(1, "A"), "I") }, {
    ...message(2, "look", BOB),
    file: file(2, "E"),
  }];
  const store = openSqliteHistory({ folder: folder.path });
  store.append(batch({ rooms: [room("lobby")], messages: messages.map((message) => ({ message })) }));
  store.close();
  const { out } = await runCommand(["export", "--data", folder.path]);
  assertEquals((await runCommand(["import", "--data", other.path, "-"], out)).code, EXIT.fine);
  const again = openSqliteHistory({ folder: other.path });
  assertEquals(again.entries({ room: "lobby", limit: 9 }), messages);
  assertEquals(again.files.byId("file-2"), { room: "lobby", author: BOB.id, file: file(2, "E") });
  again.close();
});

Deno.test("a file of an import is checked", () => {
  const line = { ...message(1, ""), file: withThumbnail(file(1, "A"), "E") };
  const parse = (value: object) => parseImportLine(new TextEncoder().encode(JSON.stringify(value)));
  assertEquals(parse(line), line);
  const wrong = [{ size: -1 }, { size: 0.5 }, { name: "a/b" }, { sha256: "A" }, { media: "m".repeat(65) }, { id: "" }];
  for (const field of wrong) assertThrows(() => parse({ ...line, file: { ...line.file, ...field } }), Error);
  for (const field of [{ width: 0 }, { height: 321 }, { size: -1 }, { sha256: "A" }]) {
    const thumbnail = { ...line.file.thumbnail, ...field };
    assertThrows(() => parse({ ...line, file: { ...line.file, thumbnail } }), Error, "Field file.thumbnail.");
  }
  assertThrows(() => parse({ ...line, file: undefined }), Error, "Field text has 0 bytes");
});

Deno.test("an export is imported once, with its ids, seqs and times", async () => {
  using from = temporaryFolder();
  using to = temporaryFolder();
  const sent = inspect(from.path, (store) => {
    store.append(batch({ rooms: [room("lobby", "hello")] }));
    const messages = Array.from({ length: 50 }, (_, index) => message(index + 1, `text ${index}`, BOB));
    store.append(batch({ messages: messages.map((message) => ({ message })) }));
    return all(store);
  });
  const { out } = await runCommand(["export", "--data", from.path]);
  await Deno.writeTextFile(`${to.path}/chat.jsonl`, out);
  const first = await runCommand(["import", "--data", to.path, `${to.path}/chat.jsonl`]);
  assertEquals([first.code, first.out, first.err], [EXIT.fine, "Imported 50 messages\n", ""]);
  const once = inspect(to.path, (store) => [all(store), store.rooms()]);
  assertEquals(once, [sent, [{ id: "lobby-id", name: "lobby", topic: "hello", seq: 50 }]]);
  const second = await runCommand(["import", "--data", to.path, "-"], out);
  assertEquals(second.out, "Imported 0 messages; 50 already existed\n");
  assertEquals(inspect(to.path, (store) => [all(store), store.rooms()]), once);
});

Deno.test("the signatures of messages and changes are exported and imported", async () => {
  using from = temporaryFolder();
  using to = temporaryFolder();
  const entries = (store: HistoryStore) => store.entries({ room: "lobby", limit: 9 });
  const sent = inspect(from.path, (store) => {
    const unsigned = [
      message(1, "one"),
      message(2, "two", BOB),
      edited(3, 1, "first"),
      reacted(4, 2, "\u{1f44d}", BOB),
      message(5, "five"),
      deleted(6, 5),
    ];
    const messages = unsigned.map((entry) => ({ message: { ...entry, ...signature(entry.seq) } }));
    store.append(batch({ rooms: [room("lobby")], messages }));
    return entries(store);
  });
  assertEquals(sent.map(({ time }) => time && Date.parse(time) - START_MS), [3, 2, 3, 4, undefined, 6]);
  const { out } = await runCommand(["export", "--data", from.path]);
  const { code, err } = await runCommand(["import", "--data", to.path, "-"], out);
  assertEquals([code, err], [EXIT.fine, ""]);
  assertEquals(inspect(to.path, entries), sent);
});

Deno.test("a malformed signature is refused at import", () => {
  for (const change of [{ key: "short" }, { time: "now" }, { signature: undefined }, { time: undefined }]) {
    const line = JSON.stringify({ ...message(1, "one"), ...signature(1), ...change });
    assertThrows(() => parseImportLine(new TextEncoder().encode(line)), Error, "signature");
  }
});

Deno.test("imported messages with taken seqs follow the others, in order and only once", async () => {
  using folder = temporaryFolder();
  inspect(folder.path, (store) => {
    appendTexts(store, ["own 1", "own 2"]);
    maintainFully(store, START_MS);
  });
  const foreign = [1, 2, 3].map((seq) => message(seq, `theirs ${seq}`, BOB, START_MS + 1_000 + seq));
  for (let time = 0; time < 2; time++) {
    await runCommand(["import", "--data", folder.path, "-"], lines(foreign));
    const [kept, found] = inspect(folder.path, (store) => [
      all(store),
      searchFully(store, "lobby", parseSearchQuery("from:bob theirs"), 10),
    ]);
    assertEquals(texts(kept), ["own 1", "own 2", "theirs 1", "theirs 2", "theirs 3"]);
    assertEquals(kept.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
    assertEquals(kept.slice(2).map(({ at, id }) => [at, id]), foreign.map(({ at, id }) => [at, id]));
    assertEquals(found.length, 3);
  }
});

Deno.test("imported messages replace pruned ones and can be found", async () => {
  using folder = temporaryFolder();
  const early = [1, 2, 3].map((seq) => message(seq, `early ${seq}`));
  const late = [message(4, "late 4"), message(5, "late 5")];
  await runCommand(["import", "--data", folder.path, "-"], lines(late));
  inspect(folder.path, (store) => maintainFully(store, START_MS));
  await runCommand(["import", "--data", folder.path, "-"], lines([...early, ...late]));
  inspect(folder.path, (store) => {
    assertEquals(all(store), [...early, ...late]);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("early"), 10)), ["early 3", "early 2", "early 1"]);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("late before:2026-12-01"), 10)), [
      "late 5",
      "late 4",
    ]);
  });
});

Deno.test("conversations are neither exported nor imported", async () => {
  using folder = temporaryFolder();
  inspect(folder.path, (store) => {
    const secret = { message: said(1, "psst", ADA, BOB) };
    store.append(batch({ rooms: [room("lobby")], conversations: [conversation(ADA, BOB)], messages: [secret] }));
    appendTexts(store, ["in public"]);
  });
  const { out } = await runCommand(["export", "--data", folder.path]);
  assertEquals([out.includes("in public"), out.includes("psst")], [true, false]);
  const { room: _, ...psst } = { ...message(1, "psst"), with: BOB };
  const { code, err } = await runCommand(["import", "--data", folder.path, "-"], lines([psst]));
  assertEquals(code, EXIT.usage);
  assertMatch(err, /expected a message, a change of a message, or a room/);
});

Deno.test("one invalid line prevents the import, and every invalid line is reported by its number", async () => {
  using folder = temporaryFolder();
  const good = message(1, "good");
  const bad = [
    "not json",
    JSON.stringify({ ...good, text: "" }),
    JSON.stringify({ ...good, seq: 0 }),
    JSON.stringify({ ...good, room: "Lobby" }),
    JSON.stringify({ ...good, at: "yesterday" }),
    JSON.stringify({ ...good, from: { id: "x", name: "no name" } }),
    JSON.stringify({ type: "join" }),
    "null",
  ];
  const { code, out, err } = await runCommand(
    ["import", "--data", folder.path, "-"],
    `${JSON.stringify(good)}\n\n${bad.join("\n")}\n`,
  );
  assertEquals([code, out], [EXIT.usage, ""]);
  const told = err.trimEnd().split("\n");
  assertEquals(told.length, bad.length + 1);
  told.slice(0, -1).forEach((line, index) => assertMatch(line, new RegExp(`^Line ${index + 3}: .`)));
  assertEquals(told.at(-1), "Nothing was imported from standard input: 8 lines are invalid; correct or remove them");
  assertEquals(inspect(folder.path, (store) => [all(store), store.rooms()]), [[], []]);
});

Deno.test("lines of any length, split anywhere and ended by CRLF, are read, and invalid UTF-8 is reported", async () => {
  const bytes = new TextEncoder().encode(`{"a":"ü"}\r\n\n${"x".repeat(100_000)}\nlast`);
  for (const size of [1, 2, 3, 7, 65_536, 1_000_000]) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, n) => bytes.slice(n * size, (n + 1) * size),
    );
    const read = await Array.fromAsync(byteLines(ReadableStream.from(chunks)));
    assertEquals(read.map((line) => new TextDecoder().decode(line)), ['{"a":"ü"}', "", "x".repeat(100_000), "last"]);
  }
  assertThrows(() => parseImportLine(new Uint8Array([0x22, 0xff, 0x22])), Error, "The line is not valid UTF-8");
});

Deno.test("import refuses a folder in use and a missing file", async () => {
  using folder = temporaryFolder();
  const store = openSqliteHistory({ folder: folder.path, now: START_MS });
  const refused = await runCommand(["import", "--data", folder.path, "-"], lines([message(1, "one")]));
  store.close();
  assertEquals(refused.code, EXIT.cannotStore);
  assertMatch(
    refused.err.replace(folder.path, "F"),
    new RegExp(`^Folder F is in use by process ${Deno.pid}( on \\S+)? since 2026-11-10T12`),
  );
  const missing = await runCommand(["import", "--data", folder.path, `${folder.path}/none`]);
  assertEquals([missing.code, missing.err], [EXIT.usage, `Cannot read ${folder.path}/none: it does not exist\n`]);
});

Deno.test("changes, replies and reactions survive export and import, also with taken seqs", async () => {
  using from = temporaryFolder();
  const thumb = "\u{1f44d}";
  const reply = { ...message(3, "three", BOB), reply: { seq: 1 } };
  const changes = [edited(4, 1, "first"), edited(5, 1, "1st"), deleted(6, 2), reacted(7, 1, thumb, BOB)];
  const look = (store: HistoryStore) => [all(store), store.entries({ room: "lobby", limit: 99 })] as const;
  const sent = inspect(from.path, (store) => {
    const entries = [message(1, "one"), message(2, "two"), reply, ...changes];
    store.append(batch({ rooms: [room("lobby")], messages: entries.map((message) => ({ message })) }));
    return look(store);
  });
  assertEquals(sent[0].map(({ text, reactions }) => [text, reactions?.length]), [["1st", 1], ["", undefined], [
    "three",
    undefined,
  ]]);
  const { out } = await runCommand(["export", "--data", from.path]);
  const text = await runCommand(["export", "--data", from.path, "--format", "text"]);
  assertEquals(text.out.split("\n").map((line) => line.slice(29)), ["ada: 1st", "bob: three", ""]);
  using to = temporaryFolder();
  await runCommand(["import", "--data", to.path, "-"], out);
  assertEquals(inspect(to.path, look), sent);
  using taken = temporaryFolder();
  inspect(taken.path, (store) => appendTexts(store, ["own"]));
  for (let time = 0; time < 2; time++) {
    await runCommand(["import", "--data", taken.path, "-"], out);
    const kept = inspect(taken.path, all);
    assertEquals(kept.map(({ seq, text }) => [seq, text]), [[1, "own"], [2, "1st"], [3, ""], [4, "three"]]);
    assertEquals([kept[1]!.reactions, kept[3]!.reply?.seq], [[{ emoji: thumb, count: 1 }], 2]);
  }
});

Deno.test("an export in UTF-16, as Windows PowerShell redirects it, is imported from a file and from a pipe", async () => {
  using folder = temporaryFolder();
  const text = `\ufeff${lines([message(1, "\u00e9 \u65e5\u672c \u{1f600}", BOB)])}`.replaceAll("\n", "\r\n");
  const bytes = new Uint8Array(Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).buffer);
  await Deno.writeFile(`${folder.path}/chat.jsonl`, bytes);
  const first = await runCommand(["import", "--data", folder.path, `${folder.path}/chat.jsonl`]);
  assertEquals([first.code, first.out, first.err], [EXIT.fine, "Imported 1 message\n", ""]);
  const second = await runCommand(["import", "--data", folder.path, "-"], bytes);
  assertEquals([second.code, second.out], [EXIT.fine, "Imported 0 messages; 1 already existed\n"]);
  assertEquals(inspect(folder.path, (store) => texts(all(store))), ["\u00e9 \u65e5\u672c \u{1f600}"]);
});

Deno.test("an import from a folder or from invalid UTF-16 says why nothing can be read", async () => {
  using folder = temporaryFolder();
  const { code, err } = await runCommand(["import", "--data", folder.path, folder.path]);
  assertEquals([code, err], [EXIT.usage, `Cannot read ${folder.path}: it is a folder, not a file\n`]);
  const invalid = await runCommand(["import", "--data", folder.path, "-"], Uint8Array.of(0xff, 0xfe, 0x41));
  assertEquals([invalid.code, invalid.err], [EXIT.usage, "Cannot read standard input: it is not valid UTF-16\n"]);
});
