// Runs all tests, for the task `ok`: first those inside one program, then those of real programs.
// Ends with the code of the first group that fails.

import { inRuns, inTurns, removeParts, testFiles, writeParts } from "./test_parts.ts";

interface TestGroup {
  /** Parts that run at the same time. */
  readonly jobs: number;
  /** The test files of each part. The longest parts start first, so that none is left alone at the end. */
  readonly parts: readonly (readonly string[])[];
}

/** Folders whose tests start real programs. */
const PROGRAMS = ["tests/attacks", "tests/browser", "tests/chaos", "tests/e2e", "tests/soak"];
/** Uses two threads, and no other test file has as much to do. */
const FUZZING = "tests/fuzz/fuzz_test.ts";

export function testGroups(): TestGroup[] {
  const inside = testFiles([".ci", "tests"]).filter((file) =>
    file !== FUZZING && !PROGRAMS.some((folder) => file.startsWith(`${folder}/`))
  );
  const each = (folder: string, count: number) => inTurns(testFiles([folder]), count);
  return [
    { jobs: 2, parts: [[FUZZING], ...inRuns(inside, 12)] },
    {
      jobs: 3,
      parts: [
        // One after the other: hashing passwords takes whole cores.
        testFiles(["tests/attacks"]),
        ...each("tests/browser", 4),
        ...each("tests/e2e", 9),
        testFiles(["tests/chaos", "tests/soak"]),
      ],
    },
  ];
}

async function run({ jobs, parts }: TestGroup): Promise<number> {
  const args = ["task", "test", "--no-check", "--parallel", ...writeParts(parts)];
  const { code } = await new Deno.Command(Deno.execPath(), { args, env: { DENO_JOBS: String(jobs) } }).spawn().status;
  return code;
}

if (import.meta.main) {
  let code = 0;
  for (const group of testGroups()) code ||= await run(group);
  removeParts();
  Deno.exit(code);
}
