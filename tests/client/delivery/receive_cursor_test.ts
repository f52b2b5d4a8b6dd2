import { assert, assertEquals } from "@std/assert";
import { ReceiveCursor } from "../../../src/client/delivery/receive_cursor.ts";
import { BOB, directMessage, idOf, joined, roomMessage } from "../harness.ts";

Deno.test("the distance of a message from the last one of its room is the difference of their seqs", () => {
  const seen = new ReceiveCursor();
  assertEquals(seen.distance(roomMessage(5)), 1, "the first of a room is the next one, whatever its seq");
  seen.advance(roomMessage(5));
  assertEquals([4, 5, 6, 9].map((seq) => seen.distance(roomMessage(seq))), [-1, 0, 1, 4]);
  assertEquals(seen.distance(roomMessage(9, "x", "other")), 1);
  assertEquals(seen.position("lobby").after, idOf(5));
});

Deno.test("a join marks all messages as seen except the missed ones that follow", () => {
  const seen = new ReceiveCursor();
  seen.joined(joined("lobby", { seq: 9, missed: 2 }));
  assertEquals([seen.lastSeqs, seen.position("lobby").after], [[["lobby", 7]], ""], "the id of the entry is not known");
  seen.advance(roomMessage(8));
  seen.joined(joined("lobby", { seq: 9, missed: 1 }));
  assertEquals(seen.position("lobby").after, idOf(8));
  seen.joined(joined("lobby", { seq: 9 }));
  assertEquals(seen.position("lobby").after, idOf(9));
});

Deno.test("the cursor follows a server that has fewer messages than before", () => {
  const seen = new ReceiveCursor();
  seen.advance(roomMessage(50));
  seen.joined(joined("lobby", { seq: 3 }));
  assertEquals(seen.position("lobby").after, idOf(3));
});

Deno.test("a room that replaces a removed one is received from its beginning, also after a restart of the client", () => {
  const seen = new ReceiveCursor();
  seen.joined(joined("lobby", { seq: 5 }));
  const next = new ReceiveCursor();
  next.restore(seen.lastSeqs, seen.roomIds);
  assertEquals([next.position("lobby").after, next.roomIds], [idOf(5), [["lobby", "r-lobby"]]]);
  const anew = joined("lobby", { seq: 9, missed: 9 });
  const another = { ...anew, room: { ...anew.room, id: "r-next" } };
  assert(next.isAnother(another.room));
  next.joined(another);
  assertEquals([next.position("lobby").after, next.roomIds], ["", [["lobby", "r-next"]]]);
  next.forgetRoom("lobby");
  assertEquals([next.position("lobby").after, next.lastSeqs, next.roomIds], [undefined, [], []]);
});

Deno.test("the number of remembered rooms is limited", () => {
  const seen = new ReceiveCursor();
  for (let index = 0; index < 1_001; index++) seen.advance(roomMessage(7, "", `room${index}`));
  assertEquals(seen.position("room0").after, undefined);
  assertEquals(seen.position("room1000").after, idOf(7, "room1000"));
});

Deno.test("the next cursor takes over what was seen in rooms and conversations, and forgets the oldest first", () => {
  const seen = new ReceiveCursor();
  seen.advance(roomMessage(3, "", "constructor"));
  seen.advance(roomMessage(4, "", "__proto__"));
  seen.advance(directMessage(2));
  const next = new ReceiveCursor();
  next.restore(seen.lastSeqs);
  assertEquals([next.position("constructor").after, next.position("__proto__").after, next.position("valueOf").after], [
    idOf(3, "constructor"),
    idOf(4, "__proto__"),
    undefined,
  ]);
  assertEquals([next.distance(directMessage(2)), next.distance(directMessage(4)), next.seqOf(`@${BOB.id}`)], [0, 2, 2]);
  for (let index = 0; index < 998; index++) next.advance(roomMessage(7, "", `room${index}`));
  assertEquals([next.seqOf("constructor"), next.seqOf("__proto__")], [undefined, 4]);
});

Deno.test("a replay of what was received already counts neither as missed nor as a gap", () => {
  const seen = new ReceiveCursor();
  seen.restore([["lobby", 50]]);
  const counts = (seq: number, missed: number) => {
    const event = seen.withoutReceived(joined("lobby", { seq, missed, truncated: true }));
    return [event.missed, event.truncated];
  };
  assertEquals(counts(60, 40), [10, undefined]);
  assertEquals(counts(60, 10), [10, undefined]);
  assertEquals(counts(60, 9), [9, true]);
  assertEquals(counts(30, 30), [0, undefined]);
});

Deno.test("an id that no server takes is not kept", () => {
  const seen = new ReceiveCursor();
  seen.advance({ ...roomMessage(5), id: "i".repeat(65) });
  assertEquals([seen.lastSeqs, seen.position("lobby")], [[["lobby", 5]], { after: "" }]);
});
