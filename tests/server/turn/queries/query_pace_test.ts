import { assertEquals } from "@std/assert";
import { QUERY_SLICE_MS } from "../../../../src/protocol/limits.ts";
import { QueryPace } from "../../../../src/server/turn/queries/query_pace.ts";

/** Begins queries until no other may begin, and returns what ends them. */
function beginAll(pace: QueryPace): ((ms: number) => void)[] {
  const answered: ((ms: number) => void)[] = [];
  while (pace.mayBegin && answered.length < 1_000) answered.push(pace.begin());
  return answered;
}

Deno.test("as many queries are on their way as take one slice by the times of the last ones", () => {
  const pace = new QueryPace();
  const first = beginAll(pace);
  assertEquals(first.length, QUERY_SLICE_MS);
  for (const answered of first) answered(0.1);
  for (let n = 0; n < 50; n++) pace.begin()(0.1);
  assertEquals(beginAll(pace).length, QUERY_SLICE_MS / 0.1);
});

Deno.test("a slow query is on its way alone", () => {
  const pace = new QueryPace();
  for (let n = 0; n < 50; n++) pace.begin()(100);
  assertEquals(beginAll(pace).length, 1);
});

Deno.test("queries that are never answered are forgotten", () => {
  const pace = new QueryPace();
  const before = beginAll(pace).length;
  pace.clear();
  assertEquals(beginAll(pace).length, before);
});
