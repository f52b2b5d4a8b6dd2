import { assertEquals } from "@std/assert";
import { MAX_TYPED_LINES, openTypedHistory, TYPED_FILE } from "../../../src/cli/joining/typed_lines.ts";

const warn = (line: string) => {
  throw new Error(line);
};

async function inFolder(body: (folder: string, path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "confab-typed-" });
  try {
    body(`${folder}/state`, `${folder}/state/${TYPED_FILE}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("typed lines are restored at the next start with line breaks, from a private file", () =>
  inFolder((folder, path) => {
    const [one, other] = [openTypedHistory(folder, warn)!, openTypedHistory(folder, warn)!];
    assertEquals(one.lines, []);
    one.add("one\nin two lines");
    other.add("two 😀");
    one.add("three");
    assertEquals(openTypedHistory(folder, warn)!.lines, ["one\nin two lines", "two 😀", "three"]);
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  }));

Deno.test("the newest 500 lines are restored, and a long file is reduced to them", () =>
  inFolder((folder, path) => {
    const typed = openTypedHistory(folder, warn)!;
    for (let line = 0; line <= 2 * MAX_TYPED_LINES; line++) typed.add(`line ${line}`);
    const { lines } = openTypedHistory(folder, warn)!;
    assertEquals([lines.length, lines[0], lines.at(-1)], [500, "line 501", "line 1000"]);
    assertEquals(Deno.readTextFileSync(path).trimEnd().split("\n").length, MAX_TYPED_LINES);
  }));

Deno.test("damaged lines and lines too long to send are skipped", () =>
  inFolder((folder, path) => {
    const typed = openTypedHistory(folder, warn)!;
    typed.add("one");
    Deno.writeTextFileSync(path, '"half a li', { append: true });
    Deno.writeTextFileSync(path, '\n7\n{"a":1}\n', { append: true });
    typed.add("x".repeat(10_000));
    typed.add("two");
    assertEquals(openTypedHistory(folder, warn)!.lines, ["one", "two"]);
  }));

Deno.test("a file that is too large to read is replaced", () =>
  inFolder((folder, path) => {
    openTypedHistory(folder, warn)!.add("one");
    Deno.truncateSync(path, 16 * 1024 * 1024 + 1);
    const typed = openTypedHistory(folder, warn)!;
    assertEquals(typed.lines, []);
    typed.add("two");
    assertEquals(openTypedHistory(folder, warn)!.lines, ["two"]);
  }));

Deno.test("an unusable folder is reported in one line", async () => {
  const path = await Deno.makeTempFile();
  const told: string[] = [];
  assertEquals(openTypedHistory(path, (line) => told.push(line)), undefined);
  assertEquals(told.length, 1);
  await Deno.remove(path);
});
