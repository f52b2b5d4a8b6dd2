import { assertEquals } from "@std/assert";
import type { ShownCallMember } from "../../../../src/web/calls/views/shown_call.ts";
import { SpeakerTurns } from "../../../../src/web/calls/views/speaker_turns.ts";

function member(name: string, speaks: boolean): ShownCallMember {
  return { id: name, name, speaks, level: 0, isOwn: false, entered: true, camera: false, microphone: true };
}

Deno.test("a speaker is told once, and the next one not before four seconds", () => {
  const turns = new SpeakerTurns();
  const speaking = (...names: string[]) => ["ada", "bob"].map((name) => member(name, names.includes(name)));
  assertEquals(turns.next(speaking(), 0), undefined);
  assertEquals(turns.next(speaking("ada"), 100), "ada");
  assertEquals(turns.next(speaking("ada"), 200), undefined);
  assertEquals(turns.next(speaking("bob"), 300), undefined);
  assertEquals(turns.next(speaking("ada"), 5_000), undefined);
  assertEquals(turns.next(speaking("bob"), 5_100), "bob");
  assertEquals(turns.next(speaking(), 10_000), undefined);
  assertEquals(turns.next(speaking("bob"), 10_100), undefined);
});
