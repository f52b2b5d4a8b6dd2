import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import { MemoryHistory } from "../../src/history/memory/memory_history.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import type { HistoryStore } from "../../src/history/store.ts";
import { searchWords } from "../../src/history/search_words.ts";
import { deleted, edited } from "../contracts/changes_contract.ts";
import {
  appendTexts,
  batch,
  BOB,
  maintainFully,
  searchFully,
  START_MS,
  texts,
} from "../contracts/history_store_contract.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("a query consists of words, phrases, an author and a day", () => {
  assertEquals(parseSearchQuery('deploy "in the  night" from:ada before:2026-11-01'), {
    phrases: [["deploy"], ["in", "the", "night"]],
    from: "ada",
    beforeMs: Date.UTC(2026, 10, 1),
  });
  assertEquals(parseSearchQuery('From:"Ada L" BEFORE:2026-2-3'), {
    phrases: [],
    from: "Ada L",
    beforeMs: Date.UTC(2026, 1, 3),
  });
  assertEquals(parseSearchQuery("from:@ada from:bob before:2026-11-02 before:2026-11-01"), {
    phrases: [],
    from: "bob",
    beforeMs: Date.UTC(2026, 10, 1),
  });
});

Deno.test("an invalid filter is searched as a word", () => {
  assertEquals(parseSearchQuery("before:yesterday before:2026-02-30 from: a:b"), {
    phrases: [["before:yesterday"], ["before:2026-02-30"], ["from:"], ["a:b"]],
  });
  assertEquals(parseSearchQuery('"never closed'), { phrases: [["never", "closed"]] });
  assertEquals(parseSearchQuery('"" "  " '), { phrases: [] });
  assertEquals(parseSearchQuery("a OR (b NEAR c)* -d ^e"), {
    phrases: [["a"], ["OR"], ["(b"], ["NEAR"], ["c)*"], ["-d"], ["^e"]],
  });
});

/** Texts full of syntax of FTS5 and of our own query language. */
const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(
      "AND",
      "OR",
      "NOT",
      "NEAR(",
      '"',
      "'",
      "*",
      "^",
      "-",
      "(",
      ")",
      ":",
      "{",
      "}",
      "+",
      "from:",
      "before:",
      "words :",
      "author:",
      "search",
      "\0",
      "\ud800",
      "世界",
      "é",
      "🎉",
      "%",
      "_",
      ";",
      "--",
      "text",
      " ",
      "rowid:1",
    ),
    fc.string({ unit: "binary", maxLength: 8 }),
  ),
  { maxLength: 40 },
).map((parts) => parts.join(""));

Deno.test("no query makes a store throw, and both stores find the same messages", () => {
  using folder = temporaryFolder();
  const sqlite = openSqliteHistory({ folder: folder.path });
  const memory = new MemoryHistory();
  const sample = fc.sample(hostile.filter((text) => text !== ""), { numRuns: 300, seed: 7 });
  for (const store of [sqlite, memory]) {
    appendTexts(store, sample);
    maintainFully(store, START_MS);
    appendTexts(store, sample.slice(0, 100));
  }
  const property = fc.property(hostile, fc.integer({ min: 1, max: 50 }), (text, limit) => {
    const query = parseSearchQuery(text);
    assertEquals(texts(searchFully(sqlite, "lobby", query, limit)), texts(searchFully(memory, "lobby", query, limit)));
  });
  try {
    fc.assert(property, { numRuns: 1_500 });
    fc.assert(
      fc.property(fc.constantFrom(...sample), (text) => {
        const query = { phrases: [text.split(" ")] };
        assertEquals(texts(searchFully(sqlite, "lobby", query, 50)), texts(searchFully(memory, "lobby", query, 50)));
      }),
      { numRuns: 300 },
    );
    const long = { phrases: Array.from({ length: 600 }, (_, index) => [`word${index}`]), from: "x".repeat(1_000) };
    assertEquals(searchFully(sqlite, "lobby", long, 10), []);
    assertEquals(searchFully(sqlite, "lobby", { phrases: [], beforeMs: NaN }, 10).length, 10);
  } finally {
    sqlite.close();
  }
});

/** Opens a store in memory and one in SQLite with the same messages, the first half indexed. */
function bothStores(folder: string, messages: readonly string[]): [MemoryHistory, HistoryStore] {
  const stores: [MemoryHistory, HistoryStore] = [new MemoryHistory(), openSqliteHistory({ folder })];
  for (const store of stores) {
    appendTexts(store, messages.slice(0, messages.length / 2));
    maintainFully(store, START_MS);
    appendTexts(store, messages.slice(messages.length / 2));
  }
  return stores;
}

Deno.test("a search of ten thousand messages takes many steps and returns its finds when it is ended early", () => {
  using folder = temporaryFolder();
  const stores = bothStores(
    folder.path,
    Array.from({ length: 10_000 }, (_, n) => `text ${n % 2 ? "odd" : "even"} ${n}`),
  );
  for (const store of stores) {
    const query = parseSearchQuery('"odd text"');
    const steps = store.search("lobby", query, 5);
    let count = 0;
    for (let step = steps.next(); !step.done; step = steps.next()) count++;
    assert(count > 5_000, `${count} steps`);
    const cut = store.search("lobby", parseSearchQuery("text odd"), 1_000);
    for (let step = 0; step < 21; step++) cut.next();
    const last = cut.next(true);
    assert(last.done);
    assert(last.value.length > 0 && last.value.length <= 21, `${last.value.length} found`);
    store.close();
  }
});

Deno.test("a search does not return messages that were deleted while it ran", () => {
  using folder = temporaryFolder();
  for (const store of bothStores(folder.path, ["red one", "red two", "red three", "red four"])) {
    const steps = store.search("lobby", parseSearchQuery("red"), 9);
    steps.next();
    store.append(batch({ messages: [{ message: deleted(5, 2) }, { message: deleted(6, 4) }] }));
    let step = steps.next();
    while (!step.done) step = steps.next();
    assertEquals(texts(step.value), ["red three", "red one"]);
    store.close();
  }
});

Deno.test("a phrase is found only where its words are adjacent", () => {
  using folder = temporaryFolder();
  const noise = Array.from({ length: 9_000 }, (_, n) => `blue red ${n}`);
  noise[10] = "red blue 10";
  noise[8_990] = "a red blue b";
  for (const store of bothStores(folder.path, noise)) {
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery('"red blue"'), 9)), [
      "a red blue b",
      "red blue 10",
    ]);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery('"blue red 77"'), 9)), ["blue red 77"]);
    store.close();
  }
});

Deno.test("a search never finds messages of another room", () => {
  using folder = temporaryFolder();
  for (const store of bothStores(folder.path, ["red here", "red again"])) {
    appendTexts(store, Array.from({ length: 2_000 }, (_, n) => `red there ${n}`), BOB, "ops");
    maintainFully(store, START_MS);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("red"), 9)), ["red again", "red here"]);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("there"), 9), []);
    assertEquals(searchFully(store, "ops", parseSearchQuery("here"), 9), []);
    store.close();
  }
});

Deno.test("letters that NFKC expands to 18 characters do not exceed the limit of folded characters", () => {
  const words = searchWords("\ufdfa".repeat(2_730));
  assert(words.length <= 8_194, `${words.length} characters`);
  assertEquals(searchWords("\ufdfa").trim().split(" ").length, 4);
  const long = `${"\u{1f600}\ufb01x ".repeat(500)}end`;
  assert(searchWords(long).endsWith(" end "));
  assertEquals(searchWords(long).split(" fix ").length, 501);
});

Deno.test("an edited message in memory is found by its new words, not by cached ones", () => {
  const store = new MemoryHistory();
  appendTexts(store, ["ünited", "ünique"]);
  const find = (query: string) => texts(searchFully(store, "lobby", parseSearchQuery(query), 9));
  assertEquals(find("united"), ["ünited"]);
  store.append(batch({ messages: [{ message: edited(3, 1, "ünusual") }] }));
  assertEquals([find("united"), find("unusual")], [[], ["ünusual"]]);
});
