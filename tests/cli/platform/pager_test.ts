import { assertEquals } from "@std/assert";
import { needsPager } from "../../../src/cli/platform/pager.ts";

Deno.test("a page goes through the pager only if there is one, at a terminal, and the page is longer than it", () => {
  assertEquals(needsPager(24, 24, "less"), true);
  assertEquals(needsPager(100, 24, "less -S"), true);
  assertEquals(needsPager(23, 24, "less"), false);
  assertEquals(needsPager(100, 24, ""), false);
  assertEquals(needsPager(100, 24, " "), false);
  assertEquals(needsPager(100, undefined, "less"), false);
});
