import { assert, assertEquals } from "@std/assert";
import { gateParts } from "./gate_tests.ts";
import { inRuns, inTurns, testFiles } from "./test_parts.ts";

Deno.test("the gate runs each test file of the checkout once", () => {
  const run = gateParts().flat();
  const files = testFiles([".ci", "tests", "src"]);
  assert(files.includes(".ci/test_parts_test.ts") && files.length > 400, `${files.length} test files were found`);
  assertEquals(run.toSorted(), files.toSorted());
});

Deno.test("files are divided into parts of about the same length, in runs or in turns", () => {
  const files = ["a", "b", "c", "d", "e"];
  assertEquals(inRuns(files, 2), [["a", "b", "c"], ["d", "e"]]);
  assertEquals(inTurns(files, 2), [["a", "c", "e"], ["b", "d"]]);
  assertEquals(inRuns(files, 7).flat(), files);
  assertEquals(inTurns(files, 7).flat(), files);
});
