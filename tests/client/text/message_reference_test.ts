import { assertEquals } from "@std/assert";
import { initialState } from "../../../src/client/state/client_state.ts";
import type { Recent, RoomState } from "../../../src/client/state/room_state.ts";
import { othersOrNumbered, ownOrNumbered, parseReply } from "../../../src/client/text/message_reference.ts";
import { UuidSource } from "../../../src/protocol/uuid.ts";

const ids = new UuidSource({ fill: (bytes) => bytes.fill(0) });
const [ADA, BOB] = [{ id: "a", name: "ada" }, { id: "b", name: "bob" }];
const RECENT: readonly Recent[] = [
  { id: ids.next(1), seq: 7, from: BOB, text: "tea?" },
  { id: ids.next(1), seq: 8, from: ADA, text: "yes" },
  { id: "imported", seq: 9, from: BOB, text: "so" },
];
const LOBBY: RoomState = {
  id: "r",
  name: "lobby",
  topic: "",
  restrictions: new Map(),
  members: new Map([["a", ADA], ["b", BOB]]),
  count: 2,
  seq: 9,
  recent: RECENT,
  speakers: [],
};
const STATE = { ...initialState, you: ADA, rooms: new Map([["lobby", LOBBY]]) };

Deno.test("a reply names a known message by its id, and an unknown or imported one by its number", () => {
  const to = (text: string) => parseReply(text, STATE, "lobby").to;
  assertEquals(to("7 yes"), RECENT[0]!.id);
  assertEquals(to("ada: no"), RECENT[1]!.id);
  assertEquals(to("9 yes"), 9);
  assertEquals(to("3 yes"), 3);
  assertEquals(to("well"), 9);
});

Deno.test("a change names the message with the number, or the last one that it can apply to, in the same way", () => {
  assertEquals(ownOrNumbered(undefined, STATE, "lobby"), RECENT[1]!.id);
  assertEquals([ownOrNumbered(7, STATE, "lobby"), ownOrNumbered(2, STATE, "lobby")], [RECENT[0]!.id, 2]);
  assertEquals([othersOrNumbered(undefined, STATE, "lobby"), othersOrNumbered(8, STATE, "lobby")], [9, RECENT[1]!.id]);
  assertEquals([ownOrNumbered(undefined, STATE, "ops"), othersOrNumbered(1, STATE, "ops")], [undefined, 1]);
});
