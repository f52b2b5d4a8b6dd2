/** The actions of the line editor, by the names in `key_table.ts`. Pure. */

import type { Completer } from "./completion.ts";
import {
  change,
  type Editor,
  type EditorAction,
  type EditorStep,
  emptyEditor,
  erase,
  insert,
  kill,
  move,
  replace,
  rest,
  snapshot,
} from "./editor_state.ts";
import type { ActionName } from "./key_table.ts";
import * as motion from "./cursor_motion.ts";
import { newer, newest, older, oldest, remember, searchHistory } from "./input_history.ts";

type Run = (editor: Editor, complete: Completer) => EditorStep;

export const ACTIONS: Readonly<Record<ActionName, Run>> = {
  "submit": (editor) => ask(editor, "submit"),
  "break-line": (editor) => insert(editor, "\n"),
  "cancel": cancel,
  "delete-or-quit": deleteOrQuit,
  "clear": (editor) => ask(editor, "clear"),
  "editor": (editor) => ask(editor, "external"),
  "complete": completing(1),
  "complete-back": completing(-1),
  "left": moving(motion.previous),
  "right": moving(motion.next),
  "word-left": moving(motion.wordBefore),
  "word-right": moving(motion.wordAfter),
  "line-start": moving(motion.lineStart),
  "line-end": moving(motion.lineEnd),
  "text-start": moving(() => 0),
  "text-end": moving((text) => text.length),
  "older": older,
  "newer": newer,
  "oldest": oldest,
  "newest": newest,
  "search": searchHistory,
  "delete-left": deleteLeft,
  "delete-right": deleteRight,
  "cut-blank-word": cutting(motion.blankBefore),
  "cut-word-left": cutting(motion.wordBefore),
  "cut-word-right": cutting(motion.wordAfter),
  "cut-line-start": cutting(motion.lineStart),
  "cut-line-end": cutting(lineEndOrBreak),
  "paste-cut": yank,
  "paste-older-cut": yankPop,
  "swap": swap,
  "upper-case": casing((word) => word.toUpperCase()),
  "lower-case": casing((word) => word.toLowerCase()),
  "capital": casing(capitalized),
  "undo": undo,
  "redo": redo,
};

/** Empties the line. Adds it to the history, after an unsent draft. */
export function accept(editor: Editor): Editor {
  const history = remember(editor);
  return { ...emptyEditor, kills: editor.kills, history, place: history.length };
}

function ask(editor: Editor, action: EditorAction): EditorStep {
  return { editor: rest(editor), action };
}

function cancel(editor: Editor): EditorStep {
  return editor.text === "" ? ask(editor, "interrupt") : { editor: accept(editor), action: "cancel" };
}

function deleteOrQuit(editor: Editor): EditorStep {
  return editor.text === "" ? ask(editor, "quit") : deleteRight(editor);
}

function deleteLeft(editor: Editor): EditorStep {
  return erase(editor, motion.previous(editor.text, editor.cursor), editor.cursor);
}

function deleteRight(editor: Editor): EditorStep {
  return erase(editor, editor.cursor, motion.next(editor.text, editor.cursor));
}

type Motion = (text: string, cursor: number) => number;

function moving(to: Motion): Run {
  return (editor) => move(editor, to(editor.text, editor.cursor));
}

function cutting(to: Motion): Run {
  return (editor) => {
    const end = to(editor.text, editor.cursor);
    return kill(editor, Math.min(end, editor.cursor), Math.max(end, editor.cursor));
  };
}

function lineEndOrBreak(text: string, cursor: number): number {
  const end = motion.lineEnd(text, cursor);
  return end === cursor ? motion.next(text, cursor) : end;
}

function yank(editor: Editor): EditorStep {
  const last = { type: "yank", start: editor.cursor, age: 0 } as const;
  return editor.kills.length === 0 ? { editor: rest(editor) } : insert(editor, editor.kills.at(-1)!, last);
}

function yankPop(editor: Editor): EditorStep {
  if (editor.last?.type !== "yank") return { editor: rest(editor) };
  const { start, age } = editor.last;
  const next = (age + 1) % editor.kills.length;
  return replace(editor, start, editor.cursor, editor.kills.at(-1 - next)!, { type: "yank", start, age: next });
}

/** Swaps the graphemes before and after the cursor; at the end of a line the last two. */
function swap(editor: Editor): EditorStep {
  const { text } = editor;
  const middle = editor.cursor === motion.lineEnd(text, editor.cursor)
    ? motion.previous(text, editor.cursor)
    : editor.cursor;
  const start = motion.previous(text, middle);
  const end = motion.next(text, middle);
  const pair = text.slice(middle, end) + text.slice(start, middle);
  if (start === middle || middle === end || pair.includes("\n")) return { editor: rest(editor) };
  return replace(editor, start, end, pair);
}

function casing(write: (word: string) => string): Run {
  return (editor) => {
    const end = motion.wordAfter(editor.text, editor.cursor);
    return replace(editor, editor.cursor, end, write(editor.text.slice(editor.cursor, end)));
  };
}

function capitalized(word: string): string {
  return word.toLowerCase().replace(/\p{L}/u, (letter) => letter.toUpperCase());
}

function undo(editor: Editor): EditorStep {
  const before = editor.undos.at(-1);
  if (before === undefined) return { editor: rest(editor) };
  const redos = [...editor.redos, snapshot(editor)];
  return { editor: { ...editor, ...before, undos: editor.undos.slice(0, -1), redos, last: undefined } };
}

function redo(editor: Editor): EditorStep {
  const undone = editor.redos.at(-1);
  if (undone === undefined) return { editor: rest(editor) };
  const undos = [...editor.undos, snapshot(editor)];
  return { editor: { ...editor, ...undone, undos, redos: editor.redos.slice(0, -1), last: undefined } };
}

/** Inserts the first candidate, and the next one with each further press. */
function completing(step: 1 | -1): Run {
  return (editor, complete) => {
    const { text, cursor, last } = editor;
    const { completion, before, index: from } = last?.type === "cycle"
      ? last
      : { completion: complete(text, cursor), before: snapshot(editor), index: step > 0 ? -1 : 0 };
    const { start, candidates } = completion;
    if (candidates.length === 0) return { editor: rest(editor) };
    const index = (from + step + candidates.length) % candidates.length;
    const written = before.text.slice(0, start) + candidates[index]!.text;
    const next = change(editor, written + before.text.slice(before.cursor), written.length);
    // Consecutive presses are one change for undo.
    const undos = last?.type === "cycle" ? editor.undos : next.undos;
    return { editor: { ...next, undos, last: { type: "cycle", completion, before, index } } };
  };
}
