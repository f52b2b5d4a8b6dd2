import { assert, assertEquals } from "@std/assert";
import { retryDelay } from "../../../src/client/link/link_end.ts";

Deno.test("the wait that a server requests is limited", () => {
  assertEquals(retryDelay({ retryAfter: 2.5 }), 2_500);
  assertEquals(retryDelay({}), 1_000);
  assertEquals(retryDelay({ retryAfter: Infinity }), 3_600_000);
  assert(retryDelay({ retryAfter: -5 }) > 0);
});
