import { assertEquals } from "@std/assert";
import type { HistoryStore } from "../../src/history/store.ts";
import { conversationName } from "../../src/protocol/conventions.ts";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import { deleted, edited } from "./changes_contract.ts";
import { conversation, said } from "./conversations_contract.ts";
import {
  ADA,
  appendTexts,
  batch,
  BOB,
  maintainFully,
  member,
  message,
  searchFully,
  START_MS,
  type Subject,
  texts,
} from "./history_store_contract.ts";

const THUMB = "\u{1f44d}";
const BACK_TO_2 = batch({ rewound: [{ channel: "lobby", after: 2 }] });

/** The contract of every store for rooms and conversations that go on from an earlier seq. */
export function rewindContract(name: string, subject: Subject): void {
  const test = (promise: string, run: (store: HistoryStore) => void) =>
    Deno.test(`${name} ${promise}`, () => {
      const store = subject.open();
      try {
        run(store);
      } finally {
        store.close();
      }
    });
  const found = (store: HistoryStore) => texts(searchFully(store, "lobby", parseSearchQuery("tea"), 9));
  const seqs = (store: HistoryStore) => store.entries({ room: "lobby", limit: 9 }).map(({ seq }) => seq);

  test("removes the later entries of a rewound room, also from the search, and nothing of other rooms", (store) => {
    appendTexts(store, ["tea one", "tea two", "tea three"]);
    appendTexts(store, ["tea one", "tea two", "tea three"], BOB, "ops");
    maintainFully(store, START_MS);
    appendTexts(store, ["tea four, not indexed yet"]);
    store.append(BACK_TO_2);
    for (const _when of ["at once", "after maintenance"]) {
      assertEquals(seqs(store), [1, 2]);
      assertEquals(store.rooms().map(({ name, seq }) => [name, seq]), [["lobby", 2], ["ops", 3]]);
      assertEquals(found(store), ["tea two", "tea one"]);
      maintainFully(store, START_MS);
    }
    assertEquals(texts(store.read({ room: "ops", limit: 9 })).length, 3);
  });

  test("gives the seqs after a rewind to other entries, in the same batch, too", (store) => {
    appendTexts(store, ["tea one", "tea two", "tea three", "tea four"]);
    const old = message(3, "", ADA, START_MS + 2).id;
    maintainFully(store, START_MS);
    assertEquals(store.seqOf("lobby", old), 3);
    const other = message(3, "tea anew", BOB, START_MS + 50);
    const moved = { ...message(4, "tea three"), id: old };
    store.append(batch({ ...BACK_TO_2, messages: [{ message: other }, { message: moved }] }));
    for (const _when of ["at once", "after maintenance"]) {
      assertEquals([store.seqOf("lobby", old), store.seqOf("lobby", other.id)], [4, 3]);
      assertEquals(texts(store.read({ room: "lobby", limit: 2 })), ["tea anew", "tea three"]);
      assertEquals(found(store), ["tea three", "tea anew", "tea two", "tea one"]);
      maintainFully(store, START_MS);
    }
  });

  test("keeps what later changes made of earlier messages, and takes them again with other seqs", (store) => {
    appendTexts(store, ["one", "two"]);
    const { text: _, ...reacted } = { ...message(4, "", BOB), of: { seq: 1 }, emoji: THUMB, count: 1 };
    const changes = [edited(3, 1, "uno"), { ...reacted, type: "reacted" as const }, deleted(5, 2)];
    store.append(batch({ messages: changes.map((message) => ({ message })) }));
    store.append(BACK_TO_2);
    assertEquals(seqs(store), [1, 2]);
    assertEquals(texts(store.read({ room: "lobby", limit: 9 })), ["uno", ""]);
    const later = changes.map((change) => ({ message: { ...change, seq: change.seq + 1 } }));
    store.append(batch({ messages: [{ message: message(3, "other", BOB) }, ...later] }));
    assertEquals(texts(store.read({ room: "lobby", limit: 9 })), ["uno", "", "other"]);
    assertEquals(store.read({ room: "lobby", limit: 9 })[0]!.reactions, [{ emoji: THUMB, count: 1 }]);
    assertEquals(store.hasReacted("lobby", 1, THUMB, BOB.id), true);
    assertEquals(seqs(store), [1, 2, 3, 4, 5, 6]);
  });

  test("ends the reactions and files of removed messages", (store) => {
    const file = { id: "f", name: "f.txt", size: 1, media: "text/plain", sha256: "h".repeat(43) };
    appendTexts(store, ["one", "two"]);
    const { text: _, ...reacted } = { ...message(4, "", BOB), of: { seq: 3 }, emoji: THUMB, count: 1 };
    store.append(batch({
      messages: [{ message: { ...message(3, "three"), file } }, { message: { ...reacted, type: "reacted" } }],
    }));
    assertEquals(store.files.byId("f")?.file, file);
    store.append(BACK_TO_2);
    appendTexts(store, ["three anew"]);
    assertEquals(store.hasReacted("lobby", 3, THUMB, BOB.id), false);
    assertEquals(store.read({ room: "lobby", limit: 1 })[0]!.reactions, undefined);
    assertEquals([store.files.byId("f"), store.files.unused(9)], [undefined, [file.sha256]]);
  });

  test("moves read marks of removed entries back, and no others", (store) => {
    appendTexts(store, ["one", "two", "three"]);
    store.append(batch({ members: [member(ADA), member(BOB)] }));
    const mark = (seq: number) => ({ seq, id: message(seq, "", ADA, START_MS + seq - 1).id });
    store.append(batch({
      marks: [
        { memberId: ADA.id, channel: "lobby", mark: mark(3) },
        { memberId: BOB.id, channel: "lobby", mark: mark(1) },
      ],
    }));
    store.append(BACK_TO_2);
    assertEquals([ADA, BOB].map(({ id }) => store.readMark(id, "lobby")), [mark(2), mark(1)]);
    store.append(batch({ rewound: [{ channel: "lobby", after: 0 }] }));
    assertEquals([ADA, BOB].map(({ id }) => store.readMark(id, "lobby")), [undefined, undefined]);
    assertEquals(store.rooms()[0]!.seq, 0);
  });

  test("lists a rewound conversation by the newest entry that is left", (store) => {
    const channel = conversationName(ADA.id, BOB.id);
    store.append(batch({
      members: [member(ADA), member(BOB)],
      conversations: [conversation(ADA, BOB)],
      messages: [said(1, "one", ADA, BOB), said(2, "two", BOB, ADA)].map((message) => ({ message })),
    }));
    const list = () => store.conversations({ memberId: ADA.id, limit: 9 }).map(({ seq, last }) => [seq, last?.text]);
    store.append(batch({ rewound: [{ channel, after: 1 }] }));
    assertEquals(list(), [[1, "one"]]);
    store.append(batch({ rewound: [{ channel, after: 0 }] }));
    assertEquals([list(), store.conversation(channel)?.seq], [[], 0]);
    store.append(batch({ messages: [{ message: said(1, "anew", BOB, ADA) }] }));
    assertEquals(list(), [[1, "anew"]]);
  });

  test("ignores the rewind of an unknown room, and one to where the room is", (store) => {
    appendTexts(store, ["one", "two"]);
    store.append(batch({ rewound: [{ channel: "unknown", after: 0 }, { channel: "lobby", after: 2 }] }));
    assertEquals([seqs(store), store.rooms()[0]!.seq], [[1, 2], 2]);
  });

  if (!subject.remembersAcks) return;
  test("ends the acknowledgements of removed entries", (store) => {
    appendTexts(store, ["one"]);
    const append = (seqs: readonly number[]) =>
      store.append(batch({ messages: seqs.map((seq) => ({ message: message(seq, "text"), ref: `r${seq}` })) }));
    append([2, 3]);
    maintainFully(store, START_MS);
    append([4]);
    store.append(BACK_TO_2);
    append([3]);
    for (const _when of ["at once", "after maintenance"]) {
      const acks = ["r2", "r3", "r4"].map((ref) => store.ack(ADA.id, ref, START_MS)?.seq);
      assertEquals(acks, [2, 3, undefined]);
      maintainFully(store, START_MS);
    }
  });
}
