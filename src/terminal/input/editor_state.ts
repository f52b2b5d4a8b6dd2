/** The state of the line editor and its basic changes, from which all actions are built. Pure. */

import type { Completion } from "./completion.ts";
import * as motion from "./cursor_motion.ts";

export interface Editor {
  /** May contain line breaks. */
  readonly text: string;
  /** UTF-16 offset, always between two graphemes. */
  readonly cursor: number;
  /** Sent lines, oldest first. */
  readonly history: readonly string[];
  /** Index of the shown history entry; `history.length` for the draft. */
  readonly place: number;
  /** Unsent texts by history index: edited entries and the draft. */
  readonly unsent: ReadonlyMap<number, string>;
  /** The kill ring, newest last. */
  readonly kills: readonly string[];
  /** Earlier states of the line, newest last. */
  readonly undos: readonly EditorSnapshot[];
  /** Undone states, newest last. */
  readonly redos: readonly EditorSnapshot[];
  /** A mode that receives the keys until it ends. */
  readonly mode: HistorySearch | PasteQuestion | undefined;
  /** The last action, if the next key depends on it. */
  readonly last: LastAction | undefined;
}

export interface EditorSnapshot {
  readonly text: string;
  readonly cursor: number;
}

/** A search in the history. The line shows the match. */
export interface HistorySearch {
  readonly type: "search";
  readonly query: string;
  /** Index of the match in the history; `undefined` before the first match. */
  readonly at: number | undefined;
  readonly failed: boolean;
  /** The line before the search. */
  readonly before: Pick<Editor, "text" | "cursor" | "place" | "unsent">;
}

/** The question whether to insert a long paste. */
export interface PasteQuestion {
  readonly type: "paste";
  readonly text: string;
}

/**
 * `kill`: consecutive kills become one entry of the kill ring. `yank`: the yanked text begins at `start` and can be
 * replaced by an older kill; `age` counts back from the newest. `typing`: consecutive typing is undone together.
 * `prefix`: Ctrl-X, to be completed by the next key. `refused`: the line could not be sent, and stays to be corrected.
 */
export type LastAction =
  | { readonly type: "kill" | "typing" | "prefix" | "refused" }
  | { readonly type: "yank"; readonly start: number; readonly age: number }
  | CompletionCycle;

/** A completion in progress: Tab inserts the next candidate. */
export interface CompletionCycle {
  readonly type: "cycle";
  readonly completion: Completion;
  /** The line before the first Tab. */
  readonly before: EditorSnapshot;
  readonly index: number;
}

/**
 * What a key asks of the application. `submit`: send the line, which stays until `accept`. `cancel`: Ctrl-C emptied the
 * line. `interrupt`: Ctrl-C on an empty line. `quit`: Ctrl-D on an empty line. `clear`: clear the screen. `full`: the line
 * has reached `MAX_INPUT_CHARS` and input was dropped. `external`: edit the line in the user's editor.
 */
export type EditorAction = "submit" | "cancel" | "interrupt" | "quit" | "clear" | "full" | "external";

export interface EditorStep {
  readonly editor: Editor;
  readonly action?: EditorAction;
}

/**
 * UTF-16 units of the line: far more than a message, so that the user can shorten a paste. More would slow down each
 * key.
 */
export const MAX_INPUT_CHARS = 64 * 1024;
export const MAX_HISTORY_LINES = 500;
const MAX_KILLS = 60;
const MAX_UNDOS = 100;

export const emptyEditor: Editor = {
  text: "",
  cursor: 0,
  history: [],
  place: 0,
  unsent: new Map(),
  kills: [],
  undos: [],
  redos: [],
  mode: undefined,
  last: undefined,
};

/** Ends the sequence that the last key began: a kill, yank, completion or prefix. */
export function rest(editor: Editor): Editor {
  return editor.last === undefined ? editor : { ...editor, last: undefined };
}

export function move(editor: Editor, cursor: number): EditorStep {
  return { editor: { ...editor, cursor, last: undefined } };
}

/** Sets the text and records the change for undo. A cursor inside a grapheme moves to its end. */
export function change(editor: Editor, text: string, cursor: number, last?: LastAction): Editor {
  const next = { ...editor, text, cursor: motion.boundary(text, cursor), last };
  if (text === editor.text || (last?.type === "typing" && editor.last?.type === "typing")) return next;
  return { ...next, undos: [...editor.undos, snapshot(editor)].slice(-MAX_UNDOS), redos: [] };
}

/** Replaces the text between two offsets. Input beyond `MAX_INPUT_CHARS` is dropped, with the action `full`. */
export function replace(editor: Editor, start: number, end: number, raw: string, last?: LastAction): EditorStep {
  const free = MAX_INPUT_CHARS - editor.text.length + end - start;
  const clean = cleaned(raw);
  const added = clean.length > free ? clean.slice(0, Math.max(0, free)).toWellFormed() : clean;
  const before = editor.text.slice(0, start) + added;
  const next = change(editor, before + editor.text.slice(end), before.length, last);
  return clean.length > free ? { editor: next, action: "full" } : { editor: next };
}

export function insert(editor: Editor, raw: string, last?: LastAction): EditorStep {
  return replace(editor, editor.cursor, editor.cursor, raw, last);
}

/**
 * Removes control characters except tab and line feed, and normalises line breaks: they cannot be typed, so they are
 * noise.
 */
export function cleaned(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/(?![\t\n])\p{Cc}/gu, "");
}

export function erase(editor: Editor, start: number, end: number): EditorStep {
  return { editor: change(editor, editor.text.slice(0, start) + editor.text.slice(end), start) };
}

/** Moves text to the kill ring. Consecutive kills become one entry. */
export function kill(editor: Editor, start: number, end: number): EditorStep {
  if (start === end) return { editor };
  const cut = editor.text.slice(start, end);
  const continues = editor.last?.type === "kill";
  const before = continues ? editor.kills.at(-1) ?? "" : "";
  const killed = end === editor.cursor ? cut + before : before + cut;
  const next = addKill(continues ? { ...editor, kills: editor.kills.slice(0, -1) } : editor, killed);
  return { editor: { ...erase(next, start, end).editor, last: { type: "kill" } } };
}

/** Adds an entry to the kill ring, which Ctrl-Y inserts. */
export function addKill(editor: Editor, killed: string): Editor {
  return { ...editor, kills: [...editor.kills, killed].slice(-MAX_KILLS) };
}

export function snapshot({ text, cursor }: Editor): EditorSnapshot {
  return { text, cursor };
}
