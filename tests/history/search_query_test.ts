import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseSearchQuery } from "../../src/history/search_query.ts";
import { MemoryHistory } from "../../src/history/memory.ts";
import { openSqliteHistory } from "../../src/history/sqlite.ts";
import { appendTexts, maintainFully, START_MS, texts } from "../contracts/history_store_contract.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("a query is words, phrases, an author and a day", () => {
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

Deno.test("what is no filter is words", () => {
  assertEquals(parseSearchQuery("before:yesterday before:2026-02-30 from: a:b"), {
    phrases: [["before:yesterday"], ["before:2026-02-30"], ["from:"], ["a:b"]],
  });
  assertEquals(parseSearchQuery('"never closed'), { phrases: [["never", "closed"]] });
  assertEquals(parseSearchQuery('"" "  " '), { phrases: [] });
  assertEquals(parseSearchQuery("a OR (b NEAR c)* -d ^e"), {
    phrases: [["a"], ["OR"], ["(b"], ["NEAR"], ["c)*"], ["-d"], ["^e"]],
  });
});

/** Text that is full of what a search language might trip over. */
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

Deno.test("no query makes a store throw, and both stores find the same", () => {
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
    assertEquals(texts(sqlite.search("lobby", query, limit)), texts(memory.search("lobby", query, limit)));
  });
  try {
    fc.assert(property, { numRuns: 1_500 });
    fc.assert(
      fc.property(fc.constantFrom(...sample), (text) => {
        const query = { phrases: [text.split(" ")] };
        assertEquals(texts(sqlite.search("lobby", query, 50)), texts(memory.search("lobby", query, 50)));
      }),
      { numRuns: 300 },
    );
    const long = { phrases: Array.from({ length: 600 }, (_, index) => [`word${index}`]), from: "x".repeat(1_000) };
    assertEquals(sqlite.search("lobby", long, 10), []);
    assertEquals(sqlite.search("lobby", { phrases: [], beforeMs: NaN }, 10).length, 10);
  } finally {
    sqlite.close();
  }
});
