import { assert, assertEquals } from "@std/assert";
import { MemoryHistory } from "../../../src/history/memory/memory_history.ts";
import { MAX_TEXT_BYTES, MEMORY_HISTORY_CHARS, MEMORY_HISTORY_MESSAGES } from "../../../src/protocol/limits.ts";
import { appendTexts, historyStoreContract, START_MS, type Subject } from "../../contracts/history_store_contract.ts";
import { removalContract } from "../../contracts/removal_contract.ts";
import { rewindContract } from "../../contracts/rewind_contract.ts";

const SUBJECT: Subject = { open: (retention) => new MemoryHistory(retention), remembersAcks: false };

historyStoreContract("memory", SUBJECT);
removalContract("memory", SUBJECT);
rewindContract("memory", SUBJECT);

Deno.test("all rooms together keep at most MEMORY_HISTORY_CHARS, and the largest rooms lose their oldest messages", () => {
  const store = new MemoryHistory();
  const text = "x".repeat(MAX_TEXT_BYTES);
  appendTexts(store, ["a small room", "stays"], undefined, "small");
  const rooms = Math.ceil(1.2 * MEMORY_HISTORY_CHARS / MEMORY_HISTORY_MESSAGES / MAX_TEXT_BYTES);
  for (let nth = 0; nth < rooms; nth++) {
    appendTexts(store, Array(MEMORY_HISTORY_MESSAGES).fill(text), undefined, `big${nth}`);
  }
  store.maintain(START_MS);
  const kept = (room: string) => store.read({ room, limit: 2 * MEMORY_HISTORY_MESSAGES });
  const sizes = Array.from({ length: rooms }, (_, nth) => kept(`big${nth}`).length);
  const messages = sizes.reduce((sum, size) => sum + size, 0);
  assert(messages * MAX_TEXT_BYTES <= MEMORY_HISTORY_CHARS, sizes.join());
  assert(messages * MAX_TEXT_BYTES > MEMORY_HISTORY_CHARS / 2, sizes.join());
  assertEquals(kept("small").length, 2);
  assertEquals(kept("big0").at(-1)?.seq, MEMORY_HISTORY_MESSAGES);
});
