import { assert, assertEquals, assertThrows } from "@std/assert";
import { MAX_IGNORED, ReaderState } from "../../../src/client/state/reader_state.ts";

Deno.test("a member is ignored by name and by id, up to a limit", () => {
  let changes = 0;
  const reader = new ReaderState(() => changes++);
  reader.ignore("Eve", "1");
  reader.ignore("EVE", "2");
  assertEquals(reader.ignored, [["EVE", "2"]]);
  assert(reader.ignores({ id: "9", name: "eve" }));
  assert(reader.ignores({ id: "2", name: "adam" }));
  assert(!reader.ignores({ id: "1", name: "adam" }));
  assert(!reader.unignore("adam"));
  assert(reader.unignore("eve"));
  assertEquals(changes, 3);
  for (let index = 0; index < MAX_IGNORED; index++) reader.ignore(`name${index}`);
  assertThrows(() => reader.ignore("one-more"), Error, "/unignore one of them first");
});

Deno.test("an ignored member is unblocked until the server has confirmed the block, and on another server", () => {
  let changes = 0;
  const reader = new ReaderState(() => changes++);
  reader.restore([["eve", "1"], ["bob", "2", true], ["nobody", ""]]);
  assertEquals(reader.unblocked, ["1"]);
  reader.blocked("1");
  reader.blocked("2");
  reader.blocked("3");
  assertEquals([reader.unblocked, changes], [[], 1]);
  assertEquals(reader.ignored, [["eve", "1", true], ["bob", "2", true], ["nobody", ""]]);
  reader.ignore("eve", "4");
  assertEquals(reader.unblocked, ["4"]);
  reader.forgetBlocks();
  assertEquals(reader.unblocked, ["2", "4"]);
});
