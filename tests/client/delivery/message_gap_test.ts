import { assert, assertEquals } from "@std/assert";
import { MessageGap, type MessageLine } from "../../../src/client/delivery/message_gap.ts";
import type { HistoryEvent } from "../../../src/protocol/messages/messages.ts";
import { roomMessage } from "../harness.ts";

function gapBefore(seq: number, after = 0): MessageGap {
  return new MessageGap("fill 1", { key: "lobby", after, before: seq });
}

function page(from: number, to: number, more = false): HistoryEvent {
  const messages = Array.from({ length: to - from + 1 }, (_, index) => roomMessage(from + index));
  return { type: "history", ref: "fill 1", room: "lobby", messages, more };
}

function seqs(lines: readonly MessageLine[]): number[] {
  return lines.map(({ message }) => message.seq);
}

Deno.test("a gap requests exactly the missing messages", () => {
  assertEquals(gapBefore(9, 5).request, {
    type: "history",
    ref: "fill 1",
    room: "lobby",
    before: 9,
    limit: 3,
    changes: true,
  });
});

Deno.test("a wide gap is requested page by page backwards and read forwards", () => {
  const gap = gapBefore(502, 100);
  assertEquals(gap.request.limit, 200);
  assert(gap.fill(page(302, 501, true)));
  assertEquals([gap.request.before, gap.request.limit], [302, 200]);
  assert(gap.fill(page(200, 301, true)), "a page may have fewer than asked for");
  assertEquals([gap.request.before, gap.request.limit], [200, 99]);
  assert(!gap.fill(page(101, 199, true)));
  assertEquals(seqs(gap.found), Array.from({ length: 401 }, (_, index) => 101 + index));
});

Deno.test("a gap is complete when the server has no more messages for it", () => {
  const gap = gapBefore(10);
  assert(!gap.fill(page(7, 9)));
  assertEquals(seqs(gap.found), [7, 8, 9]);
  assert(!gapBefore(10).fill({ ...page(1, 1), messages: [], more: true }));
});

Deno.test("changes are placed where they happened, and changes outside the request are dropped", () => {
  const gap = gapBefore(10, 5);
  const change = (seq: number) => ({ ...roomMessage(seq), type: "deleted" as const, of: { seq: 1 } });
  gap.fill({
    ...page(6, 6),
    messages: [roomMessage(6), roomMessage(8)],
    changes: [change(5), change(7), change(9)],
    more: false,
  });
  assertEquals(gap.found.map(({ message: { type, seq } }) => `${seq} ${type}`), [
    "6 message",
    "7 deleted",
    "8 message",
    "9 deleted",
  ]);
});

Deno.test("messages that were not requested are ignored", () => {
  const gap = gapBefore(10, 5);
  const messages = [
    roomMessage(5),
    roomMessage(8),
    roomMessage(7),
    roomMessage(8),
    roomMessage(6, "x", "other"),
    roomMessage(9),
    roomMessage(10),
    roomMessage(99),
  ];
  gap.fill({ ...page(1, 1), messages, more: true });
  assertEquals(seqs(gap.found), [8, 9]);
});

Deno.test("a gap requests no more messages than a rejoin would bring", () => {
  const gap = gapBefore(1_000_000);
  let before = 1_000_000;
  while (gap.fill(page(before - 150, before - 1, true))) before -= 150;
  assertEquals(gap.found.length, 1_050);
  assert(gap.request.limit <= 0);
});
