/** What every HistoryStore keeps to. An implementation's test calls this with a way to make an empty one. */

import { assertEquals } from "@std/assert";
import type { HistoryStore } from "../../src/history/history_store.ts";
import type { RoomMessage } from "../../src/protocol/messages.ts";

export type OpenStore = () => HistoryStore | Promise<HistoryStore>;

export function said(seq: number, text = `text ${seq}`, room = "lobby"): RoomMessage {
  const from = { id: "m-1", name: "ada" };
  const at = new Date(1_767_323_045_678 + seq).toISOString();
  return { type: "message", id: `id-${room}-${seq}`, room, seq, from, text, at };
}

export function conversation(first: number, last: number, room = "lobby"): RoomMessage[] {
  return Array.from({ length: last - first + 1 }, (_, index) => said(first + index, undefined, room));
}

export function historyStoreContract(name: string, open: OpenStore): void {
  const test = (sentence: string, run: (store: HistoryStore) => void) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      const store = await open();
      try {
        run(store);
      } finally {
        store.close();
      }
    });

  test("what is appended is read as it was, oldest first", (store) => {
    const messages = conversation(1, 5);
    store.append(messages);
    assertEquals(store.read({ room: "lobby", limit: 50 }), messages);
  });

  test("what is appended bit by bit is read as one", (store) => {
    for (const message of conversation(1, 5)) store.append([message]);
    store.append([]);
    store.append(conversation(6, 9));
    assertEquals(seqs(store.read({ room: "lobby", limit: 50 })), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("messages of several rooms that come mixed are kept apart", (store) => {
    store.append([said(1, "a"), said(1, "b", "dev"), said(2, "c"), said(2, "d", "dev")]);
    assertEquals(texts(store.read({ room: "lobby", limit: 50 })), ["a", "c"]);
    assertEquals(texts(store.read({ room: "dev", limit: 50 })), ["b", "d"]);
  });

  test("a text is kept whatever it holds", (store) => {
    const wild = ["", " ", "a\nb\r\n\tc", "\0", "\x1b[2J", "'; DROP TABLE messages; --", "😀 e\u0301 \u202e", "%_\\"];
    store.append(wild.map((text, index) => said(index + 1, text)));
    assertEquals(texts(store.read({ room: "lobby", limit: 50 })), wild);
  });

  test("the largest text there may be is kept", (store) => {
    const text = "€".repeat(2_730);
    store.append([said(1, text)]);
    assertEquals(texts(store.read({ room: "lobby", limit: 1 })), [text]);
  });

  test("of many messages the newest are read", (store) => {
    store.append(conversation(1, 300));
    assertEquals(seqs(store.read({ room: "lobby", limit: 3 })), [298, 299, 300]);
    assertEquals(seqs(store.read({ room: "lobby", limit: 1 })), [300]);
    assertEquals(store.read({ room: "lobby", limit: 1_000 }).length, 300);
  });

  test("after and before bound what is read, and do not belong to it", (store) => {
    store.append(conversation(1, 20));
    const read = (after?: number, before?: number, limit = 50) =>
      seqs(store.read({ room: "lobby", after, before, limit }));
    assertEquals(read(17), [18, 19, 20]);
    assertEquals(read(undefined, 4), [1, 2, 3]);
    assertEquals(read(5, 9), [6, 7, 8]);
    assertEquals(read(5, 15, 2), [13, 14]);
    assertEquals(read(0, 2), [1]);
  });

  test("bounds between which nothing is give nothing", (store) => {
    store.append(conversation(1, 5));
    const read = (after?: number, before?: number) => seqs(store.read({ room: "lobby", after, before, limit: 50 }));
    assertEquals([read(5), read(99), read(undefined, 1), read(undefined, 0), read(3, 4), read(4, 2)], [
      [],
      [],
      [],
      [],
      [],
      [],
    ]);
    assertEquals(read(undefined, 99), [1, 2, 3, 4, 5]);
    assertEquals(read(0, Number.MAX_SAFE_INTEGER), [1, 2, 3, 4, 5]);
  });

  test("a page at a time leads through everything, once", (store) => {
    store.append(conversation(1, 23));
    const all: number[] = [];
    let before: number | undefined;
    for (;;) {
      const page = seqs(store.read({ room: "lobby", before, limit: 5 }));
      if (page.length === 0) break;
      all.unshift(...page);
      before = page[0];
    }
    assertEquals(all, seqs(conversation(1, 23)));
  });

  test("a room that nobody spoke in is empty", (store) => {
    store.append([said(1)]);
    for (const room of ["dev", "", "LOBBY", "lob", "__proto__"]) {
      assertEquals(store.read({ room, limit: 50 }), []);
      assertEquals(store.search(room, "text", 50), []);
    }
  });

  test("a search finds whatever holds every word, newest first", (store) => {
    store.append(
      ["red fox", "a fox, red as fire", "red", "fox", "refoxed red"].map((text, index) => said(index + 1, text)),
    );
    const found = store.search("lobby", "red fox", 50);
    assertEquals(seqs(found).filter((seq) => seq <= 4), [2, 1]);
    assertEquals(found.find(({ seq }) => seq === 1), said(1, "red fox"));
    assertEquals(seqs(store.search("lobby", "fox fire", 50)), [2]);
  });

  test("a search does not look at case, in other scripts either", (store) => {
    store.append([said(1, "Hello World"), said(2, "ПРИВЕТ"), said(3, "Äpfel")]);
    assertEquals(seqs(store.search("lobby", "hELLO", 50)), [1]);
    assertEquals(seqs(store.search("lobby", "привет", 50)), [2]);
    assertEquals(seqs(store.search("lobby", "äPFEL", 50)), [3]);
  });

  test("a search finds at most as many as asked for", (store) => {
    store.append(conversation(1, 20));
    assertEquals(seqs(store.search("lobby", "text", 3)), [20, 19, 18]);
    assertEquals(store.search("lobby", "nothing like it", 3), []);
  });

  test("a search stays in its room", (store) => {
    store.append([said(1, "here"), said(1, "here", "dev")]);
    assertEquals(store.search("dev", "here", 50).map(({ room }) => room), ["dev"]);
  });

  test("no query is a language of its own", (store) => {
    store.append([said(1, `100% "sure" it's a_b* (x) -y NEAR z OR`)]);
    for (
      const query of [
        '"',
        "'",
        "%",
        "*",
        "(",
        ")",
        "-",
        ":",
        "^",
        "a_b*",
        '"sure"',
        "100%",
        "NEAR",
        "OR",
        "\\",
        "NOT AND",
      ]
    ) {
      for (const { seq } of store.search("lobby", query, 50)) assertEquals(seq, 1, query);
    }
    assertEquals(store.search("lobby", "a%y", 50), []);
    assertEquals(store.search("lobby", "s_re", 50), []);
  });
}

function seqs(messages: readonly RoomMessage[]): number[] {
  return messages.map(({ seq }) => seq);
}

function texts(messages: readonly RoomMessage[]): string[] {
  return messages.map(({ text }) => text);
}
