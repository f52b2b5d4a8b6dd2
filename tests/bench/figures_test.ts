import { assertEquals, assertThrows } from "@std/assert";
import { parseFigures } from "./peers/figures.ts";

const RESULT = {
  status: "ok",
  deliv_per_s: 712_000,
  p50_us: 250,
  p99_us: 512.5,
  max_us: 4_000,
  lost: 0,
  dups: 0,
  corrupt: 0,
  recv_closed: 0,
  send_closed: 0,
  srv_cpu_pct: 99.5,
  gen_cpu_pct: 91,
  rss_per_conn_b: 9_216,
  join_s: 0.25,
  error: "",
};

function parse(more: object): ReturnType<typeof parseFigures> {
  return parseFigures(`fanload says hello\n${JSON.stringify({ ...RESULT, ...more })}\n`);
}

Deno.test("figures come from the last line, in milliseconds and fractions", () => {
  assertEquals(parse({}), {
    deliveriesPerSecond: 712_000,
    p50Ms: 0.25,
    p99Ms: 0.5125,
    maxMs: 4,
    joinSeconds: 0.25,
    memoryPerConnectionBytes: 9_216,
    serverBusy: 0.995,
    generatorBusy: 0.91,
  });
});

Deno.test("a run that lost or duplicated a message, or did not finish, is marked", () => {
  assertEquals(parse({ lost: 3 }).fault, "3 lost");
  assertEquals(parse({ dups: 2, corrupt: 1 }).fault, "2 doubled, 1 corrupt");
  assertEquals(parse({ lost: -1 }).fault, "-1 lost");
  assertEquals(parse({ status: "stall" }).fault, "stall");
  assertEquals(
    parse({ status: "closed during join", recv_closed: 9, error: "-DENIED" }).fault,
    "closed during join, 9 closed, the server said: -DENIED",
  );
});

Deno.test("output that is not a result is refused", () => {
  assertThrows(() => parseFigures("fanload: connect: Connection refused"), SyntaxError);
  assertThrows(() => parse({ p99_us: "0.5" }), Error, "The load generator says no p99_us");
  assertThrows(() => parse({ lost: undefined }), Error, "The load generator says no lost");
});
