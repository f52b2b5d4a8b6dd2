import { assert, assertEquals } from "@std/assert";
import type { HistoryStore } from "../../src/history/store.ts";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import { MAX_AUDIT_ENTRIES_PER_ROOM } from "../../src/protocol/limits.ts";
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
  type Subject,
  texts,
} from "./history_store_contract.ts";

const LOBBY = { id: "lobby-id", name: "lobby" };
const NEXT = { ...room("lobby"), id: "next-id" };

/** The contract of every store for removed rooms. */
export function removalContract(name: string, subject: Subject): void {
  const test = (promise: string, run: (store: HistoryStore) => void) =>
    Deno.test(`${name} ${promise}`, () => {
      const store = subject.open();
      try {
        run(store);
      } finally {
        store.close();
      }
    });
  const found = (store: HistoryStore, query: string) => texts(searchFully(store, "lobby", parseSearchQuery(query), 9));

  test("keeps nothing of a removed room and everything of the others", (store) => {
    appendTexts(store, ["tea one", "tea two"]);
    appendTexts(store, ["tea elsewhere"], BOB, "ops");
    const { at, text: _, ...reacted } = { ...message(3, ""), of: { seq: 1 }, emoji: "\u{1f44d}", count: 1 };
    store.append(batch({ messages: [{ message: { ...reacted, at, type: "reacted" } }] }));
    maintainFully(store, START_MS);
    appendTexts(store, ["tea not indexed yet"]);
    store.append(batch({ removed: [LOBBY] }));
    for (const _when of ["at once", "after maintenance"]) {
      assertEquals(store.rooms().map(({ name }) => name), ["ops"]);
      assertEquals(store.entries({ room: "lobby", limit: 9 }), []);
      assertEquals(found(store, "tea"), []);
      assertEquals(store.hasReacted("lobby", 1, "\u{1f44d}", ADA.id), false);
      maintainFully(store, START_MS);
    }
    assertEquals(texts(searchFully(store, "ops", parseSearchQuery("tea"), 9)), ["tea elsewhere"]);
  });

  test("ends a search without results if its room is removed, even if a new room has the same name", (store) => {
    appendTexts(store, Array.from({ length: 100 }, (_, n) => `tea ${n}`));
    const steps = store.search("lobby", parseSearchQuery("tea"), 1_000);
    steps.next();
    store.append(batch({ removed: [LOBBY], rooms: [NEXT], messages: [{ message: message(1, "tea anew") }] }));
    let step = steps.next();
    while (!step.done) step = steps.next();
    assertEquals(step.value, []);
  });

  test("starts seqs at 1 in a new room with the name of a removed one", (store) => {
    appendTexts(store, ["tea one", "tea two", "tea three"]);
    maintainFully(store, START_MS);
    store.append(batch({ removed: [LOBBY], rooms: [NEXT], messages: [{ message: message(1, "tea anew") }] }));
    for (const _when of ["at once", "after maintenance"]) {
      assertEquals(store.rooms(), [{ ...NEXT, seq: 1 }]);
      assertEquals(texts(store.read({ room: "lobby", limit: 9 })), ["tea anew"]);
      assertEquals(found(store, "tea"), ["tea anew"]);
      maintainFully(store, START_MS);
    }
  });

  test("removes a room only if its id matches", (store) => {
    appendTexts(store, ["one"]);
    store.append(batch({ removed: [{ id: "other-id", name: "lobby" }, { id: "x", name: "unknown" }] }));
    assertEquals(texts(store.read({ room: "lobby", limit: 9 })), ["one"]);
  });

  test("shows no audit entries of an earlier room with the same name", (store) => {
    const entry = { at: new Date(START_MS).toISOString(), by: ADA, room: "lobby" };
    appendTexts(store, ["one"]);
    store.append(batch({ audit: [{ ...entry, action: "ban", trusted: true }, { ...entry, action: "kick" }] }));
    store.append(batch({ removed: [LOBBY], audit: [{ ...entry, action: "remove" }] }));
    assertEquals(store.audit({ room: "lobby", limit: 9 }).map(({ action }) => action), ["remove"]);
    assertEquals(store.audit({ limit: 9 }).map(({ action, room }) => `${action} ${room}`), [
      "remove lobby",
      "ban lobby",
    ]);
  });

  test("never drops trusted entries, or entries of other rooms, for untrusted entries of one room", (store) => {
    const entry = (action: string, room: string, trusted?: true) => ({
      ...{ at: new Date(START_MS).toISOString(), by: ADA, action, room },
      ...trusted && { trusted },
    });
    store.append(batch({ audit: [entry("ban", "dev", true), entry("kick", "other")] }));
    store.append(batch({ audit: Array(MAX_AUDIT_ENTRIES_PER_ROOM + 5).fill(entry("slow", "dev")) }));
    while (store.maintain(START_MS, 5));
    const dev = store.audit({ room: "dev", limit: 2 * MAX_AUDIT_ENTRIES_PER_ROOM });
    assertEquals([dev.length, dev.at(-1)!.action], [MAX_AUDIT_ENTRIES_PER_ROOM + 1, "ban"]);
    assertEquals(store.audit({ limit: 3, before: 10 }).map(({ action }) => action), ["slow", "slow", "kick"]);
    assert(!("trusted" in dev.at(-1)!));
  });
}
