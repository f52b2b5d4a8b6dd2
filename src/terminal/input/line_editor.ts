/** What a key does to the line that is being typed. Pure: state and key give a state, and an action where the key asks for one. */

import { ACTIONS } from "./editor_actions.ts";
import type { Completer } from "./completion.ts";
import {
  cleaned,
  type Editor,
  type EditorStep,
  insert,
  keep,
  type PasteQuestion,
  replace,
  rest,
} from "./editor_state.ts";
import { BINDINGS, type Bindings } from "./key_table.ts";
import type { Key } from "./key_decoder.ts";
import { isSearching } from "./input_history.ts";

export { accept } from "./editor_actions.ts";
export {
  type Editor,
  type EditorAction,
  type EditorStep as Step,
  emptyEditor,
  MAX_INPUT_CHARS,
} from "./editor_state.ts";

/** What is pasted with more lines than this is asked about first. */
export const UNASKED_PASTE_LINES = 5;

export function editLine(editor: Editor, key: Key, complete: Completer, bindings: Bindings = BINDINGS): EditorStep {
  const { mode } = editor;
  if (mode === undefined) return perform(editor, key, complete, bindings);
  const step = mode.type === "search" ? isSearching(editor, mode, key) : answer(editor, mode, key);
  if (step !== undefined) return step;
  return perform(mode.type === "search" ? over(editor) : pasted(editor, mode).editor, key, complete, bindings);
}

function perform(editor: Editor, key: Key, complete: Completer, bindings: Bindings): EditorStep {
  switch (key.type) {
    case "text":
      return type(editor, key.text);
    case "paste":
      return paste(editor, key.text);
    case "press":
      return press(editor, key.key, complete, bindings);
    default:
      return unknown(key);
  }
}

/** What was written elsewhere in place of the line. */
export function rewrite(editor: Editor, text: string): EditorStep {
  return replace(editor, 0, editor.text.length, text);
}

function type(editor: Editor, text: string): EditorStep {
  // Words are undone one by one.
  const goesOn = editor.last?.type === "typing" && !/^\s/.test(text);
  return insert(goesOn ? editor : rest(editor), text, { type: "typing" });
}

function paste(editor: Editor, text: string): EditorStep {
  const clean = cleaned(text);
  const question: PasteQuestion = { type: "paste", text: clean };
  return linesOf(clean) > UNASKED_PASTE_LINES
    ? { editor: { ...rest(editor), mode: question } }
    : insert(rest(editor), clean);
}

/** A line break at the end is the end of the last line. */
export function linesOf(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/** Undefined where the key is no answer: whoever goes on typing has taken what was pasted. */
function answer(editor: Editor, question: PasteQuestion, key: Key): EditorStep | undefined {
  const word = key.type === "press" ? key.key : key.type === "text" ? key.text.toLowerCase() : "";
  if (["y", "enter"].includes(word)) return pasted(editor, question);
  // Ctrl-Y brings it back.
  if (["n", "escape", "C-c", "C-g"].includes(word)) return { editor: keep(over(editor), question.text) };
  return undefined;
}

function pasted(editor: Editor, { text }: PasteQuestion): EditorStep {
  return insert(over(editor), text);
}

function over(editor: Editor): Editor {
  return { ...editor, mode: undefined };
}

function press(editor: Editor, key: string, complete: Completer, bindings: Bindings): EditorStep {
  const { last } = editor;
  if (last?.type === "prefix") return run(rest(editor), `C-x ${key}`, complete, bindings);
  if (last?.type === "cycle" && (key === "escape" || key === "C-g")) {
    return { editor: { ...editor, ...last.before, undos: editor.undos.slice(0, -1), last: undefined } };
  }
  if (key === "C-x") return { editor: { ...editor, last: { type: "prefix" } } };
  return run(editor, key, complete, bindings);
}

function run(editor: Editor, key: string, complete: Completer, bindings: Bindings): EditorStep {
  const name = bindings.get(key);
  return name === undefined ? { editor: rest(editor) } : ACTIONS[name](editor, complete);
}

function unknown(key: never): never {
  throw new Error(`Cannot edit with ${JSON.stringify(key)}`);
}
