import { assertEquals, assertThrows } from "@std/assert";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { LogFile } from "../../../src/cli/log/log_file.ts";
import { openLog, planLog } from "../../../src/cli/log/log_options.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const WINDOWS = Deno.build.os === "windows";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test({
  name: "a log that was renamed continues in a new file once it is opened again",
  // Windows does not rename a file that is open.
  ignore: WINDOWS,
  async fn() {
    using folder = temporaryFolder();
    const path = `${folder.path}/log`;
    using file = new LogFile(path);
    await file.write(bytes("one\n"));
    Deno.renameSync(path, `${path}.1`);
    await file.write(bytes("two\n"));
    file.reopen();
    await file.write(bytes("three\n"));
    const writing = file.write(bytes("four\n"));
    Deno.renameSync(path, `${path}.2`);
    file.reopen();
    await writing;
    await file.write(bytes("five\n"));
    const texts = ["log.1", "log.2", "log"].map((name) => Deno.readTextFileSync(`${folder.path}/${name}`));
    assertEquals(texts, ["one\ntwo\n", "three\nfour\n", "five\n"]);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  },
});

Deno.test("opening the same file again appends to it", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/log`;
  using file = new LogFile(path);
  await file.write(bytes("one\n"));
  file.reopen();
  await file.write(bytes("two\n"));
  assertEquals(Deno.readTextFileSync(path), "one\ntwo\n");
});

Deno.test("a log file that cannot be opened is a failure", () => {
  using folder = temporaryFolder();
  const failure = assertThrows(() => new LogFile(`${folder.path}/none/log`), Failure, "choose another with --log-file");
  assertEquals(failure.code, EXIT.cannotStore);
});

Deno.test({
  name: "a path that cannot be opened again leaves the log in the earlier file, with the reason",
  ignore: WINDOWS,
  async fn() {
    using folder = temporaryFolder();
    const path = `${folder.path}/log`;
    {
      await using open = await openLog(planLog(readArguments(["--log-file", path], SERVE, () => undefined)));
      open.log("info", "announced", { title: "one" });
      Deno.renameSync(path, `${path}.1`);
      Deno.mkdirSync(path);
      open.reopen();
      open.log("info", "announced", { title: "two" });
    }
    const lines = Deno.readTextFileSync(`${path}.1`).trim().split("\n").map((line) =>
      line.slice("2026-01-01 00:00:00 ".length)
    );
    assertEquals(lines, [
      "announced title=one",
      `warn: log file not reopened path=${path} error="it is a folder, not a file"`,
      "announced title=two",
    ]);
  },
});
