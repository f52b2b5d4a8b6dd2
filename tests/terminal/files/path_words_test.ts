import { assertEquals } from "@std/assert";
import { droppedPaths, pathWords, quotePath, splitSend } from "../../../src/terminal/files/path_words.ts";

const UNIX = { windows: false };
const WINDOWS = { windows: true };
const paths = (text: string, syntax = UNIX) => pathWords(text, syntax).map(({ path }) => path);

Deno.test("words of paths are split, unquoted and unescaped as the shell of the system does", () => {
  assertEquals(paths("a.txt  /b/c.txt"), ["a.txt", "/b/c.txt"]);
  assertEquals(paths(`'my file' "o\\"k" it\\'s\\ me "a\\b" '\\x'`), ["my file", 'o"k', "it's me", "a\\b", "\\x"]);
  assertEquals(paths(`/a/'b c'/d "" x`), ["/a/b c/d", "", "x"]);
  assertEquals(paths(`"open to the end`), ["open to the end"]);
  assertEquals(paths("end\\"), ["end\\"]);
  assertEquals(paths(`C:\\a\\b.txt "C:\\a b\\c.txt" it's`, WINDOWS), ["C:\\a\\b.txt", "C:\\a b\\c.txt", "it's"]);
});

Deno.test("a quoted path is read back unchanged, on each system", () => {
  for (const path of ["a", "my file", `q"u'o\\te`, "$HOME `x`", "ünï cödé", "a\tb"]) {
    assertEquals(paths(`${quotePath(path, UNIX)} x`), [path, "x"]);
  }
  for (const path of ["C:\\a", "C:\\a b\\c", "it's"]) assertEquals(paths(quotePath(path, WINDOWS), WINDOWS), [path]);
  assertEquals(quotePath("my folder/", UNIX, true), '"my folder/');
  assertEquals(quotePath("folder/", UNIX, true), "folder/");
});

Deno.test("a send takes a path, further words that look like paths of files, and the rest as its text", () => {
  const files = new Set(["a.txt", "b.txt", "my file", "notes", "/c", "it.is"]);
  const split = (argument: string) => splitSend(argument, UNIX, (path) => files.has(path));
  assertEquals(split(""), undefined);
  assertEquals(split("a.txt"), { paths: ["a.txt"], text: "" });
  assertEquals(split("missing.txt hello"), { paths: ["missing.txt"], text: "hello" });
  assertEquals(split("a.txt b.txt /c 'my file'  look  at it.is"), {
    paths: ["a.txt", "b.txt", "/c", "my file"],
    text: "look  at it.is",
  });
  assertEquals(split("a.txt notes from today"), { paths: ["a.txt"], text: "notes from today" });
  assertEquals(split("notes 'notes' notes"), { paths: ["notes", "notes"], text: "notes" });
  assertEquals(split("a.txt -- b.txt is next"), { paths: ["a.txt"], text: "b.txt is next" });
  assertEquals(split("a.txt --"), { paths: ["a.txt"], text: "" });
  assertEquals(split('a.txt it\'s "here"\nnow'), { paths: ["a.txt"], text: 'it\'s "here"\nnow' });
});

Deno.test("only a line of full paths of existing files counts as dropped", () => {
  const files = new Set(["/a/b.txt", "/a/my file", "~/c", "a.txt", "file:///a/d%20e", "C:\\x.txt", "\\\\nas\\y"]);
  const dropped = (line: string, syntax = UNIX) => droppedPaths(line, syntax, (path) => files.has(path));
  assertEquals(dropped("/a/b.txt "), ["/a/b.txt"]);
  assertEquals(dropped("'/a/my file'"), ["/a/my file"]);
  assertEquals(dropped("/a/my\\ file"), ["/a/my file"]);
  assertEquals(dropped("/a/my file"), ["/a/my file"]);
  assertEquals(dropped('"/a/my file" ~/c'), ["/a/my file", "~/c"]);
  assertEquals(dropped("file:///a/d%20e"), ["file:///a/d%20e"]);
  for (
    const line of [
      ...["", "a.txt", "/a/missing", "/a/b.txt is it", "look /a/b.txt", "//a/b.txt", "/help", "C:\\x.txt"],
      "/a/b.txt ".repeat(33),
    ]
  ) assertEquals(dropped(line), undefined, line);
  assertEquals(dropped("C:\\x.txt", WINDOWS), ["C:\\x.txt"]);
  assertEquals(dropped("\\\\nas\\y", WINDOWS), ["\\\\nas\\y"]);
});
