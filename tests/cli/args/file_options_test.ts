import { assertEquals, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { Failure } from "../../../src/cli/args/exit_codes.ts";
import { parseFileAge, parseFiles } from "../../../src/cli/args/file_options.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";

const MB = 1024 ** 2;

function files(words: readonly string[], dataFolder: string | undefined = "/data") {
  return parseFiles(readArguments(words, SERVE, () => undefined), dataFolder);
}

Deno.test("files are in the data folder, and without one only where --files says so", () => {
  const defaults = { maxFileBytes: 100 * MB, totalBytes: undefined, bytesPerMemberAndDay: 1024 * MB };
  assertEquals(files([]), { folder: "/data/files", ...defaults });
  assertEquals(files(["--files", "/big"]), { folder: "/big", ...defaults });
  assertEquals(parseFiles(readArguments(["--memory"], SERVE, () => undefined), undefined), undefined);
  assertEquals(parseFiles(readArguments(["--files", "/big"], SERVE, () => undefined), undefined)?.folder, "/big");
});

Deno.test("sizes have a unit, and 0 switches files off", () => {
  const sizes = files(["--max-file", "1.5GB", "--files-total", "2 tb"])!;
  assertEquals([sizes.maxFileBytes, sizes.totalBytes], [1_536 * MB, 2 * 1024 ** 4]);
  assertEquals(sizes.bytesPerMemberAndDay, 1_536 * MB);
  assertEquals([files(["--max-file", "0"]), files(["--files-total", "0"])], [undefined, undefined]);
  for (const text of ["100", "1e9", "MB", "1PB", "12345678901GB"]) {
    assertThrows(() => files(["--max-file", text]), Failure, "--max-file", text);
  }
});

Deno.test("--files-keep is an age", () => {
  const age = (...words: string[]) => parseFileAge(readArguments(words, SERVE, () => undefined));
  assertEquals([age(), age("--files-keep", "30d")], [undefined, 30 * 24 * 60 * 60 * 1_000]);
  assertThrows(() => age("--files-keep", "100"), Failure, "--files-keep");
});
