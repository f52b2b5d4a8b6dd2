import { assert, assertEquals } from "@std/assert";
import { reconnectDelay, retryDelay } from "../../../src/client/link/backoff.ts";

Deno.test("the delay doubles from half a second and stays at half a minute", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 2_000].map((attempt) => reconnectDelay(attempt, () => 1));
  assertEquals(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

Deno.test("half of the delay is random", () => {
  assertEquals(reconnectDelay(3, () => 0), 1_000);
  assertEquals(reconnectDelay(3, () => 0.5), 1_500);
});

Deno.test("a wait that the server asks for is kept within what a timer and a person can bear", () => {
  assertEquals(retryDelay({ retryAfter: 2.5 }), 2_500);
  assertEquals(retryDelay({}), 1_000);
  assertEquals(retryDelay({ retryAfter: Infinity }), 3_600_000);
  assert(retryDelay({ retryAfter: -5 }) > 0);
});
