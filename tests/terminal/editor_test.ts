import { assert, assertEquals } from "@std/assert";
import { complete, type Known } from "../../src/terminal/completion.ts";
import {
  accept,
  edit,
  type Editor,
  type EditorAction,
  emptyEditor,
  MAX_INPUT_CHARS,
} from "../../src/terminal/editor.ts";
import type { Key } from "../../src/terminal/keys.ts";
import { boundary } from "../../src/terminal/motion.ts";

const KNOWN: Known = { names: ["bob", "Bea", "ada"], rooms: ["lobby", "dev", "design"], joinedRooms: ["lobby", "dev"] };

/** Keys by their names; anything in quotes, and any other word with a blank or none of the names' letters, is typed. */
function run(keys: readonly string[], start: Editor = emptyEditor) {
  let editor = start;
  const actions: EditorAction[] = [];
  for (const name of keys) {
    const key: Key = name.startsWith("'") ? { type: "text", text: name.slice(1) } : { type: "press", key: name };
    const step = edit(editor, key, (text, cursor) => complete(text, cursor, KNOWN));
    editor = step.editor;
    if (step.action !== undefined) actions.push(step.action);
  }
  return { editor, actions, shown: `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}` };
}

const shows = (keys: string[], expected: string) => assertEquals(run(keys).shown, expected, keys.join(" "));

Deno.test("editor: moves by grapheme, word and line", () => {
  shows(["'hello", "left", "left"], "hel|lo");
  shows(["'hello", "C-a", "right", "C-f"], "he|llo");
  shows(["'a👩‍👩‍👧b", "left", "left"], "a|👩‍👩‍👧b");
  shows(["'e\u0301x", "C-a", "right"], "e\u0301|x");
  shows(["'one two-three", "M-b"], "one two-|three");
  shows(["'one two-three", "M-b", "M-b", "C-left"], "|one two-three");
  shows(["'one two", "home", "M-f"], "one| two");
  shows(["'one two", "home", "C-right", "C-right"], "one two|");
  shows(["'one", "M-enter", "'two", "C-a"], "one\n|two");
  shows(["'one", "M-enter", "'two", "C-a", "left", "C-a", "C-e"], "one|\ntwo");
});

Deno.test("editor: deletes by grapheme, and Ctrl-D on text is Delete", () => {
  shows(["'a👍🏽", "backspace"], "a|");
  shows(["'ab", "C-a", "delete"], "|b");
  shows(["'ab", "C-a", "C-d"], "|b");
  shows(["'ab", "C-d"], "ab|");
  shows(["backspace", "delete"], "|");
});

Deno.test("editor: kills add up and come back with Ctrl-Y", () => {
  shows(["'one two three", "C-w", "C-w"], "one |");
  shows(["'one two three", "C-w", "C-w", "C-y"], "one two three|");
  shows(["'a.b c.d", "C-w"], "a.b |");
  shows(["'a.b c.d", "M-backspace"], "a.b c.|");
  shows(["'one two", "C-a", "M-d"], "| two");
  shows(["'one two", "C-a", "M-d", "M-d", "C-y"], "one two|");
  shows(["'one two", "M-b", "C-k", "C-a", "C-y"], "two|one ");
  shows(["'one two", "M-b", "C-u"], "|two");
  shows(["'one", "M-enter", "'two", "up", "C-k"], "one|two");
  shows(["'one", "C-u", "'x", "left", "C-u", "C-y"], "one|x");
});

Deno.test("editor: Up and Down go through what was sent and keep the draft", () => {
  const sent = accept(run(["'second"], accept(run(["'first"]).editor)).editor);
  assertEquals(run(["'draft", "up"], sent).shown, "second|");
  assertEquals(run(["'draft", "up", "up", "up"], sent).shown, "first|");
  assertEquals(run(["'draft", "up", "up", "down", "down"], sent).shown, "draft|");
  assertEquals(run(["'draft", "up", "down", "down"], sent).shown, "draft|");
  assertEquals(accept(run(["'second"], sent).editor).history, ["first", "second"]);
});

Deno.test("editor: Up and Down go through the lines of a message first", () => {
  const sent = accept(run(["'before"]).editor);
  const lines = ["'long line", "M-enter", "'ab", "M-enter", "'third"];
  assertEquals(run([...lines, "up"], sent).shown, "long line\nab|\nthird");
  assertEquals(run([...lines, "up", "up"], sent).shown, "lo|ng line\nab\nthird");
  assertEquals(run([...lines, "up", "up", "up"], sent).shown, "before|");
  assertEquals(run([...lines, "up", "up", "up", "down"], sent).shown, "long line\nab\nthird|");
});

Deno.test("editor: says what Enter, Ctrl-C, Ctrl-D and Ctrl-L ask for", () => {
  assertEquals(run(["'x", "enter"]).actions, ["submit"]);
  assertEquals(run(["'x", "enter"]).shown, "x|");
  assertEquals(run(["'x", "C-c", "C-c"]).actions, ["cancel", "interrupt"]);
  assertEquals(run(["'x", "C-c", "up"]).shown, "x|");
  assertEquals(run(["C-d", "C-l"]).actions, ["quit", "clear"]);
});

Deno.test("editor: Tab completes names, rooms, commands and their arguments, and cycles", () => {
  shows(["'b", "tab"], "bob: |");
  shows(["'b", "tab", "tab"], "Bea: |");
  shows(["'b", "tab", "tab", "tab"], "bob: |");
  shows(["'b", "S-tab"], "Bea: |");
  shows(["'hi b", "tab"], "hi bob |");
  shows(["'hi @a", "tab"], "hi @ada |");
  shows(["tab"], "bob: |");
  shows(["'see #de", "tab", "tab"], "see #design |");
  shows(["'/jo", "tab"], "/join |");
  shows(["'/join de", "tab"], "/join #dev |");
  shows(["'/room de", "tab", "tab"], "/room #dev |");
  shows(["'/msg be", "tab"], "/msg Bea |");
  shows(["'/msg bob a", "tab"], "/msg bob ada |");
  shows(["'/help to", "tab"], "/help topic|");
  shows(["'/quit b", "tab"], "/quit b|");
  shows(["'nobody", "tab"], "nobody|");
  shows(["'b there", "C-a", "right", "tab", "'!"], "bob: !| there");
});

Deno.test("editor: a paste is text, whatever it holds", () => {
  const paste: Key = { type: "paste", text: "one\r\ntwo\x03\x1b[31m\tthree\x9b" };
  const { editor } = edit(emptyEditor, paste, (_, cursor) => ({ start: cursor, candidates: [] }));
  assertEquals(editor.text, "one\ntwo[31m\tthree");
});

Deno.test("editor: takes no more than its limit and says so", () => {
  const paste: Key = { type: "paste", text: "x".repeat(MAX_INPUT_CHARS + 5) };
  const step = edit(emptyEditor, paste, (_, cursor) => ({ start: cursor, candidates: [] }));
  assertEquals(step.editor.text.length, MAX_INPUT_CHARS);
  assertEquals(step.action, "full");
});

Deno.test("editor: whatever is pressed, the cursor stands between two graphemes and the draft survives", () => {
  const keys = [
    ..."left right up down home end C-a C-e C-b C-f C-w C-u C-k C-y M-b M-f M-d M-backspace backspace delete".split(
      " ",
    ),
    ..."M-enter tab S-tab C-d C-c C-left C-right C-p C-n enter escape".split(" "),
    ..."'a 'b 'é '\u0301 '漢 '👩‍👩‍👧 '\u200d '🇩 '🇪 '# '/join '@ '_".split(" "),
    "' ",
  ];
  let seed = 12345;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  let { editor } = run([]);
  for (let step = 0; step < 5000; step++) {
    const key = keys[random(keys.length)]!;
    const next = run([key], editor);
    editor = next.actions.includes("submit") ? accept(next.editor) : next.editor;
    const { text, cursor } = editor;
    assert(cursor >= 0 && cursor <= text.length, `${step} ${key}`);
    assertEquals(boundary(text, cursor), cursor, `${step} ${key} ${JSON.stringify(text)}`);
    assert(editor.place <= editor.history.length);
    assert(text.isWellFormed());
  }
});
