import { assert, assertEquals } from "@std/assert";
import { Seen } from "../../src/client/seen.ts";
import { joined, said, whispered } from "./harness.ts";

Deno.test("a message whose seq is not above the last of its room was seen before", () => {
  const seen = new Seen();
  assert(seen.admit(said(5)));
  assert(!seen.admit(said(5)));
  assert(!seen.admit(said(4)));
  assert(seen.admit(said(6)));
  assert(seen.admit(said(1, "x", "other")));
  assertEquals(seen.after("lobby"), 6);
});

Deno.test("a direct message is known by its id among the last thousand", () => {
  const seen = new Seen();
  for (let index = 0; index <= 1_000; index++) assert(seen.admit(whispered(`d${index}`)));
  assert(!seen.admit(whispered("d1")));
  assert(seen.admit(whispered("d0")), "the oldest is forgotten");
});

Deno.test("a join with nothing missed counts the newest as seen, one with missed messages does not", () => {
  const seen = new Seen();
  seen.joined(joined("lobby", { seq: 9, missed: 2 }));
  assertEquals(seen.after("lobby"), undefined);
  assert(seen.admit(said(8)));
  seen.joined(joined("lobby", { seq: 9, missed: 1 }));
  assertEquals(seen.after("lobby"), 8);
  seen.joined(joined("lobby", { seq: 9 }));
  assertEquals(seen.after("lobby"), 9);
});

Deno.test("a server that has fewer messages than before is followed", () => {
  const seen = new Seen();
  seen.admit(said(50));
  seen.joined(joined("lobby", { seq: 3 }));
  assert(seen.admit(said(4)));
});

Deno.test("rooms without end are not remembered without end", () => {
  const seen = new Seen();
  for (let index = 0; index < 1_001; index++) seen.admit(said(7, "x", `room${index}`));
  assertEquals(seen.after("room0"), undefined);
  assertEquals(seen.after("room1000"), 7);
});
