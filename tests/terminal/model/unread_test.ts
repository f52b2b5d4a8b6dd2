import { assertEquals } from "@std/assert";
import { MAX_HELD_MESSAGES, MAX_ROOMS_PER_MEMBER } from "../../../src/protocol/limits.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { UnreadRooms } from "../../../src/terminal/model/unread.ts";

const HELD = { counts: true, mentions: false, hold: true };

function message(room: string, seq: number): RoomMessage {
  const from = { id: "1", name: "eve" };
  return { type: "message", id: `${room} ${seq}`, room, seq, from, text: "hi", at: "2026-01-01T00:00:00.000Z" };
}

Deno.test("unread counts are kept for at most MAX_ROOMS_PER_MEMBER rooms", () => {
  const unread = new UnreadRooms();
  for (let room = 0; room < 10 * MAX_ROOMS_PER_MEMBER; room++) {
    for (let seq = 1; seq <= 2; seq++) unread.add(message(`made-up-${room}`, seq), HELD);
  }
  assertEquals(unread.total.count, 2 * MAX_ROOMS_PER_MEMBER);
  assertEquals(unread.unreadIn("made-up-0").count, 0);
});

Deno.test("all messages of a room are counted, and the newest are held", () => {
  const unread = new UnreadRooms();
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
