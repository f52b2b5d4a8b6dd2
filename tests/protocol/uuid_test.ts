import { assert, assertEquals } from "@std/assert";
import { isUuidV7, timeOfUuid, UuidSource } from "../../src/protocol/uuid.ts";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");

const newSource = () => new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });

Deno.test("an id is a UUIDv7 with the current time", () => {
  const ids = newSource();
  for (const now of [NOW, NOW + 1, NOW + 86_400_000]) {
    const id = ids.next(now);
    assert(isUuidV7(id), id);
    assertEquals(timeOfUuid(id), now);
  }
});

Deno.test("100,000 ids of one millisecond rise and are unique", () => {
  const ids = newSource();
  let last = "";
  for (let n = 0; n < 100_000; n++) {
    const id = ids.next(NOW);
    if (id <= last || !isUuidV7(id)) assert(false, `${id} comes behind ${last}`);
    last = id;
  }
});

Deno.test("4,096 ids fit in a millisecond, and the next one has the next millisecond", () => {
  const ids = newSource();
  const made = Array.from({ length: 4_097 }, () => ids.next(NOW));
  assertEquals(timeOfUuid(made[4_095]!), NOW);
  assertEquals(timeOfUuid(made[4_096]!), NOW + 1);
  assertEquals(timeOfUuid(ids.next(NOW + 1)), NOW + 1);
  assertEquals(timeOfUuid(ids.next(NOW + 2)), NOW + 2);
});

Deno.test("ids rise even if the clock goes back", () => {
  const ids = newSource();
  const made = [NOW, NOW - 60_000, NOW - 1, NOW, NOW + 1].map((now) => ids.next(now));
  assertEquals(made.toSorted(), made);
  assertEquals(new Set(made).size, 5);
});

Deno.test("two sources make different ids", () => {
  const [one, other] = [newSource(), newSource()];
  const made = new Set<string>();
  for (let n = 0; n < 1_000; n++) made.add(one.next(NOW)).add(other.next(NOW));
  assertEquals(made.size, 2_000);
});

Deno.test("only the canonical form of version 7 is a UUIDv7", () => {
  const id = newSource().next(NOW);
  assert(isUuidV7(id));
  const others = [
    "",
    id.toUpperCase(),
    `${id} `,
    `{${id}}`,
    id.replaceAll("-", ""),
    `${id.slice(0, 14)}4${id.slice(15)}`,
    id.slice(0, 19) + "c" + id.slice(20),
    "00000000-0000-0000-0000-000000000000",
  ];
  for (const other of others) assert(!isUuidV7(other), other);
});

Deno.test("a source uses only the random bytes that it is given", () => {
  const fixed = () => new UuidSource({ fill: (bytes) => bytes.fill(0xff) });
  assertEquals(fixed().next(NOW), fixed().next(NOW));
  assertEquals(fixed().next(1), "00000000-0001-7000-bfff-ffffffffffff");
});
