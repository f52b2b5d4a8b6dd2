import { assertEquals } from "@std/assert";
import { MAX_CONVERSATIONS_KNOWN, MAX_HELD_MESSAGES, MAX_ROOMS_PER_MEMBER } from "../../../src/protocol/limits.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { UnreadPlaces } from "../../../src/terminal/model/unread.ts";

const MAX = MAX_ROOMS_PER_MEMBER + MAX_CONVERSATIONS_KNOWN;
const HELD = { isRead: false, counts: true, mentions: false, hold: true };

function message(room: string, seq: number): RoomMessage {
  const from = { id: "1", name: "eve" };
  return { type: "message", id: `${room} ${seq}`, room, seq, from, text: "hi", at: "2026-01-01T00:00:00.000Z" };
}

Deno.test("unread counts are kept for at most MAX_ROOMS_PER_MEMBER rooms and MAX_CONVERSATIONS_KNOWN conversations", () => {
  const unread = new UnreadPlaces();
  for (let room = 0; room < 2 * MAX; room++) {
    for (let seq = 1; seq <= 2; seq++) unread.add(message(`made-up-${room}`, seq), HELD);
  }
  assertEquals(unread.total.count, 2 * MAX);
  assertEquals(unread.unreadIn("made-up-0").count, 0);
});

Deno.test("all messages of a room are counted, and the newest are held", () => {
  const unread = new UnreadPlaces();
  for (let seq = 1; seq <= MAX_HELD_MESSAGES + 1; seq++) unread.add(message("dev", seq), HELD);
  const { count, entries, cut, first } = unread.open("dev");
  assertEquals([count, entries.length, entries[0]!.seq, cut, first], [
    MAX_HELD_MESSAGES + 1,
    MAX_HELD_MESSAGES,
    2,
    true,
    1,
  ]);
  assertEquals(unread.unreadIn("dev").count, 0);
});

Deno.test("what was read on another device is no longer counted, and the rest is", () => {
  const unread = new UnreadPlaces();
  for (let seq = 5; seq <= 9; seq++) unread.add(message("dev", seq), { ...HELD, mentions: seq === 5 });
  unread.read("dev", 4);
  assertEquals(unread.unreadIn("dev").count, 5);
  unread.read("dev", 7);
  assertEquals([unread.unreadIn("dev").count, unread.unreadIn("dev").mentions], [2, 0]);
  unread.read("dev", 20);
  const { count, first, entries, last } = unread.open("dev");
  assertEquals([count, first, entries.length, last], [0, 21, 5, { id: "dev 9", seq: 9 }]);
  unread.read("ops", 3);
  assertEquals(unread.keys, []);
});
