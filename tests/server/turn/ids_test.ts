import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { digest, newToken } from "../../../src/server/turn/ids.ts";

Deno.test("a token is 192 bits in characters that JSON does not escape, and its digest does not contain it", () => {
  const token = newToken();
  assertMatch(token, /^[\w-]{32}$/);
  assertNotEquals(newToken(), token);
  assertEquals(digest(token), digest(token));
  assertNotEquals(digest(token), digest(newToken()));
  assertMatch(digest(token), /^[\w-]{43}$/);
  assertEquals(digest("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
});
