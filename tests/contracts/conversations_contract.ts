import { assertEquals } from "@std/assert";
import type { Batch, HistoryStore, Retention } from "../../src/history/store.ts";
import { conversationName } from "../../src/protocol/conventions.ts";
import { MAX_QUOTE_CHARS, MAX_UNREAD_COUNTED } from "../../src/protocol/limits.ts";
import type { MemberInfo, RoomMessage } from "../../src/protocol/messages/messages.ts";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import { deleted } from "./changes_contract.ts";
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
  texts,
} from "./history_store_contract.ts";

const EVE: MemberInfo = { id: "eve-id", name: "eve" };

/** A conversation that begins. */
export function conversation(a: MemberInfo, b: MemberInfo): Batch["conversations"][number] {
  const name = conversationName(a.id, b.id);
  return { id: `id of ${name}`, name, members: [a, b] };
}

/** A message of a conversation. */
export function said(seq: number, text: string, from: MemberInfo, to: MemberInfo, at = START_MS + seq): RoomMessage {
  return message(seq, text, from, at, conversationName(from.id, to.id));
}

function append(store: HistoryStore, ...messages: RoomMessage[]): void {
  store.append(batch({ messages: messages.map((message) => ({ message })) }));
}

/** Two conversations of ada: an older one with bob, of 3 messages, and one with eve. */
function begin(store: HistoryStore): void {
  store.append(batch({
    members: [member(ADA), member(BOB), member(EVE)],
    conversations: [conversation(ADA, BOB), conversation(EVE, ADA)],
    messages: [said(1, "one", ADA, BOB), said(2, "two", BOB, ADA), said(3, "three", BOB, ADA)].map((message) => ({
      message,
    })),
  }));
  append(store, said(1, "psst", EVE, ADA, START_MS + 9));
}

function listOf(store: HistoryStore, { id }: MemberInfo, before?: string, limit = 10): string[] {
  return store.conversations({ memberId: id, before, limit }).map(({ with: { name }, seq, unread, last, mark }) =>
    `${name} ${seq}, ${unread} unread${mark === undefined ? "" : ` after ${mark.seq}`}: ${last?.text}`
  );
}

const WITH_BOB = conversationName("ada-id", "bob-id");

/** The part of the contract of a `HistoryStore` that is about conversations and read marks. */
export function conversationsContract(
  test: (promise: string, run: (store: HistoryStore) => void, retention?: Retention) => void,
): void {
  test("keeps the messages of a conversation as those of a room, which is in no list of rooms", (store) => {
    begin(store);
    assertEquals(store.rooms(), []);
    assertEquals(texts(store.read({ room: WITH_BOB, limit: 10 })), ["one", "two", "three"]);
    assertEquals(texts(store.read({ room: WITH_BOB, after: 1, before: 3, limit: 10 })), ["two"]);
    assertEquals(store.seqOf(WITH_BOB, said(2, "two", BOB, ADA).id), 2);
    maintainFully(store, START_MS);
    assertEquals(texts(searchFully(store, WITH_BOB, parseSearchQuery("two"), 9)), ["two"]);
    assertEquals(texts(searchFully(store, WITH_BOB, parseSearchQuery("psst"), 9)), []);
  });

  test("knows the members of a conversation by their present names", (store) => {
    assertEquals(store.conversation(WITH_BOB), undefined);
    begin(store);
    store.append(batch({ members: [member({ id: BOB.id, name: "robert" })] }));
    const found = store.conversation(WITH_BOB)!;
    assertEquals([found.id, found.seq, found.blockedBy], [`id of ${WITH_BOB}`, 3, []]);
    assertEquals(found.members.map(({ name }) => name).toSorted(), ["ada", "robert"]);
    assertEquals(listOf(store, ADA)[1], "robert 3, 2 unread: three");
  });

  test("keeps the names of members whom it does not know otherwise", (store) => {
    const guest = { id: "guest-id", name: "guest" };
    store.append(batch({ members: [member(ADA)], conversations: [conversation(ADA, guest)] }));
    append(store, said(1, "hi", guest, ADA));
    assertEquals(listOf(store, ADA), ["guest 1, 1 unread: hi"]);
    assertEquals(store.memberById(guest.id), undefined);
    assertEquals(store.memberById(ADA.id)?.name, "ada");
  });

  test("lists a member's conversations, newest first, page by page", (store) => {
    begin(store);
    const [eve, bob] = ["eve 1, 1 unread: psst", "bob 3, 2 unread: three"];
    assertEquals(listOf(store, ADA), [eve, bob]);
    assertEquals(listOf(store, ADA, undefined, 1), [eve]);
    assertEquals(listOf(store, ADA, EVE.id), [bob]);
    assertEquals([listOf(store, ADA, BOB.id), listOf(store, ADA, "nobody")], [[], []]);
    assertEquals(listOf(store, BOB), ["ada 3, 1 unread: three"]);
    append(store, said(4, "four", ADA, BOB, START_MS + 20));
    assertEquals(listOf(store, ADA), ["bob 4, 2 unread: four", eve]);
    assertEquals([store.conversationCount(), store.conversationCount(ADA.id), store.conversationCount(BOB.id)], [
      2,
      2,
      1,
    ]);
  });

  test("lists conversations of the same moment each once", (store) => {
    const others = Array.from({ length: 7 }, (_, n) => ({ id: `m${n}-id`, name: `m${n}` }));
    store.append(batch({ members: [ADA, ...others].map((each) => member(each)) }));
    for (const other of others) {
      store.append(batch({
        conversations: [conversation(ADA, other)],
        messages: [{ message: said(1, "hi", other, ADA, START_MS) }],
      }));
    }
    const seen: string[] = [];
    let before: string | undefined;
    while (true) {
      const page = store.conversations({ memberId: ADA.id, before, limit: 3 });
      if (page.length === 0) break;
      seen.push(...page.map((each) => each.with.name));
      before = page.at(-1)!.with.id;
    }
    assertEquals(seen.toSorted(), others.map(({ name }) => name));
  });

  test("does not list a conversation without entries, and shows the beginning of the last message", (store) => {
    store.append(batch({ conversations: [conversation(ADA, BOB)] }));
    assertEquals(listOf(store, ADA), []);
    append(store, said(1, "x".repeat(500), BOB, ADA));
    const [first] = store.conversations({ memberId: ADA.id, limit: 1 });
    assertEquals(first?.last?.text?.length, MAX_QUOTE_CHARS);
    store.append(batch({ messages: [{ message: { ...deleted(2, 1), room: WITH_BOB, from: BOB } }] }));
    assertEquals(listOf(store, ADA), ["bob 2, 1 unread: undefined"]);
  });

  test("counts a member's own notes as read", (store) => {
    store.append(batch({ members: [member(ADA)], conversations: [conversation(ADA, ADA)] }));
    append(store, said(1, "milk", ADA, ADA));
    assertEquals(listOf(store, ADA), ["ada 1, 0 unread: milk"]);
    assertEquals(store.conversation(conversationName(ADA.id, ADA.id))?.members.map(({ name }) => name), ["ada", "ada"]);
  });

  test("keeps up to where each member has read each room and conversation", (store) => {
    begin(store);
    appendTexts(store, ["hi", "there"], BOB);
    assertEquals(store.readMark(ADA.id, WITH_BOB), undefined);
    const mark = { id: "some id", seq: 2 };
    store.append(batch({
      marks: [
        { memberId: ADA.id, channel: WITH_BOB, mark: { id: "earlier", seq: 1 } },
        { memberId: ADA.id, channel: WITH_BOB, mark },
        { memberId: ADA.id, channel: "lobby", mark: { id: "hi", seq: 1 } },
      ],
    }));
    assertEquals([store.readMark(ADA.id, WITH_BOB), store.readMark(ADA.id, "lobby")], [mark, { id: "hi", seq: 1 }]);
    assertEquals([store.readMark(BOB.id, WITH_BOB), store.readMark("nobody", "lobby")], [undefined, undefined]);
    assertEquals(listOf(store, ADA)[1], "bob 3, 1 unread after 2: three");
    store.append(batch({ removed: [{ id: "lobby-id", name: "lobby" }] }));
    maintainFully(store, START_MS);
    appendTexts(store, ["again"], BOB);
    assertEquals(store.readMark(ADA.id, "lobby"), undefined);
  });

  test("counts unread messages up to MAX_UNREAD_COUNTED", (store) => {
    begin(store);
    append(store, ...Array.from({ length: MAX_UNREAD_COUNTED }, (_, n) => said(n + 4, "more", BOB, ADA)));
    assertEquals(listOf(store, ADA)[0], `bob ${MAX_UNREAD_COUNTED + 3}, ${MAX_UNREAD_COUNTED} unread: more`);
  });

  test("does not list a conversation for the member who blocks the other one, and nothing moves up for them", (store) => {
    begin(store);
    const block = (blocked: boolean) =>
      store.append(batch({ blocks: [{ channel: WITH_BOB, memberId: ADA.id, blocked }] }));
    block(true);
    append(store, said(4, "hello?", BOB, ADA, START_MS + 50));
    assertEquals([listOf(store, ADA), listOf(store, BOB)], [["eve 1, 1 unread: psst"], ["ada 4, 1 unread: hello?"]]);
    assertEquals(store.conversation(WITH_BOB)?.blockedBy, [ADA.id]);
    block(false);
    assertEquals(listOf(store, ADA), ["eve 1, 1 unread: psst", "bob 4, 3 unread: hello?"]);
    assertEquals(store.conversation(WITH_BOB)?.blockedBy, []);
  });

  test("prunes conversations as rooms", (store) => {
    begin(store);
    append(store, ...Array.from({ length: 9 }, (_, n) => said(n + 4, `text ${n}`, BOB, ADA)));
    maintainFully(store, START_MS);
    assertEquals(texts(store.read({ room: WITH_BOB, limit: 99 })), ["text 7", "text 8"]);
    assertEquals(store.conversation(WITH_BOB)?.seq, 12);
  }, { maxMessages: 2 });
}
