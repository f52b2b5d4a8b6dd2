import { assert, assertEquals, assertMatch } from "@std/assert";
import { complete, type CompletionWords } from "../../../src/terminal/input/completion.ts";
import {
  accept,
  editLine,
  type Editor,
  type EditorAction,
  emptyEditor,
  MAX_INPUT_CHARS,
} from "../../../src/terminal/input/line_editor.ts";
import type { Key } from "../../../src/terminal/input/key_decoder.ts";
import { hintsOf } from "../../../src/terminal/input/input_hints.ts";
import { boundary } from "../../../src/terminal/input/cursor_motion.ts";
import { textWidth } from "../../../src/terminal/screen/text_width.ts";

const KNOWN: CompletionWords = {
  names: ["bob", "Bea", "ada"],
  rooms: ["lobby", "dev", "design"],
  joinedRooms: ["lobby", "dev"],
};

/** Keys by their names. Quoted text, and any word that is not the name of a key, is typed. */
function run(keys: readonly string[], start: Editor = emptyEditor) {
  let editor = start;
  const actions: EditorAction[] = [];
  for (const name of keys) {
    const key: Key = name.startsWith("'") ? { type: "text", text: name.slice(1) } : { type: "press", key: name };
    const step = editLine(editor, key, (text, cursor) => complete(text, cursor, KNOWN));
    editor = step.editor;
    if (step.action !== undefined) actions.push(step.action);
  }
  return { editor, actions, shown: `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}` };
}

const shows = (keys: string[], expected: string) => assertEquals(run(keys).shown, expected, keys.join(" "));

Deno.test("editor: the cursor moves by grapheme, word and line", () => {
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

Deno.test("editor: deletion works by grapheme, and Ctrl-D on text is Delete", () => {
  shows(["'a👍🏽", "backspace"], "a|");
  shows(["'ab", "C-a", "delete"], "|b");
  shows(["'ab", "C-a", "C-d"], "|b");
  shows(["'ab", "C-d"], "ab|");
  shows(["backspace", "delete"], "|");
});

Deno.test("editor: consecutive kills are joined, and Ctrl-Y inserts them", () => {
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

Deno.test("editor: Alt-Y cycles through older kills", () => {
  const killed = ["'one", "C-u", "'two", "C-u", "'three", "C-u"];
  shows([...killed, "C-y"], "three|");
  shows([...killed, "C-y", "M-y"], "two|");
  shows([...killed, "'<>", "left", "C-y", "M-y", "M-y"], "<one|>");
  shows([...killed, "C-y", "M-y", "M-y", "M-y"], "three|");
  shows([...killed, "C-y", "left", "M-y"], "thre|e");
  shows(["M-y", "C-y"], "|");
});

Deno.test("editor: changes are undone word by word, and redone", () => {
  const typed = ["'one", "' ", "'t", "'w", "'o", "' three"];
  shows([...typed, "C-_"], "one two|");
  shows([...typed, "C-_", "C-_"], "one|");
  shows([...typed, "C-x", "C-u", "C-x", "C-u", "C-_"], "|");
  shows([...typed, "C-_", "C-_", "C-_", "C-_"], "|");
  shows([...typed, "C-_", "C-_", "M-_"], "one two|");
  shows([...typed, "C-_", "M-_", "M-_"], "one two three|");
  shows(["'one two", "C-w", "C-_"], "one two|");
  shows(["'one two", "C-u", "'x", "C-_", "C-_"], "one two|");
  shows(["'one", "C-a", "C-k", "C-y", "C-_", "C-_"], "|one");
});

Deno.test("editor: characters are swapped, and words change case", () => {
  shows(["'ab", "C-t"], "ba|");
  shows(["'abc", "left", "C-t"], "acb|");
  shows(["'a", "C-t"], "a|");
  shows(["'one two", "C-a", "M-u", "M-c"], "ONE Two|");
  shows(["'ONE", "C-a", "M-l"], "one|");
  shows(["'one", "M-enter", "'two", "C-home", "'x", "C-end", "'y"], "xone\ntwoy|");
});

Deno.test("editor: Ctrl-R finds sent lines, older ones with each press, and cancelling restores the line", () => {
  const sent = ["tea at four", "coffee", "tea at five", "lunch"].reduce(
    (editor, line) => accept(run([`'${line}`], editor).editor),
    emptyEditor,
  );
  const found = (keys: string[], expected: string) => assertEquals(run(keys, sent).shown, expected, keys.join(" "));
  found(["C-r", "'tea"], "|tea at five");
  found(["C-r", "'tea", "C-r"], "|tea at four");
  found(["C-r", "'tea", "C-r", "C-s"], "|tea at five");
  found(["C-r", "'t", "'e", "'a", "' at fo"], "|tea at four");
  found(["C-r", "'FOUR", "escape"], "tea at |four");
  found(["C-r", "'tea", "C-r", "C-r"], "|tea at four");
  found(["C-r", "'tea", "C-e", "'!"], "tea at five!|");
  found(["'draft", "C-r", "'tea", "C-g"], "draft|");
  found(["'draft", "C-r", "'tea", "escape", "down", "down"], "draft|");
  found(["'draft", "C-r", "'nothing"], "draft|");
  found(["'draft", "C-r", "'coffeex", "backspace"], "|coffee");
  assertEquals(run(["C-r", "'coffee", "enter"], sent).actions, ["submit"]);
  assertEquals(run(["C-r", "'coffeex", "enter"], sent).actions, []);
});

Deno.test("editor: Up and Down recall sent lines and keep the draft", () => {
  const sent = accept(run(["'second"], accept(run(["'first"]).editor)).editor);
  assertEquals(run(["'draft", "up"], sent).shown, "second|");
  assertEquals(run(["'draft", "up", "up", "up"], sent).shown, "first|");
  assertEquals(run(["'draft", "up", "up", "down", "down"], sent).shown, "draft|");
  assertEquals(run(["'draft", "up", "down", "down"], sent).shown, "draft|");
  assertEquals(accept(run(["'second"], sent).editor).history, ["first", "second"]);
  assertEquals(run(["'draft", "M-<"], sent).shown, "first|");
  assertEquals(run(["'draft", "M-<", "M->"], sent).shown, "draft|");
});

Deno.test("editor: edits of a recalled line are kept, and a draft left for it enters the history", () => {
  const sent = accept(run(["'second"], accept(run(["'first"]).editor)).editor);
  assertEquals(run(["'draft", "up", "'!", "up", "'?", "down"], sent).shown, "second!|");
  assertEquals(run(["'draft", "up", "'!", "up", "'?", "down", "down", "up", "up"], sent).shown, "first?|");
  const next = accept(run(["'draft", "up", "up"], sent).editor);
  assertEquals(next.history, ["first", "second", "draft", "first"]);
  assertEquals(run(["up"], next).shown, "first|");
});

Deno.test("editor: lines with passwords never enter the history, whether sent, cancelled or left", () => {
  assertEquals(accept(run(["'/login ada hunter22"]).editor).history, []);
  assertEquals(run(["' /register x", "C-c"]).editor.history, []);
  const sent = accept(run(["'hi"]).editor);
  assertEquals(accept(run(["'/login ada hunter22", "up"], sent).editor).history, ["hi"]);
});

Deno.test("editor: Up and Down move through the lines of a message before the history", () => {
  const sent = accept(run(["'before"]).editor);
  const lines = ["'long line", "M-enter", "'ab", "M-enter", "'third"];
  assertEquals(run([...lines, "up"], sent).shown, "long line\nab|\nthird");
  assertEquals(run([...lines, "up", "up"], sent).shown, "lo|ng line\nab\nthird");
  assertEquals(run([...lines, "up", "up", "up"], sent).shown, "before|");
  assertEquals(run([...lines, "up", "up", "up", "down"], sent).shown, "long line\nab\nthird|");
});

Deno.test("editor: Enter, Ctrl-C, Ctrl-D and Ctrl-L return their actions", () => {
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
  shows(["'b there", "C-a", "right", "tab", "tab", "escape"], "b| there");
  shows(["'b", "tab", "tab", "C-_"], "b|");
});

Deno.test("editor: Tab completes emoji by their names", () => {
  shows(["'so :thumbsu", "tab"], "so 👍|");
  shows(["':tada:", "tab"], "🎉|");
  shows(["':smil", "tab"], "😄|");
  shows(["':smil", "tab", "tab"], "😃|");
  shows(["':nosuchemoji", "tab"], ":nosuchemoji|");
  shows(["'/me :wave:", "tab"], "/me 👋|");
  shows(["'10:30", "tab"], "10:30|");
});

Deno.test("editor: the hint lists candidates page by page, with the current one in brackets", () => {
  const hints = (keys: string[], columns = 60) => hintsOf(run(keys).editor, columns);
  assertEquals(hints(["'b", "tab"]), ["[bob:] Bea: "]);
  assertEquals(hints(["'b", "tab", "tab"]), [" bob: [Bea:]"]);
  assertEquals(hints(["'b", "tab", "tab", "'x"]), []);
  assertEquals(hints(["'a", "tab"]), []);
  const names = ["'/", "tab"];
  assertMatch(hints(names)[0]!, /^\[\/help\] \/join .* … \d+ more$/);
  assert(hints(names).every((row) => textWidth(row) <= 60));
  const last = hints(["'/", "S-tab"])[0]!;
  assertMatch(last, /\[\/ping\] … \d+ more$/);
});

Deno.test("editor: a paste of more than five lines needs confirmation, and no answer loses it", () => {
  const paste = (text: string): Editor => {
    const { editor } = run(["'say: "]);
    return editLine(editor, { type: "paste", text }, () => ({ start: 0, candidates: [] })).editor;
  };
  const six = "1\n2\n3\n4\n5\n6";
  assertEquals(paste("1\n2\n3\n4\n5\n").text, "say: 1\n2\n3\n4\n5\n");
  const asked = paste(six);
  assertEquals(asked.text, "say: ");
  assertMatch(hintsOf(asked, 200)[0]!, /^Paste 6 lines\?/);
  for (const yes of ["enter", "'y"]) assertEquals(run([yes], asked).shown, `say: ${six}|`);
  assertEquals(run(["enter"], asked).actions, []);
  for (const no of ["escape", "'n", "C-c", "C-g"]) {
    assertEquals(run([no], asked).shown, "say: |");
    assertEquals(run([no, "C-y"], asked).shown, `say: ${six}|`);
  }
  assertEquals(run(["'and more"], asked).shown, `say: ${six}and more|`);
  assertEquals(run(["enter", "C-_"], asked).shown, "say: |");
});

Deno.test("editor: a paste is inserted as text, even if it contains control characters", () => {
  const paste: Key = { type: "paste", text: "one\r\ntwo\x03\x1b[31m\tthree\x9b" };
  const { editor } = editLine(emptyEditor, paste, (_, cursor) => ({ start: cursor, candidates: [] }));
  assertEquals(editor.text, "one\ntwo[31m\tthree");
});

Deno.test("editor: input beyond the limit is dropped, with the action full", () => {
  const paste: Key = { type: "paste", text: "x".repeat(MAX_INPUT_CHARS + 5) };
  const step = editLine(emptyEditor, paste, (_, cursor) => ({ start: cursor, candidates: [] }));
  assertEquals(step.editor.text.length, MAX_INPUT_CHARS);
  assertEquals(step.action, "full");
});

Deno.test("editor: after any keys the cursor is between two graphemes and the draft survives", () => {
  const keys = [
    ..."left right up down home end C-a C-e C-b C-f C-w C-u C-k C-y M-b M-f M-d M-backspace backspace delete".split(
      " ",
    ),
    ..."M-enter tab S-tab C-d C-c C-left C-right C-p C-n enter escape C-r C-s C-g M-y C-_ M-_ C-t M-u M-c C-x M-<"
      .split(" "),
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
