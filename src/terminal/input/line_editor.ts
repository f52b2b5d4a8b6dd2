/** The line editor: applies a key to the state of the line, and may return an action for the application. Pure. */

import { accept, ACTIONS } from "./editor_actions.ts";
import type { Completer } from "./completion.ts";
import {
  addKill,
  cleaned,
  type Editor,
  type EditorStep,
  insert,
  type PasteQuestion,
  replace,
  rest,
} from "./editor_state.ts";
import { BINDINGS, type Bindings } from "./key_table.ts";
import type { Key } from "./key_decoder.ts";
import { searchKey } from "./input_history.ts";

export { accept } from "./editor_actions.ts";
export {
  type Editor,
  type EditorAction,
  type EditorStep as Step,
  emptyEditor,
  MAX_INPUT_CHARS,
} from "./editor_state.ts";

/** A paste with more lines than this needs a confirmation. */
export const UNASKED_PASTE_LINES = 5;

export function editLine(editor: Editor, key: Key, complete: Completer, bindings: Bindings = BINDINGS): EditorStep {
  const { mode } = editor;
  if (mode === undefined) return perform(editor, key, complete, bindings);
  const step = mode.type === "search" ? searchKey(editor, mode, key) : answer(editor, mode, key);
  if (step !== undefined) return step;
  return perform(mode.type === "search" ? leaveMode(editor) : pasted(editor, mode).editor, key, complete, bindings);
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

/** Replaces the whole line, for example after an external editor. */
export function rewrite(editor: Editor, text: string): EditorStep {
  return replace(editor, 0, editor.text.length, text);
}

function type(given: Editor, text: string): EditorStep {
  const editor = makeSpace(given, text);
  // Undo works word by word.
  const continues = editor.last?.type === "typing" && !/^\s/.test(text);
  return insert(continues ? editor : rest(editor), text, { type: "typing" });
}

/** A slash command in place of a refused line replaces it. Up brings that line back. */
function makeSpace(editor: Editor, text: string): Editor {
  return editor.last?.type === "refused" && text.startsWith("/") ? accept(editor) : editor;
}

function paste(given: Editor, text: string): EditorStep {
  const clean = cleaned(text);
  const editor = makeSpace(given, clean);
  const question: PasteQuestion = { type: "paste", text: clean };
  return linesOf(clean) > UNASKED_PASTE_LINES
    ? { editor: { ...rest(editor), mode: question } }
    : insert(rest(editor), clean);
}

/** The number of lines; a trailing line break does not begin another line. */
export function linesOf(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/** Handles the answer to a paste question; `undefined` for any other key, which accepts the paste. */
function answer(editor: Editor, question: PasteQuestion, key: Key): EditorStep | undefined {
  const word = key.type === "press" ? key.key : key.type === "text" ? key.text.toLowerCase() : "";
  if (["y", "enter"].includes(word)) return pasted(editor, question);
  // The dropped paste goes to the kill ring, so that Ctrl-Y inserts it.
  if (["n", "escape", "C-c", "C-g"].includes(word)) return { editor: addKill(leaveMode(editor), question.text) };
  return undefined;
}

function pasted(editor: Editor, { text }: PasteQuestion): EditorStep {
  return insert(leaveMode(editor), text);
}

function leaveMode(editor: Editor): Editor {
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
