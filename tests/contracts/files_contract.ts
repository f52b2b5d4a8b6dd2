import { assertEquals } from "@std/assert";
import type { HistoryStore, Retention } from "../../src/history/store.ts";
import { MAX_QUOTE_CHARS } from "../../src/protocol/limits.ts";
import type { MessageFile, RoomMessage } from "../../src/protocol/messages/messages.ts";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import { deleted, edited, reacted } from "./changes_contract.ts";
import { conversation, said } from "./conversations_contract.ts";
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

/** A file whose bytes are named by a letter. */
export function file(number: number, bytes: string, size = 10): MessageFile {
  return { id: `file-${number}`, name: `${number}.png`, size, media: "image/png", sha256: bytes.repeat(43) };
}

/** The file with a thumbnail, whose bytes are named by a letter. */
export function withThumbnail(of: MessageFile, bytes: string, size = 3): MessageFile {
  const thumbnail = {
    id: `${of.id}-small`,
    size,
    media: "image/jpeg",
    sha256: bytes.repeat(43),
    width: 320,
    height: 9,
  };
  return { ...of, thumbnail };
}

function append(store: HistoryStore, ...messages: readonly RoomMessage[]): void {
  store.append(batch({ rooms: [room("lobby"), room("dev")], messages: messages.map((message) => ({ message })) }));
}

function hash(bytes: string): string {
  return bytes.repeat(43);
}

/** The contract of every store for the files of messages. */
export function filesContract(test: Test): void {
  const sent = (seq: number, of: MessageFile, text = "", from = ADA) => ({ ...message(seq, text, from), file: of });
  const read = (store: HistoryStore) => store.read({ room: "lobby", limit: 99 });

  test("returns a message with its file, in pages, replays and search results", (store) => {
    const messages = [sent(1, file(1, "a"), "tea"), message(2, "tea, too"), sent(3, file(2, "b"))];
    append(store, ...messages);
    assertEquals(read(store), messages);
    assertEquals(store.entries({ room: "lobby", limit: 99 }), messages);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("tea"), 9), [messages[1], messages[0]]);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("from:ada"), 9), messages.toReversed());
    maintainFully(store, START_MS);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("tea"), 9), [messages[1], messages[0]]);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("from:ada"), 9), messages.toReversed());
  });

  test("finds a message by words of its file's name, as long as it has the file, also after an edit", (store) => {
    const named = { ...file(1, "a"), name: "Budget-2026 \u00e9t\u00e9.pdf" };
    append(store, sent(1, named), sent(2, file(2, "b"), "budget"), message(3, "pdf of the budget"));
    const found = (query: string) => searchFully(store, "lobby", parseSearchQuery(query), 9).map(({ seq }) => seq);
    const { id } = message(1, "");
    for (const _when of ["before", "after indexing"]) {
      assertEquals([found("budget"), found("ete"), found('"2026 ete pdf"')], [[3, 2, 1], [1], [1]]);
      maintainFully(store, START_MS);
    }
    store.append(
      batch({ messages: [{ message: { ...edited(4, 1, "the plan"), of: { id, seq: 1, from: ADA } } as never }] }),
    );
    assertEquals([found("plan"), found("plan ete")], [[1], [1]]);
    maintainFully(store, START_MS);
    store.append(batch({ messages: [{ message: { ...deleted(5, 1), of: { id, seq: 1, from: ADA } } }] }));
    maintainFully(store, START_MS);
    assertEquals([found("ete"), found("budget")], [[], [3, 2]]);
  });

  test("finds files in messages that are far apart", (store) => {
    appendTexts(store, ["tea one"]);
    append(store, sent(2, file(1, "a"), "tea two"));
    appendTexts(store, Array.from({ length: 300 }, (_, n) => `text ${n}`));
    append(store, sent(303, file(2, "b"), "tea three"));
    const found = searchFully(store, "lobby", parseSearchQuery("tea"), 9);
    assertEquals(found.map((each) => each.file?.id), ["file-2", "file-1", undefined]);
  });

  test("quotes a file without a text by its name, also in the list of conversations", (store) => {
    const long = { ...file(1, "a"), name: `${"n".repeat(200)}.png` };
    append(store, sent(1, long), { ...message(2, "what is it?", BOB), reply: { seq: 1 } });
    const name = `${"n".repeat(MAX_QUOTE_CHARS - 1)}\u2026`;
    assertEquals(read(store)[1]!.reply, { id: message(1, "").id, seq: 1, from: ADA, text: name });
    store.append(batch({
      conversations: [conversation(ADA, BOB)],
      messages: [{ message: { ...said(1, "", ADA, BOB), file: file(2, "b") } }],
    }));
    assertEquals(store.conversations({ memberId: BOB.id, limit: 9 })[0]!.last?.text, "2.png");
  });

  test("keeps a file without a text through edits and reactions, and removes it with the message", (store) => {
    append(store, sent(1, file(1, "a")));
    const { id } = message(1, "");
    const of = { id, seq: 1, from: ADA };
    store.append(batch({ messages: [{ message: { ...reacted(2, 1, "\u{1f44d}", BOB), of } }] }));
    assertEquals(read(store)[0]!.reactions, [{ emoji: "\u{1f44d}", count: 1 }]);
    store.append(batch({ messages: [{ message: { ...edited(3, 1, "a cat"), of } as never }] }));
    assertEquals([read(store)[0]!.text, read(store)[0]!.file], ["a cat", file(1, "a")]);
    store.append(batch({ messages: [{ message: { ...deleted(4, 1), of } }] }));
    assertEquals(read(store), [{ ...message(1, ""), deleted: true }]);
    assertEquals([store.files.byId("file-1"), store.files.has("a".repeat(43))], [undefined, false]);
    assertEquals(store.files.unused(9), ["a".repeat(43)]);
  });

  test("knows the room, the author and the bytes of each file", (store) => {
    const elsewhere = { ...message(1, "", BOB, START_MS, "dev"), file: file(2, "b", 7) };
    append(store, sent(1, file(1, "a", 5)), elsewhere, sent(2, file(3, "a", 5)));
    store.append(batch({
      conversations: [conversation(ADA, BOB)],
      messages: [{ message: { ...said(1, "", ADA, BOB, START_MS + 9), file: file(4, "c", 100) } }],
    }));
    assertEquals(store.files.byId("file-1"), { room: "lobby", author: ADA.id, file: file(1, "a", 5) });
    assertEquals(store.files.byId("file-2"), { room: "dev", author: BOB.id, file: file(2, "b", 7) });
    assertEquals(store.files.byId("file-4")!.room, conversation(ADA, BOB).name);
    assertEquals([store.files.byId("file-9"), store.files.has("z".repeat(43))], [undefined, false]);
    assertEquals(store.files.bytesOf(ADA.id, START_MS), 110);
    assertEquals(store.files.bytesOf(ADA.id, START_MS + 2), 105);
    assertEquals(store.files.bytesOf(ADA.id, START_MS + 10), 0);
    assertEquals([store.files.bytesOf(BOB.id, 0), store.files.bytesOf("nobody", 0)], [7, 0]);
  });

  test("names the bytes of files as unused only after the last message that has them", (store) => {
    append(store, sent(1, file(1, "a")), sent(2, file(2, "a")), sent(3, file(3, "b")));
    const deletion = (seq: number, of: number) => ({ ...deleted(seq, of), of: { id: message(of, "").id, seq: of } });
    store.append(batch({ messages: [{ message: deletion(4, 1) }] }));
    assertEquals([store.files.unused(9), store.files.has("a".repeat(43))], [[], true]);
    store.append(batch({ messages: [{ message: deletion(5, 2) }, { message: deletion(6, 3) }] }));
    assertEquals(store.files.unused(9).sort(), ["a".repeat(43), "b".repeat(43)]);
    assertEquals(store.files.unused(1).length, 1);
    store.files.forget(["b".repeat(43)]);
    assertEquals(store.files.unused(9), ["a".repeat(43)]);
    append(store, sent(7, file(4, "a")));
    assertEquals([store.files.unused(9), store.files.has("a".repeat(43))], [[], true]);
  });

  test("keeps a thumbnail with its file, finds it by its id, and counts its bytes", (store) => {
    const messages = [sent(1, withThumbnail(file(1, "a"), "t"), "tea"), sent(2, file(2, "b")), sent(3, file(3, "t"))];
    append(store, ...messages);
    const small = { id: "file-1-small", name: "thumbnail", size: 3, media: "image/jpeg", sha256: "t".repeat(43) };
    assertEquals(read(store), messages);
    assertEquals(searchFully(store, "lobby", parseSearchQuery("tea"), 9), [messages[0]]);
    assertEquals(store.files.byId("file-1-small"), { room: "lobby", author: ADA.id, file: small });
    assertEquals(store.files.byId("file-1"), { room: "lobby", author: ADA.id, file: file(1, "a") });
    assertEquals(store.files.bytesOf(ADA.id, START_MS), 33);
    const deletion = (seq: number, of: number) => ({ ...deleted(seq, of), of: { id: message(of, "").id, seq: of } });
    store.append(batch({ messages: [{ message: deletion(4, 1) }] }));
    assertEquals([store.files.byId("file-1-small"), store.files.unused(9)], [undefined, ["a".repeat(43)]]);
    store.append(batch({ messages: [{ message: deletion(5, 3) }] }));
    assertEquals(store.files.unused(9).sort(), ["a".repeat(43), "t".repeat(43)]);
    assertEquals(store.files.has("t".repeat(43)), false);
  });

  test("removes the files of a removed room", (store) => {
    append(store, sent(1, file(1, "a")), { ...message(1, "", ADA, START_MS, "dev"), file: file(2, "b") });
    store.append(batch({ removed: [{ id: "lobby-id", name: "lobby" }], rooms: [{ ...room("lobby"), id: "next" }] }));
    for (const _when of ["at once", "after maintenance"]) {
      assertEquals([store.files.byId("file-1"), store.files.byId("file-2")?.room], [undefined, "dev"]);
      maintainFully(store, START_MS);
    }
    assertEquals(store.files.unused(9), ["a".repeat(43)]);
  });

  test("removes the files of pruned messages", (store) => {
    append(store, ...Array.from({ length: 9 }, (_, n) => sent(n + 1, file(n + 1, "abcdefghi"[n]!))));
    maintainFully(store, START_MS);
    assertEquals(store.files.unused(9).map((hash) => hash[0]).sort().join(""), "abcdefg");
    assertEquals([store.files.byId("file-7"), store.files.byId("file-8")?.room], [undefined, "lobby"]);
  }, { maxMessages: 2 });

  test("lets a file and its thumbnail expire, and keeps its message as it is", (store) => {
    const messages = [sent(1, withThumbnail(file(1, "a"), "t")), sent(2_000, file(2, "b"), "new")];
    append(store, ...messages);
    maintainFully(store, START_MS + 1_500);
    assertEquals([store.files.byId("file-1"), store.files.byId("file-2")?.file], [undefined, file(2, "b")]);
    assertEquals([store.files.byId("file-1-small"), store.files.has("t".repeat(43))], [undefined, false]);
    assertEquals([store.files.unused(9).sort(), store.files.has("a".repeat(43))], [["a", "t"].map(hash), false]);
    assertEquals(store.entries({ room: "lobby", before: 2, limit: 9 }), [messages[0]!]);
  }, { maxFileAgeMs: 1_000 });

  test("keeps no file if it keeps no text", (store) => {
    append(store, sent(1, file(1, "a"), "tea"));
    maintainFully(store, START_MS);
    assertEquals([texts(read(store)), store.files.byId("file-1"), store.files.unused(9)], [[], undefined, []]);
  }, { maxMessages: 0 });
}
