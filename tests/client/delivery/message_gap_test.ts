import { assert, assertEquals } from "@std/assert";
import { MessageGap } from "../../../src/client/delivery/message_gap.ts";
import type { HistoryEvent, RoomEntry } from "../../../src/protocol/messages/messages.ts";
import { said } from "../harness.ts";

function gapBefore(seq: number, after = 0): MessageGap {
  return new MessageGap("fill 1", after, { line: "", message: said(seq) });
}

function page(from: number, to: number, more = false): HistoryEvent {
  const messages = Array.from({ length: to - from + 1 }, (_, index) => said(from + index));
  return { type: "history", ref: "fill 1", room: "lobby", messages, more };
}

function seqs(messages: readonly RoomEntry[]): number[] {
  return messages.map(({ seq }) => seq);
}

Deno.test("a gap asks for exactly what is missing", () => {
  assertEquals(gapBefore(9, 5).request, {
    type: "history",
    ref: "fill 1",
    room: "lobby",
    before: 9,
    limit: 3,
    changes: true,
  });
});

Deno.test("a wide gap is filled page by page, backwards, and read forwards", () => {
  const gap = gapBefore(502, 100);
  assertEquals(gap.request.limit, 200);
  assert(gap.fill(page(302, 501, true)));
  assertEquals([gap.request.before, gap.request.limit], [302, 200]);
  assert(gap.fill(page(200, 301, true)), "a page may have fewer than asked for");
  assertEquals([gap.request.before, gap.request.limit], [200, 99]);
  assert(!gap.fill(page(101, 199, true)));
  assertEquals(seqs(gap.found), Array.from({ length: 401 }, (_, index) => 101 + index));
});

Deno.test("a gap that the server has only in part is full when the server has no more", () => {
  const gap = gapBefore(10);
  assert(!gap.fill(page(7, 9)));
  assertEquals(seqs(gap.found), [7, 8, 9]);
  assert(!gapBefore(10).fill({ ...page(1, 1), messages: [], more: true }));
});

Deno.test("changes come where they happened, and of what was not asked for there is none", () => {
  const gap = gapBefore(10, 5);
  const change = (seq: number) => ({ ...said(seq), type: "deleted" as const, of: { seq: 1 } });
  gap.fill({ ...page(6, 6), messages: [said(6), said(8)], changes: [change(5), change(7), change(9)], more: false });
  assertEquals(gap.found.map(({ type, seq }) => `${seq} ${type}`), [
    "6 message",
    "7 deleted",
    "8 message",
    "9 deleted",
  ]);
});

Deno.test("what was not asked for is not taken", () => {
  const gap = gapBefore(10, 5);
  const messages = [said(5), said(8), said(7), said(8), said(6, "x", "other"), said(9), said(10), said(99)];
  gap.fill({ ...page(1, 1), messages, more: true });
  assertEquals(seqs(gap.found), [8, 9]);
});

Deno.test("no more is asked for than a rejoin would bring", () => {
  const gap = gapBefore(1_000_000);
  let before = 1_000_000;
  while (gap.fill(page(before - 150, before - 1, true))) before -= 150;
  assertEquals(gap.found.length, 1_050);
  assert(gap.request.limit <= 0);
});
