import { assertEquals } from "@std/assert";
import { LOG_REPEAT_MS } from "../../../src/protocol/limits.ts";
import { ThrottledLog } from "../../../src/server/monitor/throttled_log.ts";

function scene() {
  const lines: string[] = [];
  const log = new ThrottledLog((level, event, fields) => lines.push(`${level} ${event} ${JSON.stringify(fields)}`));
  return { log, taken: () => lines.splice(0) };
}

Deno.test("an event that happens a thousand times is logged at once, and then with its count", () => {
  const { log, taken } = scene();
  for (let n = 0; n < 1_000; n++) log.log(n, "warn", "refused", { peer: n });
  assertEquals(taken(), ['warn refused {"peer":0}']);
  log.tick(LOG_REPEAT_MS - 1);
  assertEquals(taken(), []);
  log.tick(LOG_REPEAT_MS);
  assertEquals(taken(), ['warn refused {"peer":999,"times":999}']);
  log.log(LOG_REPEAT_MS + 1, "warn", "refused", { peer: 1 });
  log.tick(2 * LOG_REPEAT_MS);
  assertEquals(taken(), ['warn refused {"peer":1,"times":1}']);
});

Deno.test("an event after a pause is logged at once, and so is a different event", () => {
  const { log, taken } = scene();
  log.log(0, "warn", "refused", {});
  log.tick(LOG_REPEAT_MS);
  log.log(LOG_REPEAT_MS, "warn", "refused", {});
  log.log(LOG_REPEAT_MS, "warn", "accept failed", {});
  assertEquals(taken(), ["warn refused {}", "warn refused {}", "warn accept failed {}"]);
});

Deno.test("pending counts are logged at the end", () => {
  const { log, taken } = scene();
  for (let n = 0; n < 3; n++) log.log(0, "warn", "refused", {});
  log.flush();
  log.flush();
  assertEquals(taken(), ["warn refused {}", 'warn refused {"times":2}']);
});
