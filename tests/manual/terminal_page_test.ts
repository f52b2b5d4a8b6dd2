import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { renderForTerminal, type TerminalPageOptions } from "../../src/manual/terminal_page.ts";
import { readTopic, TOPICS } from "../../src/manual/topics.ts";
import { textWidth } from "../../src/terminal/screen/text_width.ts";

const PLAIN: TerminalPageOptions = { width: 40, color: false, measure: textWidth, helpCommand: "confab help" };

function render(markdown: string, options: Partial<TerminalPageOptions> = {}): string[] {
  return renderForTerminal(markdown, { ...PLAIN, ...options });
}

for (const { name } of TOPICS) {
  Deno.test(`the page ${name} fits 40, 60 and 120 columns, with colours and without`, async () => {
    const markdown = await readTopic(name);
    for (const width of [40, 60, 120]) {
      const plain = render(markdown, { width, topic: name });
      assert(plain.length > 5);
      assertEquals(plain.filter((line) => textWidth(line) > width), []);
      for (const line of plain) assertNotMatch(line, /\p{Cc}|<!--|\s$/u);
      const colored = render(markdown, { width, topic: name, color: true });
      assertEquals(colored.filter((line) => textWidth(stripVTControlCharacters(line)) > width), []);
      assertStringIncludes(colored[0]!, "\x1b[1");
    }
  });
}

Deno.test("headings are bold, or underlined without colours", () => {
  assertEquals(render("# One `x`\n\n## Two\n\n### Three"), [
    "One `x`",
    "=======",
    "",
    "Two",
    "---",
    "",
    "Three",
    "~~~~~",
  ]);
  assertEquals(render("## Two words", { color: true }), ["\x1b[1mTwo words\x1b[0m"]);
});

Deno.test("paragraphs wrap at spaces, and words that are too long are split", () => {
  assertEquals(render("One two\nthree **four** five six.", { width: 12 }), ["One two", "three four", "five six."]);
  assertEquals(render("a 你好你好你好 b", { width: 7 }), ["a", "你好你", "好你好", "b"]);
  assertEquals(render("line  \nbreak"), ["line", "break"]);
});

Deno.test("emphasis and code keep their style over a line break, and code has backquotes without colours", () => {
  assertEquals(render("run `a b` and *c d*.", { width: 8 }), ["run `a", "b` and c", "d."]);
  assertEquals(render("`a b` *c*.", { color: true, width: 3 }), [
    "\x1b[36ma b\x1b[0m",
    "\x1b[3mc\x1b[0m.",
  ]);
});

Deno.test("lists are indented, numbered from their start, and nested", () => {
  assertEquals(render("- one two three\n  - four\n- five", { width: 10 }), [
    "- one two",
    "  three",
    "  - four",
    "- five",
  ]);
  assertEquals(render("9. a\n10. b"), ["9.  a", "10. b"]);
  assertEquals(render("1. a\n\n   b\n\n2. c"), ["1. a", "", "   b", "", "2. c"]);
});

Deno.test("code is indented, keeps its blanks, and is cut where it is too wide", () => {
  assertEquals(render("```sh\na  b\n\n123456789\n```", { width: 10 }), ["    a  b", "", "    123456", "    789"]);
});

Deno.test("links name the command or the address that leads there, unless the text says it", () => {
  const cases = [
    ["[Hosting](hosting.md#tls) x", "Hosting (confab help hosting) x"],
    ["[below](#below)", "below"],
    ["[same](guide.md#join)", "same"],
    ["[Deno](https://deno.com)", "Deno (https://deno.com)"],
    ["<https://deno.com>", "https://deno.com"],
    ["[source](../../README.md)", "source"],
    ["![a picture](x.png)", "[a picture]"],
  ];
  for (const [markdown, text] of cases) assertEquals(render(markdown!, { topic: "guide" }), [text]);
});

Deno.test("comments and tags are not shown, and character references are characters", () => {
  assertEquals(render("<!-- generated -->\n\na <b>b</b> &lt;c&gt; &amp; d<br>e"), ["a b <c> & d", "e"]);
});

const TABLE = "| Command | What it does |\n| --- | --- |\n| `/a \\| b` | Does one thing and another |\n| `/c` | |";

Deno.test("a table has columns as wide as they need, and wraps cells that do not fit", () => {
  assertEquals(render(TABLE), [
    "Command   What it does",
    "────────  ──────────────────────────",
    "`/a | b`  Does one thing and another",
    "`/c`",
  ]);
  assertEquals(render(TABLE, { width: 30 }), [
    "Command   What it does",
    "────────  ────────────────────",
    "`/a | b`  Does one thing and",
    "          another",
    "`/c`",
  ]);
});

Deno.test("a table that is too wide becomes a block of keys and values for each row, without empty cells", () => {
  assertEquals(render(TABLE, { width: 20 }), [
    "Command: `/a | b`",
    "What it does: Does",
    "  one thing and",
    "  another",
    "",
    "Command: `/c`",
  ]);
});
