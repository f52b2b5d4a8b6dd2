import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type AuditPage,
  type Batch,
  emptyBatch,
  type HistoryStore,
  type Retention,
  type StoredMember,
  type StoredRecord,
} from "../../src/history/store.ts";
import { parseSearchQuery, type SearchQuery } from "../../src/protocol/text/search_query.ts";
import { MAX_AUDIT_ENTRIES, MEMORY_OF_MEMBERS_MS } from "../../src/protocol/limits.ts";
import type { MemberInfo, RoomMessage } from "../../src/protocol/messages/messages.ts";
import { conversation, conversationsContract, said } from "./conversations_contract.ts";
import { changesContract, deleted } from "./changes_contract.ts";
import { filesContract } from "./files_contract.ts";

/** A Tuesday in 2026. */
export const START_MS = Date.parse("2026-11-10T12:00:00.000Z");

export const ADA: MemberInfo = { id: "ada-id", name: "ada" };
export const BOB: MemberInfo = { id: "bob-id", name: "bob" };

export interface Subject {
  open(retention?: Retention): HistoryStore;
  /** True if the store answers `ack`. */
  readonly remembersAcks: boolean;
}

export function batch(parts: Partial<Batch>): Batch {
  return { ...emptyBatch(), ...parts };
}

export function room(name: string, topic = ""): Batch["rooms"][number] {
  return { id: `${name}-id`, name, topic };
}

export function message(seq: number, text: string, from = ADA, at = START_MS + seq, inRoom = "lobby"): RoomMessage {
  const id = idOf(at, seq);
  return { type: "message", id, room: inRoom, seq, from, text, at: new Date(at).toISOString() };
}

export function member({ id, name }: MemberInfo, nameKeys: readonly string[] = [name], token = id): StoredMember {
  return { id, name, tokenDigest: `digest of ${token}`, nameKeys };
}

/** An id that sorts by time, then by number. */
function idOf(at: number, number: number): string {
  return `${at.toString(16).padStart(12, "0")}-${String(number).padStart(8, "0")}`;
}

export function appendTexts(store: HistoryStore, texts: readonly string[], from = ADA, inRoom = "lobby"): void {
  const seq = store.rooms().find(({ name }) => name === inRoom)?.seq ?? 0;
  const messages = texts.map((text, index) => ({
    message: message(seq + index + 1, text, from, START_MS + seq + index, inRoom),
  }));
  store.append(batch({ rooms: seq === 0 ? [room(inRoom)] : [], messages }));
}

export function texts(messages: readonly RoomMessage[]): string[] {
  return messages.map(({ text }) => text);
}

/** Runs a search to its end. */
export function searchFully(store: HistoryStore, room: string, query: SearchQuery, limit: number): RoomMessage[] {
  const steps = store.search(room, query, limit);
  for (let step = steps.next();; step = steps.next()) if (step.done) return step.value;
}

/** Does all pending maintenance in the smallest possible steps, and returns the number of calls. */
export function maintainFully(store: HistoryStore, now: number): number {
  let calls = 1;
  while (store.maintain(now, 0)) calls++;
  return calls;
}

const NUMBERED = Array.from({ length: 30 }, (_, index) => `text ${index + 1}`);

/** The contract of every `HistoryStore`. Each implementation runs it once in its own tests. */
export function historyStoreContract(name: string, subject: Subject): void {
  const test = (promise: string, run: (store: HistoryStore) => void, retention?: Retention) =>
    Deno.test(`${name} ${promise}`, () => {
      const store = subject.open(retention);
      try {
        run(store);
      } finally {
        store.close();
      }
    });

  test("has an id and starts empty", (store) => {
    assert(store.serverId.length > 0);
    assertEquals(store.rooms(), []);
    assertEquals(store.read({ room: "lobby", limit: 10 }), []);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("any"), 10), []);
    assertEquals(store.memberByToken("none"), undefined);
    assertEquals(store.memberByName(["none"]), undefined);
    assertEquals(store.ack("nobody", "1", START_MS), undefined);
    assertEquals(store.conversations({ memberId: "nobody", limit: 10 }), []);
    assertEquals([store.conversationCount(), store.conversationCount("nobody")], [0, 0]);
    assertEquals(store.memberById("nobody"), undefined);
  });

  test("accepts an empty batch", (store) => store.append(batch({})));

  test("lists rooms with their topics and newest seqs", (store) => {
    store.append(batch({ rooms: [room("lobby")] }));
    appendTexts(store, ["one", "two"], ADA, "ops");
    store.append(batch({ rooms: [room("ops", "pager: bob")] }));
    store.append(batch({ rooms: [room("lobby", "hello\0 \u0001")] }));
    assertEquals(store.rooms().sort((a, b) => a.name < b.name ? -1 : 1), [
      { id: "lobby-id", name: "lobby", topic: "hello\0 \u0001", seq: 0 },
      { id: "ops-id", name: "ops", topic: "pager: bob", seq: 2 },
    ]);
  });

  test("returns messages unchanged, whatever their characters", (store) => {
    const odd = ["a\nb", "nul\0 in it", "\u0001\u0002", '"quoted"', "\u{1f600}\u{202e}", "x".repeat(8_192), "ä\u0308"];
    const sent = odd.map((text, index) => message(index + 1, text, index % 2 === 0 ? ADA : BOB));
    store.append(batch({ rooms: [room("lobby")], messages: sent.map((message) => ({ message, ref: message.text })) }));
    assertEquals(store.read({ room: "lobby", limit: 100 }), sent);
  });

  test("keeps the author's name at the time of each message", (store) => {
    const renamed = { id: ADA.id, name: "lovelace" };
    store.append(batch({ rooms: [room("lobby")], members: [member(ADA)], messages: [{ message: message(1, "a") }] }));
    store.append(batch({ members: [member(renamed)], messages: [{ message: message(2, "b", renamed) }] }));
    assertEquals(store.read({ room: "lobby", limit: 9 }).map(({ from }) => from), [ADA, renamed]);
  });

  test("reads the newest messages of a page, oldest first", (store) => {
    appendTexts(store, NUMBERED);
    appendTexts(store, ["elsewhere"], BOB, "ops");
    const page = (query: { after?: number; before?: number; limit: number }) =>
      store.read({ room: "lobby", ...query }).map(({ seq }) => seq);
    assertEquals(page({ limit: 3 }), [28, 29, 30]);
    assertEquals(page({ before: 10, limit: 3 }), [7, 8, 9]);
    assertEquals(page({ after: 27, limit: 30 }), [28, 29, 30]);
    assertEquals(page({ after: 3, before: 8, limit: 2 }), [6, 7]);
    assertEquals(page({ after: 5, before: 6, limit: 2 }), []);
    assertEquals(page({ after: 30, limit: 2 }), []);
    assertEquals(page({ before: 0, limit: 2 }), []);
    assertEquals(page({ before: 1e15, limit: 1 }), [30]);
    assertEquals(store.read({ room: "nowhere", limit: 3 }), []);
  });

  test("keeps nothing of a batch that it refuses", (store) => {
    appendTexts(store, ["one"]);
    const before = [store.rooms(), store.read({ room: "lobby", limit: 10 })];
    const stray = message(1, "stray", BOB, START_MS, "never-made");
    assertThrows(() =>
      store.append(batch({ members: [member(BOB)], messages: [{ message: message(2, "two") }, { message: stray }] }))
    );
    assertEquals([store.rooms(), store.read({ room: "lobby", limit: 10 })], before);
    assertEquals(store.memberByName(["bob"]), undefined);
    appendTexts(store, ["two"]);
    assertEquals(texts(store.read({ room: "lobby", limit: 10 })), ["one", "two"]);
  });

  test("finds members by token and by name", (store) => {
    store.append(batch({ members: [member(ADA, ["ada", "aba"]), member(BOB)] }));
    assertEquals(store.memberByToken("digest of ada-id"), member(ADA, ["ada", "aba"]));
    assertEquals(store.memberByName(["aba"]), member(ADA, ["ada", "aba"]));
    assertEquals(store.memberByName(["nobody", "bob"]), member(BOB));
  });

  test("a member is known by one digest or key: another one takes its place", (store) => {
    const keyed = { ...member(ADA), tokenDigest: "key of ada" };
    store.append(batch({ members: [member(ADA)] }));
    store.append(batch({ members: [keyed] }));
    assertEquals(store.memberByToken("digest of ada-id"), undefined);
    assertEquals(store.memberByToken("key of ada"), keyed);
  });

  test("finds the member that took a name last, also by an earlier name", (store) => {
    const renamed = { id: ADA.id, name: "lovelace" };
    const thief = { id: BOB.id, name: "ada" };
    store.append(batch({ members: [member(ADA)] }));
    store.append(batch({ members: [member(renamed)] }));
    assertEquals(store.memberByName(["ada"]), member(renamed));
    assertEquals(store.memberByToken("digest of ada-id"), member(renamed));
    store.append(batch({ members: [member(thief)] }));
    assertEquals(store.memberByName(["ada"]), member(thief));
    assertEquals(store.memberByName(["lovelace", "ada"]), member(thief));
  });

  test("finds messages by words, newest first", (store) => {
    appendTexts(store, [
      "The deploy failed",
      "deploy again",
      "it FAILED, they say; deploy stopped",
      "Größe über alles",
      "𝑷𝑎𝑔𝑒",
    ]);
    const find = (query: string, limit = 10) => texts(searchFully(store, "lobby", parseSearchQuery(query), limit));
    const check = () => {
      assertEquals(find("deploy"), ["it FAILED, they say; deploy stopped", "deploy again", "The deploy failed"]);
      assertEquals(find("deploy", 2), ["it FAILED, they say; deploy stopped", "deploy again"]);
      assertEquals(find("failed deploy"), ["it FAILED, they say; deploy stopped", "The deploy failed"]);
      assertEquals(find('"deploy failed"'), ["The deploy failed"]);
      assertEquals(find("fail"), []);
      assertEquals(find("GROSSE uber"), ["Größe über alles"]);
      assertEquals(find("Ｐage"), ["𝑷𝑎𝑔𝑒"]);
      assertEquals(find("deploy nowhere"), []);
      assertEquals(find("???"), []);
      assertEquals(searchFully(store, "ops", parseSearchQuery("deploy"), 10), []);
    };
    check();
    maintainFully(store, START_MS);
    check();
  });

  test("finds emoji, and runs of characters in scripts without spaces", (store) => {
    appendTexts(store, ["今日は世界が平和です", "안녕하세요 여러분", "สวัสดีชาวโลก", "done🎉🎉 and 👍🏽", "世と界"]);
    const find = (query: string) => texts(searchFully(store, "lobby", parseSearchQuery(query), 10));
    const check = () => {
      assertEquals(find("世界"), ["今日は世界が平和です"]);
      assertEquals(find("안녕"), ["안녕하세요 여러분"]);
      assertEquals(find("ชาวโลก"), ["สวัสดีชาวโลก"]);
      assertEquals(find("🎉"), ["done🎉🎉 and 👍🏽"]);
      assertEquals(find("👍"), ["done🎉🎉 and 👍🏽"]);
    };
    check();
    maintainFully(store, START_MS);
    check();
  });

  test("finds messages by author and day", (store) => {
    const day = 24 * 60 * 60 * 1_000;
    const sent = NUMBERED.map((text, index) => message(index + 1, text, index % 2 ? BOB : ADA, START_MS + index * day));
    const straße = { id: "x", name: "Straße.1" };
    sent.push(message(31, "text 31", straße, START_MS + 30 * day));
    store.append(batch({ rooms: [room("lobby")], messages: sent.map((message) => ({ message })) }));
    const find = (query: string) => searchFully(store, "lobby", parseSearchQuery(query), 10).map(({ seq }) => seq);
    const check = () => {
      assertEquals(find("from:ADA before:2026-11-14"), [3, 1]);
      assertEquals(find("before:2026-11-12"), [2, 1]);
      assertEquals(find("text from:bob before:2026-11-13"), [2]);
      assertEquals(find("from:strasse.1"), [31]);
      assertEquals(find("from:strasse"), []);
      assertEquals(find("before:2000-01-01"), []);
      assertEquals(find("from:ad"), []);
    };
    check();
    maintainFully(store, START_MS);
    check();
  });

  test("finds indexed messages and those not indexed yet", (store) => {
    appendTexts(store, NUMBERED);
    maintainFully(store, START_MS);
    appendTexts(store, ["text 31", "other", "text 33"]);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("text"), 4)), [
      "text 33",
      "text 31",
      "text 30",
      "text 29",
    ]);
  });

  conversationsContract(test);

  test("returns the last record of each kind and key", (store) => {
    const records = [
      { kind: "account" as const, key: "ada-id", value: { name: "ada" } },
      { kind: "token" as const, key: "ada-id", value: { since: 1 } },
      { kind: "restriction" as const, key: "o 1", value: { reason: 'so "it" is\n' } },
    ];
    const sorted = () => store.records().sort((a, b) => a.kind < b.kind ? -1 : 1);
    assertEquals(store.records(), []);
    store.append(batch({ records }));
    assertEquals(sorted(), [records[0], records[2], records[1]] as StoredRecord[]);
    const changed = { ...records[0]!, value: { name: "ada", hash: "x" } };
    const { value: _, ...gone } = records[1]!;
    store.append(batch({ records: [gone, { ...changed, value: {} }, changed, { kind: "invite", key: "none" }] }));
    assertEquals(sorted(), [changed, records[2]!]);
  });

  test("numbers audit entries and lists the newest first", (store) => {
    const entry = (action: string, room?: string) => ({ at: "2026-11-10T12:00:00.000Z", by: ADA, action, room });
    const shown = (page: AuditPage) => store.audit(page).map(({ nth, action }) => `${nth} ${action}`);
    assertEquals(store.audit({ limit: 9 }), []);
    store.append(batch({ audit: [entry("kick", "lobby"), entry("ban")] }));
    store.append(batch({ audit: [entry("slow", "dev"), entry("lock", "lobby")] }));
    assertEquals(shown({ limit: 9 }), ["4 lock", "3 slow", "2 ban", "1 kick"]);
    assertEquals(shown({ limit: 2, before: 4 }), ["3 slow", "2 ban"]);
    assertEquals(shown({ limit: 9, room: "lobby" }), ["4 lock", "1 kick"]);
    assertEquals(shown({ limit: 1, room: "lobby", before: 4 }), ["1 kick"]);
    const whole = { ...entry("ban", "dev"), target: BOB, address: "::1", seconds: 60, reason: "spam" };
    store.append(batch({ audit: [whole] }));
    assertEquals(store.audit({ limit: 1 }), [{ nth: 5, ...whole }]);
  });

  test("keeps only the newest MAX_AUDIT_ENTRIES audit entries", (store) => {
    const entry = { at: "2026-11-10T12:00:00.000Z", by: ADA, action: "kick" };
    store.append(batch({ audit: Array(MAX_AUDIT_ENTRIES + 700).fill(entry) }));
    maintainFully(store, START_MS);
    assertEquals(store.audit({ limit: 9, before: 703 }).map(({ nth }) => nth), [702, 701]);
    store.append(batch({ audit: [entry] }));
    assertEquals(store.audit({ limit: 1 })[0]!.nth, MAX_AUDIT_ENTRIES + 701);
  });

  test("prunes by number without lowering seqs", (store) => {
    appendTexts(store, NUMBERED);
    maintainFully(store, START_MS);
    assertEquals(store.read({ room: "lobby", limit: 99 }).map(({ seq }) => seq), [26, 27, 28, 29, 30]);
    assertEquals(texts(searchFully(store, "lobby", parseSearchQuery("text"), 99)).length, 5);
    assertEquals(store.rooms()[0]!.seq, 30);
    appendTexts(store, ["text 31"]);
    maintainFully(store, START_MS);
    assertEquals(store.read({ room: "lobby", limit: 99 })[0]!.seq, 27);
  }, { maxMessages: 5 });

  test("prunes by age", (store) => {
    appendTexts(store, NUMBERED);
    maintainFully(store, START_MS + 1_000 + 20);
    assertEquals(store.read({ room: "lobby", limit: 99 }).map(({ seq }) => seq)[0], 21);
    maintainFully(store, START_MS + 10_000_000);
    assertEquals(store.read({ room: "lobby", limit: 99 }), []);
    assertEquals(store.rooms()[0]!.seq, 30);
    appendTexts(store, ["text 31"]);
    assertEquals(store.read({ room: "lobby", limit: 99 }).map(({ seq }) => seq), [31]);
  }, { maxAgeMs: 1_000 });

  test("keeps no text if retention is 0 messages", (store) => {
    appendTexts(store, NUMBERED);
    const check = () => {
      assertEquals(store.read({ room: "lobby", limit: 99 }), []);
      assertEquals(searchFully(store, "lobby", parseSearchQuery("text"), 99), []);
      assertEquals(store.rooms()[0]!.seq, 30);
    };
    check();
    maintainFully(store, START_MS);
    check();
  }, { maxMessages: 0 });

  changesContract(test);
  filesContract(test);
  if (subject.remembersAcks) acknowledgementContract(test);
}

function acknowledgementContract(
  test: (promise: string, run: (store: HistoryStore) => void, retention?: Retention) => void,
): void {
  const append = (store: HistoryStore, refs: readonly string[], from = ADA) => {
    const seq = store.rooms()[0]?.seq ?? 0;
    const messages = refs.map((ref, index) => ({ message: message(seq + index + 1, "text", from), ref }));
    store.append(batch({ rooms: [room("lobby")], messages }));
  };
  const check = (store: HistoryStore) => {
    const at = (seq: number) => new Date(START_MS + seq).toISOString();
    const first = { type: "ack" as const, ref: "r1", id: message(1, "").id, seq: 1, at: at(1) };
    assertEquals(store.ack(ADA.id, "r1", START_MS), first);
    assertEquals(store.ack(BOB.id, "r1", START_MS), undefined);
    assertEquals(store.ack(ADA.id, "r2", START_MS), undefined);
    assertEquals(store.ack(ADA.id, "", START_MS)?.seq, 3);
    assertEquals(store.ack(ADA.id, "\ud800", START_MS)?.seq, 4);
    assertEquals(store.ack(ADA.id, "\ud801", START_MS), undefined);
    assertEquals(store.ack(ADA.id, "r1", START_MS + MEMORY_OF_MEMBERS_MS + 1), undefined);
    assertEquals(store.ack(ADA.id, "a\0", START_MS)?.seq, 2);
    const lastOnes = ["", "\ud800"].map((ref) => store.ack(ADA.id, ref, START_MS + MEMORY_OF_MEMBERS_MS + 3)?.seq);
    assertEquals(lastOnes, [undefined, 4]);
  };

  test("returns the acknowledgement of a ref for a day", (store) => {
    append(store, ["r1", "a\0", "", "\ud800"]);
    append(store, ["b1"], BOB);
    check(store);
    maintainFully(store, START_MS);
    check(store);
    maintainFully(store, START_MS + 2 * MEMORY_OF_MEMBERS_MS);
    for (const ref of ["r1", "a\0", "", "\ud800"]) assertEquals(store.ack(ADA.id, ref, START_MS), undefined);
  });

  test("returns the acknowledgement of a change", (store) => {
    append(store, ["r1"]);
    const change = deleted(2, 1);
    store.append(batch({ messages: [{ message: change, ref: "d1" }] }));
    const check = () => {
      const ack = { type: "ack" as const, ref: "d1", id: change.id, seq: 2, at: change.at };
      assertEquals(store.ack(ADA.id, "d1", START_MS), ack);
    };
    check();
    maintainFully(store, START_MS);
    check();
  });

  test("returns the acknowledgement of a pruned message", (store) => {
    append(store, ["r1", "a\0", "", "\ud800"]);
    maintainFully(store, START_MS);
    assertEquals(store.read({ room: "lobby", limit: 9 }), []);
    check(store);
  }, { maxMessages: 0 });

  test("returns the acknowledgement of a message in a conversation", (store) => {
    const sent = said(1, "hi", ADA, BOB);
    store.append(batch({ conversations: [conversation(ADA, BOB)], messages: [{ message: sent, ref: "d1" }] }));
    const ack = { type: "ack" as const, ref: "d1", id: sent.id, seq: 1, at: sent.at };
    assertEquals(store.ack(ADA.id, "d1", START_MS), ack);
  });

  test("returns acknowledgements of many members with many refs", (store) => {
    const members = Array.from({ length: 20 }, (_, index) => ({ id: `id ${index}`, name: `m${index}` }));
    store.append(batch({ rooms: [room("lobby")] }));
    for (let seq = 1; seq <= 10_000; seq += 100) {
      const messages = Array.from({ length: 100 }, (_, index) => {
        const from = members[(seq + index) % 20]!;
        return { message: message(seq + index, "text", from), ref: `ref ${(seq + index) % 7919}` };
      });
      store.append(batch({ messages }));
    }
    for (let seq = 3; seq <= 10_000; seq += 20) {
      assertEquals(store.ack("id 3", `ref ${seq % 7919}`, START_MS)?.seq, seq);
    }
    assertEquals(store.ack("id 3", "ref 5", START_MS), undefined);
  });
}
