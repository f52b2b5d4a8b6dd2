import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { HistoryStore } from "../../../src/history/store.ts";
import { MemoryHistory } from "../../../src/history/memory/memory_history.ts";
import { parseSearchQuery } from "../../../src/protocol/text/search_query.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { MAX_QUERY_BYTES } from "../../../src/protocol/limits.ts";
import {
  appendTexts,
  BOB,
  maintainFully,
  searchFully,
  START_MS,
  texts,
} from "../../contracts/history_store_contract.ts";
import { HARMLESS_TEXTS, HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { hash, type Subject, type Target } from "../target.ts";
import { few } from "./checks.ts";

const LANGUAGE = [
  ...["AND", "OR", "NOT", "NEAR(", '"', "'", "*", "^", "-", "(", ")", ":", "{", "}", "+", "%", "_", ";", "--", "\0"],
  ...["from:", "from:ada", "from:@bob", 'from:"', "before:", "before:2026-11-10", "before:2026-11-11", "rowid:1"],
  ...[
    "words :",
    "author:",
    "search",
    "text",
    "世界",
    "é",
    "e\u0301",
    "🎉",
    "👩‍👩‍👧",
    "\ud800",
    " ",
    " in ",
    "deploy",
    "ΣΑΣ",
  ],
];

export const SEARCH: Target = {
  name: "search",
  gateInputs: 500,
  words: LANGUAGE,
  arbitrary: fc.array(fc.oneof(fc.constantFrom(...LANGUAGE), fc.string({ unit: "binary", maxLength: 8 })), {
    maxLength: 30,
  }).map((parts) => parts.join("")),
  open,
};

/** The same messages in both stores, some indexed and some not yet. */
function open(): Subject {
  const folder = temporaryFolder();
  const sqlite = openSqliteHistory({ folder: folder.path });
  const memory = new MemoryHistory();
  const said = fc.sample(SEARCH.arbitrary.filter((text) => text !== ""), { numRuns: 150, seed: 7 });
  for (const store of [sqlite, memory]) {
    appendTexts(store, [...HOSTILE_TEXTS, ...HARMLESS_TEXTS].map(({ text }) => text.toWellFormed()));
    appendTexts(store, said.map((text) => text.toWellFormed()), BOB);
    maintainFully(store, START_MS);
    appendTexts(store, said.slice(0, 50).map((text) => `again ${text}`.toWellFormed()));
  }
  const close = () => {
    sqlite.close();
    folder[Symbol.dispose]();
  };
  return { run: (input) => compare(input, sqlite, memory), [Symbol.dispose]: close };
}

function compare(input: string, ...stores: readonly HistoryStore[]): string {
  // Longer queries are refused before.
  const query = parseSearchQuery(input.slice(0, MAX_QUERY_BYTES));
  const limit = 1 + hash(input) % 50;
  const [found, ...others] = stores.map((store) => texts(searchFully(store, "lobby", query, limit)));
  for (const other of others) assertEquals(other, found);
  assert(found!.length <= limit);
  const filters = `${query.from === undefined ? "" : " from"}${query.beforeMs === undefined ? "" : " before"}`;
  return `${few(found!.length)} found by ${few(query.phrases.length)} phrases${filters}`;
}
