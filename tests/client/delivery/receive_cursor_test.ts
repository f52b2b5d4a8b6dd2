import { assert, assertEquals } from "@std/assert";
import { ReceiveCursor } from "../../../src/client/delivery/receive_cursor.ts";
import { joined, roomMessage } from "../harness.ts";

Deno.test("the distance of a message from the last one of its room is the difference of their seqs", () => {
  const seen = new ReceiveCursor();
  assertEquals(seen.distance(roomMessage(5)), 1, "the first of a room is the next one, whatever its seq");
  seen.advance("lobby", 5);
  assertEquals([4, 5, 6, 9].map((seq) => seen.distance(roomMessage(seq))), [-1, 0, 1, 4]);
  assertEquals(seen.distance(roomMessage(9, "x", "other")), 1);
  assertEquals(seen.position("lobby").after, 5);
});

Deno.test("a direct message is recognised by its id among the last thousand", () => {
  const seen = new ReceiveCursor();
  for (let index = 0; index <= 1_000; index++) assert(seen.admitDirect(`d${index}`));
  assert(!seen.admitDirect("d1"));
  assert(seen.admitDirect("d0"), "the oldest is forgotten");
});

Deno.test("a join marks all messages as seen except the missed ones that follow", () => {
  const seen = new ReceiveCursor();
  seen.joined(joined("lobby", { seq: 9, missed: 2 }));
  assertEquals(seen.position("lobby").after, 7);
  seen.advance("lobby", 8);
  seen.joined(joined("lobby", { seq: 9, missed: 1 }));
  assertEquals(seen.position("lobby").after, 8);
  seen.joined(joined("lobby", { seq: 9 }));
  assertEquals(seen.position("lobby").after, 9);
});

Deno.test("the cursor follows a server that has fewer messages than before", () => {
  const seen = new ReceiveCursor();
  seen.advance("lobby", 50);
  seen.joined(joined("lobby", { seq: 3 }));
  assertEquals(seen.position("lobby").after, 3);
});

Deno.test("a room that replaces a removed one is received from its beginning, also after a restart of the client", () => {
  const seen = new ReceiveCursor();
  seen.joined(joined("lobby", { seq: 5 }));
  const next = new ReceiveCursor();
  next.restore(seen.lastSeqs, [], [], seen.roomIds);
  assertEquals([next.position("lobby").after, next.position("lobby").roomId], [5, "r-lobby"]);
  const anew = joined("lobby", { seq: 9, missed: 9 });
  const another = { ...anew, room: { ...anew.room, id: "r-next" } };
  assert(next.isAnother(another.room));
  next.joined(another);
  assertEquals([next.position("lobby").after, next.position("lobby").roomId], [0, "r-next"]);
  next.forgetRoom("lobby");
  assertEquals([next.position("lobby").after, next.position("lobby").roomId, next.lastSeqs, next.roomIds], [
    undefined,
    undefined,
    [],
    [],
  ]);
});

Deno.test("the number of remembered rooms is limited", () => {
  const seen = new ReceiveCursor();
  for (let index = 0; index < 1_001; index++) seen.advance(`room${index}`, 7);
  assertEquals(seen.position("room0").after, undefined);
  assertEquals(seen.position("room1000").after, 7);
});

Deno.test("the next cursor takes over what was seen, and both forget the oldest first", () => {
  const seen = new ReceiveCursor();
  seen.advance("constructor", 3);
  seen.advance("__proto__", 4);
  for (let index = 0; index < 1_000; index++) seen.admitDirect(`d${index}`);
  const next = new ReceiveCursor();
  next.restore(seen.lastSeqs, seen.directIds);
  assertEquals([next.position("constructor").after, next.position("__proto__").after, next.position("valueOf").after], [
    3,
    4,
    undefined,
  ]);
  assert(next.admitDirect("new"));
  assert(next.admitDirect("d0"));
  assert(!next.admitDirect("d2"));
});

Deno.test("the next join requests unread messages again, and no others", () => {
  const seen = new ReceiveCursor();
  seen.restore([["lobby", 9], ["dev", 5]], [], [["lobby", 7], ["ops", 3]]);
  assertEquals([seen.position("lobby").after, seen.position("dev").after, seen.position("ops").after], [6, 5, 2]);
});
