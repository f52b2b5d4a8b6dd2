import { assert, assertEquals } from "@std/assert";
import { AckFilter, ackHash } from "../../../../src/history/sqlite/acks/ack_filter.ts";

Deno.test("a filter restored from its bytes has everything that was added and under 3% false positives", () => {
  const filter = new AckFilter();
  for (let n = 0; n < 131_072; n++) filter.add(ackHash(n % 50, `ref-${n}`));
  const kept = new AckFilter(filter.bytes.slice());
  for (let n = 0; n < 131_072; n++) assert(kept.mayHave(ackHash(n % 50, `ref-${n}`)));
  let wrong = 0;
  for (let n = 0; n < 100_000; n++) if (kept.mayHave(ackHash(n % 50, crypto.randomUUID()))) wrong++;
  assert(wrong < 3_000, `${wrong} of 100000`);
});

Deno.test("the hash never changes, because files contain filters", () => {
  assertEquals([ackHash(1, ""), ackHash(1, "r1"), ackHash(2, "r1"), ackHash(1, "\ud800")], [
    90457223,
    1170288062,
    1622891426,
    2911810066,
  ]);
});
