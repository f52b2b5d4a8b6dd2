import { assert, assertEquals, assertThrows } from "@std/assert";
import { MAX_IGNORED, ReaderState } from "../../../src/client/state/reader_state.ts";
import { MAX_ROOMS_REMEMBERED } from "../../../src/client/delivery/receive_cursor.ts";

Deno.test("the first unread message of each room is kept, limited in number, and changes are reported", () => {
  let changes = 0;
  const reader = new ReaderState(() => changes++, (room, seq) => room === "lobby" ? `id before ${seq}` : undefined);
  reader.keepUnread("lobby", 7);
  reader.keepUnread("lobby", 7);
  reader.keepUnread("dev", undefined);
  assertEquals([reader.unread, changes], [[["lobby", 7, "id before 7"]], 1]);
  for (let room = 0; room <= MAX_ROOMS_REMEMBERED; room++) reader.keepUnread(`room${room}`, 1);
  assertEquals(reader.unread.length, MAX_ROOMS_REMEMBERED);
  reader.keepUnread("lobby", undefined);
  assert(!reader.unread.some(([room]) => room === "lobby"));
  reader.forget();
  assertEquals(reader.unread, []);
});

Deno.test("a member is ignored by name and by id, up to a limit", () => {
  const reader = new ReaderState(() => {}, () => undefined);
  reader.ignore("Eve", "1");
  reader.ignore("EVE", "2");
  assertEquals(reader.ignored, [["EVE", "2"]]);
  assert(reader.ignores({ id: "9", name: "eve" }));
  assert(reader.ignores({ id: "2", name: "adam" }));
  assert(!reader.ignores({ id: "1", name: "adam" }));
  assert(!reader.unignore("adam"));
  assert(reader.unignore("eve"));
  for (let index = 0; index < MAX_IGNORED; index++) reader.ignore(`name${index}`);
  assertThrows(() => reader.ignore("one-more"), Error, "/unignore one of them first");
});
