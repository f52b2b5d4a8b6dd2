import { assertEquals } from "@std/assert";
import type { HistoryStore, Retention } from "../../src/history/store.ts";
import { type EntrySignature, signatureOf } from "../../src/protocol/identity/entry_signature.ts";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import type { MemberInfo, RoomChange, RoomEntry, RoomMessage } from "../../src/protocol/messages/messages.ts";
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
} from "./history_store_contract.ts";

type Test = (promise: string, run: (store: HistoryStore) => void, retention?: Retention) => void;

const THUMB = "\u{1f44d}";
const PARTY = "\u{1f389}";

/** The fields that all changes share. */
function base(seq: number, from: MemberInfo) {
  const { id, room, at } = message(seq, "", from);
  return { id, room, at, seq, from };
}

/** A quote of a message that `appendTexts` stored first. */
function quoted(seq: number) {
  return { id: message(seq, "", ADA, START_MS + seq - 1).id, seq };
}

export function edited(seq: number, of: number, text: string, from = ADA): RoomChange {
  return { type: "edited", ...base(seq, from), of: { ...quoted(of), from }, text };
}

export function deleted(seq: number, of: number, author = ADA, from = author): RoomChange {
  return { type: "deleted", ...base(seq, from), of: { ...quoted(of), from: author } };
}

export function reacted(seq: number, of: number, emoji: string, from: MemberInfo, removed?: true): RoomChange {
  return { type: "reacted", ...base(seq, from), of: quoted(of), emoji, count: 1, ...removed && { removed } };
}

/** A signature of the right form, different for each number. */
export function signature(number: number): EntrySignature {
  const time = new Date(START_MS + number).toISOString();
  return { signature: `${number}${"s".repeat(84)}A`, key: `${number}${"k".repeat(41)}A`, time };
}

function append(store: HistoryStore, ...entries: readonly RoomEntry[]): void {
  store.append(batch({ messages: entries.map((message) => ({ message })) }));
}

/** The contract of every store for edits, deletions and reactions. */
export function changesContract(test: Test): void {
  const read = (store: HistoryStore) => store.read({ room: "lobby", limit: 99 });
  const entries = (store: HistoryStore, page = {}) => store.entries({ room: "lobby", limit: 99, ...page });
  const find = (store: HistoryStore, query: string) => texts(searchFully(store, "lobby", parseSearchQuery(query), 9));

  test("returns messages in their current state, and changes in the order of their seqs", (store) => {
    appendTexts(store, ["one", "two", "three"]);
    append(store, edited(4, 1, "first"), deleted(5, 2), edited(6, 1, "1st"), message(7, "seven", BOB));
    const { text: _, ...superseded } = edited(4, 1, "") as Extract<RoomChange, { type: "edited" }>;
    const [, , third] = read(store);
    const first: RoomMessage = { ...message(1, "1st", ADA, START_MS), id: read(store)[0]!.id, edited: true };
    const second: RoomMessage = { ...message(2, "", ADA, START_MS + 1), id: read(store)[1]!.id, deleted: true };
    const seven = message(7, "seven", BOB);
    assertEquals(read(store), [first, second, third!, seven]);
    const changes = [superseded, deleted(5, 2), edited(6, 1, "1st")];
    assertEquals(entries(store), [first, second, third!, ...changes, seven]);
    assertEquals(entries(store, { after: 4, before: 7, limit: 1 }), [edited(6, 1, "1st")]);
    assertEquals(store.read({ room: "lobby", before: 7, limit: 2 }).map(({ seq }) => seq), [2, 3]);
    assertEquals(store.rooms()[0]!.seq, 7);
  });

  test("applies changes to earlier messages of the same batch, whatever its size", (store) => {
    appendTexts(store, ["before"]);
    const numbered = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => message(from + n, `n${from + n}`));
    append(store, ...numbered(2, 21), edited(21, 20, "twentieth"), deleted(22, 4), ...numbered(23, 34));
    const expected = ["before", ...numbered(2, 34).map(({ text }) => text)];
    expected[3] = "";
    expected[19] = "twentieth";
    assertEquals(texts(read(store)), expected.toSpliced(20, 2));
    assertEquals(entries(store).map(({ seq }) => seq), Array.from(expected, (_, n) => n + 1));
  });

  test("keeps the signatures of messages and changes; that of the last edit takes the place of the message's own", (store) => {
    appendTexts(store, []);
    const signed = message(1, "one");
    const change = edited(3, 1, "first");
    append(
      store,
      { ...signed, ...signature(1) },
      { ...message(2, "two"), ...signature(2) },
      { ...change, ...signature(3) },
      { ...reacted(4, 2, THUMB, BOB), ...signature(4) },
    );
    const now = { ...signed, text: "first", edited: true as const, ...signature(3), edit: change.id };
    assertEquals(entries(store)[0], now);
    assertEquals(read(store)[0], now);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("first"), 9), [now]);
    assertEquals(entries(store).map(signatureOf), [signature(3), signature(2), signature(3), signature(4)]);
  });

  test("keeps no signature of a text that was replaced or deleted", (store) => {
    appendTexts(store, []);
    append(store, { ...message(1, "one"), ...signature(1) }, { ...message(2, "two"), ...signature(2) });
    append(store, { ...edited(3, 1, "first"), ...signature(3) }, edited(4, 1, "1st"));
    append(store, { ...edited(5, 2, "second"), ...signature(5) }, { ...deleted(6, 2), ...signature(6) });
    assertEquals(entries(store).map(signatureOf), [...Array(5), signature(6)]);
    assertEquals(
      read(store).map((message) => [message.edit, signatureOf(message)]),
      Array(2).fill([undefined, undefined]),
    );
  });

  test("ignores changes of deleted or unknown messages, and of changes", (store) => {
    appendTexts(store, ["one", "two"]);
    append(
      store,
      deleted(3, 1),
      edited(4, 1, "again"),
      reacted(5, 1, THUMB, BOB),
      edited(6, 99, "?"),
      edited(7, 3, "?"),
    );
    assertEquals(texts(read(store)), ["", "two"]);
    assertEquals(read(store)[0]!.reactions, undefined);
    assertEquals(entries(store).map(({ seq }) => seq), [1, 2, 3, 4, 5, 6, 7]);
    for (const seq of [4, 6, 7]) assertEquals("text" in entries(store)[seq - 1]!, false);
  });

  test("counts the members that reacted with an emoji", (store) => {
    appendTexts(store, ["one", "two"]);
    append(
      store,
      reacted(3, 1, THUMB, BOB),
      reacted(4, 1, PARTY, ADA),
      reacted(5, 1, PARTY, BOB),
      reacted(6, 1, THUMB, BOB),
    );
    const reactions = () => read(store).map((message) => message.reactions);
    assertEquals(reactions(), [[{ emoji: THUMB, count: 1 }, { emoji: PARTY, count: 2 }], undefined]);
    assertEquals(store.hasReacted("lobby", 1, THUMB, BOB.id), true);
    assertEquals(store.hasReacted("lobby", 1, THUMB, ADA.id), false);
    assertEquals(store.hasReacted("lobby", 2, THUMB, BOB.id), false);
    assertEquals(store.hasReacted("nowhere", 1, THUMB, "nobody"), false);
    append(store, reacted(7, 1, THUMB, BOB, true), reacted(8, 1, PARTY, BOB, true));
    assertEquals(reactions(), [[{ emoji: PARTY, count: 1 }], undefined]);
    const reactedEntries = entries(store).filter((entry) => entry.type === "reacted");
    assertEquals(reactedEntries.map(({ count, of }) => [count, of.text]), [[0, "one"], [1, "one"], [1, "one"], [
      0,
      "one",
    ], [
      0,
      "one",
    ], [1, "one"]]);
    append(store, deleted(9, 1));
    assertEquals(reactions(), [undefined, undefined]);
    assertEquals(store.hasReacted("lobby", 1, PARTY, ADA.id), false);
  });

  test("quotes the target of a reply in its current state", (store) => {
    appendTexts(store, ["one"]);
    const { from } = read(store)[0]!;
    append(store, { ...message(2, "so?", BOB), reply: { ...quoted(1), from, text: "one" } });
    const quote = () => read(store)[1]!.reply;
    assertEquals(quote(), { ...quoted(1), from, text: "one" });
    append(store, edited(3, 1, "two\nlines"));
    assertEquals(quote(), { ...quoted(1), from, text: "two lines" });
    append(store, deleted(4, 1));
    assertEquals(quote(), { ...quoted(1), from });
  });

  test("finds messages by their current words", (store) => {
    appendTexts(store, ["green tea", "black tea", "coffee", "white tea"]);
    maintainFully(store, START_MS);
    appendTexts(store, ["more tea", "no tea"]);
    append(store, edited(7, 1, "green apples"), deleted(8, 2), edited(9, 5, "more apples"), deleted(10, 6));
    append(store, reacted(11, 3, THUMB, BOB));
    const check = () => {
      assertEquals(find(store, "tea"), ["white tea"]);
      assertEquals(find(store, "apples"), ["more apples", "green apples"]);
      assertEquals(find(store, THUMB), []);
      assertEquals(find(store, "from:ada"), ["more apples", "white tea", "coffee", "green apples"]);
      assertEquals(find(store, "before:2027-01-01").length, 4);
    };
    check();
    maintainFully(store, START_MS);
    check();
  });

  test("deletes reactions with pruned messages and keeps changes without them", (store) => {
    appendTexts(store, ["one", "two", "three"]);
    append(store, reacted(4, 1, THUMB, BOB), edited(5, 2, "second"), { ...message(6, "so?", BOB), reply: quoted(1) });
    maintainFully(store, START_MS);
    assertEquals(entries(store).map(({ seq }) => seq), [4, 5, 6]);
    assertEquals(store.hasReacted("lobby", 1, THUMB, BOB.id), false);
    const [reaction, edit, reply] = entries(store) as [RoomChange, RoomChange, RoomMessage];
    assertEquals([reaction.of, edit.of, "text" in edit, reply.reply], [quoted(1), quoted(2), false, quoted(1)]);
    append(store, edited(7, 2, "x"), deleted(8, 1));
    assertEquals(read(store).map(({ seq }) => seq), [6]);
  }, { maxMessages: 3 });

  test("finds the seq of a kept message or change by its id, in its room only", (store) => {
    appendTexts(store, ["one", "two", "three"]);
    append(store, edited(4, 1, "first"), deleted(5, 2));
    const entriesBefore = entries(store);
    assertEquals(entriesBefore.map(({ id }) => store.seqOf("lobby", id)), [1, 2, 3, 4, 5]);
    store.append(batch({ rooms: [room("ops")], messages: [{ message: { ...entriesBefore[0]!, room: "ops" } }] }));
    const [first, second] = entriesBefore.map(({ id }) => id) as [string, string];
    assertEquals(store.seqOf("ops", first), 1);
    assertEquals([store.seqOf("ops", second), store.seqOf("nowhere", first)], [undefined, undefined]);
    append(store, ...[6, 7, 8, 9, 10].map((seq) => message(seq, `${seq}`)));
    maintainFully(store, START_MS);
    assertEquals(entriesBefore.map(({ id }) => store.seqOf("lobby", id)), Array(5).fill(undefined));
    assertEquals(store.seqOf("lobby", message(10, "").id), 10);
    assertEquals(store.seqOf("lobby", ""), undefined);
  }, { maxMessages: 5 });

  test("applies no change of a batch that it refuses", (store) => {
    appendTexts(store, ["one"]);
    const stray = message(1, "stray", BOB, START_MS, "never-made");
    try {
      append(store, edited(2, 1, "two"), reacted(3, 1, THUMB, BOB), stray);
    } catch {
      // Another test checks that it throws.
    }
    assertEquals([texts(read(store)), read(store)[0]!.reactions, store.rooms()[0]!.seq], [["one"], undefined, 1]);
  });

  test("counts the seqs of changes without keeping them if retention is 0 messages", (store) => {
    store.append(batch({ rooms: [room("lobby")], messages: [{ message: message(1, "one") }] }));
    append(store, edited(2, 1, "two"), reacted(3, 1, THUMB, BOB));
    assertEquals([entries(store), store.rooms()[0]!.seq], [[], 3]);
  }, { maxMessages: 0 });
}
