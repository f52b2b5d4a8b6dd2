import { assert, assertEquals } from "@std/assert";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { Timeline } from "../../../src/web/model/timeline.ts";
import { ADA, AT } from "../../terminal/memory_terminal.ts";

function said(seq: number): RoomMessage {
  return { type: "message", id: `m${seq}`, room: "lobby", seq, from: ADA, text: String(seq), at: AT };
}

function page(from: number, to: number): RoomMessage[] {
  return Array.from({ length: to - from + 1 }, (_, index) => said(from + index));
}

function textsOf(timeline: Timeline): string[] {
  const texts = [];
  for (let position = timeline.first; position < timeline.end; position++) {
    const entry = timeline.at(position)!;
    texts.push(entry.kind === "note" ? entry.text : entry.message.text);
  }
  return texts;
}

Deno.test("older messages get lower positions, and present messages keep theirs", () => {
  const timeline = new Timeline();
  for (const message of page(5, 6)) timeline.add(message);
  const entry = timeline.at(timeline.first);
  const { first, revision } = timeline;
  timeline.addOlder(page(3, 4), true);
  assertEquals([timeline.first, timeline.at(first), timeline.revision], [first - 2, entry, revision]);
  assertEquals([timeline.oldestSeq, timeline.newestSeq, timeline.complete], [3, 6, false]);
  timeline.addOlder(page(1, 2), false);
  assertEquals(textsOf(timeline), ["1", "2", "3", "4", "5", "6"]);
  assert(timeline.complete);
});

Deno.test("overlapping pages and messages add no duplicates", () => {
  const timeline = new Timeline();
  for (const message of page(4, 6)) timeline.add(message);
  assert(!timeline.add(said(5)));
  timeline.addOlder(page(2, 5), true);
  timeline.addOlder(page(2, 5), true);
  assertEquals(textsOf(timeline), ["2", "3", "4", "5", "6"]);
});

Deno.test("a late message is inserted in order and increases the revision", () => {
  const timeline = new Timeline();
  for (const seq of [1, 2, 5]) timeline.add(said(seq));
  timeline.note("ada joined", AT);
  const { revision } = timeline;
  timeline.add(said(3));
  assertEquals(textsOf(timeline), ["1", "2", "3", "5", "ada joined"]);
  assert(timeline.revision > revision);
});

Deno.test("beyond the limit the oldest entries are removed, and can be loaded again", () => {
  const timeline = new Timeline(100);
  timeline.addOlder(page(1, 50), false);
  for (const message of page(51, 1_000)) timeline.add(message);
  assert(timeline.end - timeline.first <= 110);
  assertEquals(timeline.oldestSeq, 1_000 - (timeline.end - timeline.first) + 1);
  assert(!timeline.complete);
  assertEquals(textsOf(timeline).at(-1), "1000");
});

Deno.test("clearing removes all entries, and positions continue", () => {
  const timeline = new Timeline();
  for (const message of page(1, 3)) timeline.add(message);
  const { end, revision } = timeline;
  timeline.clear();
  assertEquals([timeline.first, timeline.end, timeline.oldestSeq], [end, end, undefined]);
  assert(timeline.revision > revision);
  timeline.add(said(1));
  assertEquals(textsOf(timeline), ["1"]);
});
