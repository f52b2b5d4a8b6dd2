import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MemoryHistory } from "../../src/history/memory.ts";
import { conversation, historyStoreContract, said } from "../contracts/history_store_contract.ts";

historyStoreContract("memory history", () => new MemoryHistory());

Deno.test("memory history: a room keeps at least its newest messages, and at most a quarter more", () => {
  const store = new MemoryHistory(100);
  for (let seq = 1; seq <= 1_000; seq++) {
    store.append([said(seq)]);
    const kept = store.read({ room: "lobby", limit: 1_000 });
    assert(kept.length >= Math.min(seq, 100) && kept.length <= 125, `${kept.length} are kept`);
    assertEquals(kept.at(-1)?.seq, seq);
  }
});

Deno.test("memory history: pages are right behind what was dropped, and before it there is nothing", () => {
  const store = new MemoryHistory(100);
  store.append(conversation(1, 1_000));
  const [first] = store.read({ room: "lobby", limit: 1_000 }).map(({ seq }) => seq) as [number];
  assert(first > 800);
  const seqs = (after?: number, before?: number, limit = 50) =>
    store.read({ room: "lobby", after, before, limit }).map(({ seq }) => seq);
  assertEquals(seqs(997), [998, 999, 1_000]);
  assertEquals(seqs(undefined, first + 2), [first, first + 1]);
  assertEquals(seqs(0, first + 2), [first, first + 1]);
  assertEquals(seqs(undefined, first), []);
  assertEquals(seqs(0, 1_001, 2), [999, 1_000]);
});

Deno.test("memory history: any page is what a filter over everything would give", () => {
  const store = new MemoryHistory();
  const all = conversation(1, 30);
  store.append(all);
  const bound = fc.option(fc.integer({ min: -2, max: 35 }).map((n) => Math.max(0, n)), { nil: undefined });
  fc.assert(fc.property(bound, bound, fc.integer({ min: 1, max: 40 }), (after, before, limit) => {
    const expected = all.filter(({ seq }) => seq > (after ?? 0) && seq < (before ?? Infinity)).slice(-limit);
    assertEquals(store.read({ room: "lobby", after, before, limit }), expected);
  }));
});
