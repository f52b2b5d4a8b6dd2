import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { digest, IdSource, newToken } from "../../../src/server/turn/ids.ts";

const UUIDV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOW = Date.parse("2026-01-02T03:04:05.678Z");

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

Deno.test("an id is a UUIDv7 with the current time", () => {
  const ids = new IdSource();
  for (const now of [NOW, NOW + 1, NOW + 86_400_000]) {
    const id = ids.next(now);
    assertMatch(id, UUIDV7);
    assertEquals(timeOf(id), now);
  }
});

Deno.test("100,000 ids of one millisecond rise and are unique", () => {
  const ids = new IdSource();
  let last = "";
  for (let n = 0; n < 100_000; n++) {
    const id = ids.next(NOW);
    if (id <= last || !UUIDV7.test(id)) assert(false, `${id} comes behind ${last}`);
    last = id;
  }
});

Deno.test("4,096 ids fit in a millisecond, and the next one has the next millisecond", () => {
  const ids = new IdSource();
  const made = Array.from({ length: 4_097 }, () => ids.next(NOW));
  assertEquals(timeOf(made[4_095]!), NOW);
  assertEquals(timeOf(made[4_096]!), NOW + 1);
  assertEquals(timeOf(ids.next(NOW + 1)), NOW + 1);
  assertEquals(timeOf(ids.next(NOW + 2)), NOW + 2);
});

Deno.test("ids rise even if the clock goes back", () => {
  const ids = new IdSource();
  const made = [NOW, NOW - 60_000, NOW - 1, NOW, NOW + 1].map((now) => ids.next(now));
  assertEquals(made.toSorted(), made);
  assertEquals(new Set(made).size, 5);
});

Deno.test("two sources make different ids", () => {
  const [one, other] = [new IdSource(), new IdSource()];
  const made = new Set<string>();
  for (let n = 0; n < 1_000; n++) made.add(one.next(NOW)).add(other.next(NOW));
  assertEquals(made.size, 2_000);
});

Deno.test("a token is 192 bits in characters that JSON does not escape, and its digest does not contain it", () => {
  const token = newToken();
  assertMatch(token, /^[\w-]{32}$/);
  assertNotEquals(newToken(), token);
  assertEquals(digest(token), digest(token));
  assertNotEquals(digest(token), digest(newToken()));
  assertMatch(digest(token), /^[\w-]{43}$/);
  assertEquals(digest("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
});
