// Runs all tests, for the task `ok`, several parts at the same time.

import { inRuns, inTurns, removeParts, testFiles, writeParts } from "./test_parts.ts";

/** Folders whose tests start real programs. They wait more than they work: the other tests use the processors meanwhile. */
const PROGRAMS = ["tests/attacks", "tests/browser", "tests/chaos", "tests/e2e", "tests/soak"];
/** Uses two threads, and no other test file has as much to do. */
const FUZZING = "tests/fuzz/fuzz_test.ts";
/** Parts that run at the same time. */
const JOBS = 4;

/** The test files of each part. The longest parts start first, so that none is left alone at the end. */
export function gateParts(): string[][] {
  const inside = testFiles([".ci", "tests"]).filter((file) =>
    file !== FUZZING && !PROGRAMS.some((folder) => file.startsWith(`${folder}/`))
  );
  return [
    [FUZZING],
    // One after the other: hashing passwords takes whole cores.
    testFiles(["tests/attacks"]),
    ...inTurns(testFiles(["tests/browser"]), 5),
    ...inRuns(inside, 12),
    ...inTurns(testFiles(["tests/e2e"]), 9),
    testFiles(["tests/chaos", "tests/soak"]),
  ];
}

if (import.meta.main) {
  const args = ["task", "test", "--no-check", "--parallel", ...writeParts(gateParts())];
  const env = { DENO_JOBS: String(JOBS) };
  const { code } = await new Deno.Command(Deno.execPath(), { args, env }).spawn().status;
  removeParts();
  Deno.exit(code);
}
