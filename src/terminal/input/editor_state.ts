/** The line that is being typed, and the few changes that everything else is made of. Pure. */

import type { Completion } from "./completion.ts";
import * as motion from "./cursor_motion.ts";

export interface Editor {
  /** May hold line breaks. */
  readonly text: string;
  /** UTF-16 offset, always between two graphemes. */
  readonly cursor: number;
  /** What was sent, oldest first. */
  readonly history: readonly string[];
  /** Which entry of the history is shown; its length stands for the draft. */
  readonly place: number;
  /** What was left at other places of the history, the draft among them. */
  readonly left: ReadonlyMap<number, string>;
  /** What was cut, newest last. */
  readonly kills: readonly string[];
  /** What the line was before, newest last, and what was undone of it. */
  readonly undos: readonly EditorSnapshot[];
  readonly redos: readonly EditorSnapshot[];
  /** What takes the keys until it is over. */
  readonly mode: HistorySearch | PasteQuestion | undefined;
  /** What the key before was, where that matters for this one. */
  readonly last: LastAction | undefined;
}

export interface EditorSnapshot {
  readonly text: string;
  readonly cursor: number;
}

/** Looks for something that was sent. The match stands in the line. */
export interface HistorySearch {
  readonly type: "search";
  readonly query: string;
  /** Where the match is in the history; undefined before the first. */
  readonly at: number | undefined;
  readonly failed: boolean;
  /** The line as it was. */
  readonly before: Pick<Editor, "text" | "cursor" | "place" | "left">;
}

/** Whether so much should be pasted. */
export interface PasteQuestion {
  readonly type: "paste";
  readonly text: string;
}

/**
 * `kill`: kills in a row add up. `yank`: what stands from `start` can be changed for an older kill, `age` is that of this one.
 * `typing`: what is typed in a row is undone together. `prefix`: Ctrl-X, the next key is its second half.
 */
export type LastAction =
  | { readonly type: "kill" | "typing" | "prefix" }
  | { readonly type: "yank"; readonly start: number; readonly age: number }
  | CompletionCycle;

/** Tab goes on to the next candidate. */
export interface CompletionCycle {
  readonly type: "cycle";
  readonly completion: Completion;
  /** The line before the first Tab. */
  readonly before: EditorSnapshot;
  readonly index: number;
}

/**
 * `submit`: Enter, the line is kept until `accept`. `cancel`: Ctrl-C emptied the line. `interrupt`: Ctrl-C on an empty one.
 * `quit`: Ctrl-D on an empty one. `clear`: the screen. `full`: the line can take no more, and some of the input was dropped.
 * `external`: the line is to be written in the editor that the person has chosen.
 */
export type EditorAction = "submit" | "cancel" | "interrupt" | "quit" | "clear" | "full" | "external";

export interface EditorStep {
  readonly editor: Editor;
  readonly action?: EditorAction;
}

/** Far more than a message may have, so that a paste can be cut down by its author; more would make each key slow. */
export const MAX_INPUT_CHARS = 64 * 1024;
export const MAX_HISTORY_LINES = 500;
const MAX_KILLS = 60;
const MAX_UNDOS = 100;

export const emptyEditor: Editor = {
  text: "",
  cursor: 0,
  history: [],
  place: 0,
  left: new Map(),
  kills: [],
  undos: [],
  redos: [],
  mode: undefined,
  last: undefined,
};

/** The same line with whatever the last key began being over. */
export function rest(editor: Editor): Editor {
  return editor.last === undefined ? editor : { ...editor, last: undefined };
}

export function move(editor: Editor, cursor: number): EditorStep {
  return { editor: { ...editor, cursor, last: undefined } };
}

/** Another text, which can be undone. The cursor goes behind the grapheme that it falls into. */
export function change(editor: Editor, text: string, cursor: number, last?: LastAction): Editor {
  const next = { ...editor, text, cursor: motion.boundary(text, cursor), last };
  if (text === editor.text || (last?.type === "typing" && editor.last?.type === "typing")) return next;
  return { ...next, undos: [...editor.undos, snapshot(editor)].slice(-MAX_UNDOS), redos: [] };
}

/** Puts a text in place of what stands between two offsets. What the line cannot take is dropped, and `full` says so. */
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

/** Control characters but tab and line feed cannot be typed, so in a paste they are rubbish. */
export function cleaned(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/(?![\t\n])\p{Cc}/gu, "");
}

export function erase(editor: Editor, start: number, end: number): EditorStep {
  return { editor: change(editor, editor.text.slice(0, start) + editor.text.slice(end), start) };
}

/** Cuts; what is cut in a row becomes one. */
export function kill(editor: Editor, start: number, end: number): EditorStep {
  if (start === end) return { editor };
  const cut = editor.text.slice(start, end);
  const goesOn = editor.last?.type === "kill";
  const before = goesOn ? editor.kills.at(-1) ?? "" : "";
  const killed = end === editor.cursor ? cut + before : before + cut;
  const next = keep(goesOn ? { ...editor, kills: editor.kills.slice(0, -1) } : editor, killed);
  return { editor: { ...erase(next, start, end).editor, last: { type: "kill" } } };
}

/** For Ctrl-Y to bring back. */
export function keep(editor: Editor, killed: string): Editor {
  return { ...editor, kills: [...editor.kills, killed].slice(-MAX_KILLS) };
}

export function snapshot({ text, cursor }: Editor): EditorSnapshot {
  return { text, cursor };
}
