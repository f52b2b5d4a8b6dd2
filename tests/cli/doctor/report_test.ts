import { assert, assertEquals } from "@std/assert";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { type Check, failed, note, ok, perform, warning } from "../../../src/cli/doctor/check_result.ts";
import { exitCodeOfFindings, findingJson, findingLines, tallyLine } from "../../../src/cli/doctor/report.ts";

const NEVER = new AbortController().signal;

function check(run: Check["run"]): Check {
  return { name: "Port", code: EXIT.cannotListen, run };
}

Deno.test("a finding is one aligned line, and what to do is a second one", () => {
  assertEquals(findingLines({ check: "Port", ...ok("It is free") }), ["ok       Port          It is free"]);
  assertEquals(findingLines({ check: "Nearby chats", ...warning("None", "Look again") }), [
    "warning  Nearby chats  None",
    "                       To do: Look again",
  ]);
});

Deno.test("what a server sent can neither draw on the screen nor fill it", () => {
  const hostile = `\x1b[2J\r\n${"a".repeat(100_000)}`;
  const finding = { check: "Greeting", ...failed(EXIT.cannotConnect, hostile, hostile) };
  for (const line of [...findingLines(finding), findingJson(finding)]) {
    assert(line.length < 1_200, `${line.length} characters`);
    assert(!/\p{Cc}/u.test(line), line.slice(0, 80));
  }
});

Deno.test("JSON has the name, the verdict, what was found and what to do", () => {
  assertEquals(JSON.parse(findingJson({ check: "Disk", ...warning("1 MiB", "Free some space") })), {
    check: "Disk",
    verdict: "warning",
    found: "1 MiB",
    next: "Free some space",
  });
});

Deno.test("the exit code is that of the first failure, and warnings have none", () => {
  const fine = [ok("a"), note("b"), warning("c", "d")].map((finding) => ({ check: "x", ...finding }));
  const bad = [failed(EXIT.cannotStore, "e"), failed(EXIT.untrusted, "f")].map((one) => ({ check: "y", ...one }));
  assertEquals([exitCodeOfFindings(fine), exitCodeOfFindings([...fine, ...bad])], [EXIT.fine, EXIT.cannotStore]);
  assertEquals(tallyLine(fine), "3 checks, none failed, 1 with a warning");
  assertEquals(tallyLine(bad), "2 checks, 2 failed");
});

Deno.test("a check that throws fails with its code, and a failure with its own code and message", async () => {
  const broken = await perform(
    check(() => {
      throw new Deno.errors.PermissionDenied("no");
    }),
    NEVER,
  );
  assertEquals([broken.verdict, "code" in broken && broken.code], ["failed", EXIT.cannotListen]);
  const known = await perform(check(() => Promise.reject(new Failure(EXIT.cannotStore, "It is full: free it"))), NEVER);
  assertEquals(known, {
    check: "Port",
    verdict: "failed",
    code: EXIT.cannotStore,
    found: "It is full: free it",
    next: undefined,
  });
});

Deno.test("a check that does not end fails when its time is over", async () => {
  const time = new AbortController();
  const performing = perform(check(() => new Promise(() => {})), time.signal);
  time.abort(new DOMException("", "TimeoutError"));
  assertEquals((await performing).verdict, "failed");
});
