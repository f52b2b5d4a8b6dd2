import { assert, assertEquals } from "@std/assert";
import { RecentEntries } from "../../../src/core/state/recent_entries.ts";
import { MAX_RECENT_ENTRIES, TURN_FRAMES, TURN_FRAMES_PER_CONNECTION } from "../../../src/protocol/limits.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";

function message(id: string): RoomMessage {
  return { type: "message", id, room: "lobby", seq: 1, from: { id: "a", name: "ada" }, text: "tea", at: "" };
}

Deno.test("recent entries are found by room and id, and the oldest are dropped beyond the limit", () => {
  const recent = new RecentEntries();
  for (let n = 0; n <= MAX_RECENT_ENTRIES; n++) recent.add("room", message(`m${n}`));
  const found = (id: string) => recent.find("room", id)?.id;
  assertEquals([found("m0"), found("m1"), found(`m${MAX_RECENT_ENTRIES}`)], [
    undefined,
    "m1",
    `m${MAX_RECENT_ENTRIES}`,
  ]);
  assertEquals(recent.find("other", "m1"), undefined);
});

Deno.test("the recent entries exceed those of one turn, which the store does not have yet", () => {
  assert(MAX_RECENT_ENTRIES > TURN_FRAMES + TURN_FRAMES_PER_CONNECTION);
});
