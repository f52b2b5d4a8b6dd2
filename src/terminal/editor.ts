/** The line that is being typed. Pure: state and key give a state, and an action where the key asks for one. */

import type { Completion } from "./completion.ts";
import type { Key } from "./keys.ts";
import * as motion from "./motion.ts";

export interface Editor {
  /** May hold line breaks. */
  readonly text: string;
  /** UTF-16 offset, always between two graphemes. */
  readonly cursor: number;
  /** What was sent, oldest first. */
  readonly history: readonly string[];
  /** Which entry of the history is shown; its length stands for the draft. */
  readonly place: number;
  /** What was being typed before Up was pressed. */
  readonly draft: string;
  /** What Ctrl-Y brings back. */
  readonly killed: string;
  /** What the key before was, where that matters: kills in a row add up, and Tab goes on to the next candidate. */
  readonly last: { readonly type: "kill" } | Cycle | undefined;
}

interface Cycle {
  readonly type: "cycle";
  readonly completion: Completion;
  /** The text behind the cursor. */
  readonly behind: string;
  readonly index: number;
}

/**
 * `submit`: Enter, the line is kept until `accept`. `cancel`: Ctrl-C emptied the line. `interrupt`: Ctrl-C on an empty one.
 * `quit`: Ctrl-D on an empty one. `clear`: the screen. `full`: the line can take no more, and some of the input was dropped.
 */
export type EditorAction = "submit" | "cancel" | "interrupt" | "quit" | "clear" | "full";

export interface Step {
  readonly editor: Editor;
  readonly action?: EditorAction;
}

export type Completer = (text: string, cursor: number) => Completion;

/** Far more than a message may have, so that a paste can be cut down by its author; more would make each key slow. */
export const MAX_INPUT_CHARS = 64 * 1024;
const MAX_HISTORY_LINES = 500;

export const emptyEditor: Editor = {
  text: "",
  cursor: 0,
  history: [],
  place: 0,
  draft: "",
  killed: "",
  last: undefined,
};

export function edit(editor: Editor, key: Key, complete: Completer): Step {
  switch (key.type) {
    case "text":
    case "paste":
      return insert(editor, key.text);
    case "press":
      return press(editor, key.key, complete);
    default:
      return unknown(key);
  }
}

/** Empties the line once it was sent and remembers it. */
export function accept(editor: Editor): Editor {
  return { ...emptyEditor, killed: editor.killed, ...remember(editor, editor.text) };
}

/** Empties the line and forgets it: it was not meant to be seen again. */
export function discard({ history, killed }: Editor): Editor {
  return { ...emptyEditor, history, killed, place: history.length };
}

function remember({ history }: Editor, text: string): Pick<Editor, "history" | "place"> {
  const next = text.trim() === "" || text === history.at(-1) ? history : [...history, text].slice(-MAX_HISTORY_LINES);
  return { history: next, place: next.length };
}

function press(editor: Editor, key: string, complete: Completer): Step {
  const { text, cursor } = editor;
  switch (key) {
    case "enter":
      return { editor: rest(editor), action: "submit" };
    case "M-enter":
      return insert(editor, "\n");
    case "C-c":
      return text === "" ? { editor: rest(editor), action: "interrupt" } : { editor: accept(editor), action: "cancel" };
    case "C-d":
      if (text === "") return { editor: rest(editor), action: "quit" };
      return erase(editor, cursor, motion.next(text, cursor));
    case "C-l":
      return { editor: rest(editor), action: "clear" };
    case "tab":
      return cycle(editor, complete, 1);
    case "S-tab":
      return cycle(editor, complete, -1);
    case "C-left":
    case "M-left":
    case "M-b":
      return move(editor, motion.wordBefore(text, cursor));
    case "C-right":
    case "M-right":
    case "M-f":
      return move(editor, motion.wordAfter(text, cursor));
    case "left":
    case "C-b":
      return move(editor, motion.previous(text, cursor));
    case "right":
    case "C-f":
      return move(editor, motion.next(text, cursor));
    case "home":
    case "C-a":
      return move(editor, motion.lineStart(text, cursor));
    case "end":
    case "C-e":
      return move(editor, motion.lineEnd(text, cursor));
    case "up":
    case "C-p":
      return up(editor);
    case "down":
    case "C-n":
      return down(editor);
    case "backspace":
      return erase(editor, motion.previous(text, cursor), cursor);
    case "delete":
      return erase(editor, cursor, motion.next(text, cursor));
    case "C-w":
      return kill(editor, motion.blankBefore(text, cursor), cursor);
    case "M-backspace":
      return kill(editor, motion.wordBefore(text, cursor), cursor);
    case "M-d":
      return kill(editor, cursor, motion.wordAfter(text, cursor));
    case "C-u":
      return kill(editor, motion.lineStart(text, cursor), cursor);
    case "C-k": {
      const end = motion.lineEnd(text, cursor);
      return kill(editor, cursor, end === cursor ? motion.next(text, cursor) : end);
    }
    case "C-y":
      return insert(editor, editor.killed);
    default:
      return { editor };
  }
}

/** The same line with whatever the last key began being over. */
function rest(editor: Editor): Editor {
  return editor.last === undefined ? editor : { ...editor, last: undefined };
}

function insert(editor: Editor, raw: string): Step {
  const free = MAX_INPUT_CHARS - editor.text.length;
  const clean = cleaned(raw);
  const added = clean.length > free ? clean.slice(0, Math.max(0, free)).toWellFormed() : clean;
  const before = editor.text.slice(0, editor.cursor) + added;
  const text = before + editor.text.slice(editor.cursor);
  // What was added may have joined the grapheme behind it: the cursor goes behind that one.
  const next = { ...editor, text, cursor: motion.boundary(text, before.length), last: undefined };
  return clean.length > free ? { editor: next, action: "full" } : { editor: next };
}

/** Control characters but tab and line feed cannot be typed, so in a paste they are rubbish. */
function cleaned(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/(?![\t\n])\p{Cc}/gu, "");
}

function move(editor: Editor, cursor: number): Step {
  return { editor: { ...editor, cursor, last: undefined } };
}

function erase(editor: Editor, start: number, end: number): Step {
  const text = editor.text.slice(0, start) + editor.text.slice(end);
  return { editor: { ...editor, text, cursor: motion.boundary(text, start), last: undefined } };
}

function kill(editor: Editor, start: number, end: number): Step {
  if (start === end) return { editor };
  const cut = editor.text.slice(start, end);
  const before = editor.last?.type === "kill" ? editor.killed : "";
  const killed = end === editor.cursor ? cut + before : before + cut;
  return { editor: { ...erase(editor, start, end).editor, killed, last: { type: "kill" } } };
}

function up(editor: Editor): Step {
  const above = motion.lineAbove(editor.text, editor.cursor);
  if (above !== undefined) return move(editor, above);
  return editor.place === 0 ? { editor } : recall(editor, editor.place - 1);
}

function down(editor: Editor): Step {
  const below = motion.lineBelow(editor.text, editor.cursor);
  if (below !== undefined) return move(editor, below);
  return editor.place === editor.history.length ? { editor } : recall(editor, editor.place + 1);
}

function recall(editor: Editor, place: number): Step {
  const draft = editor.place === editor.history.length ? editor.text : editor.draft;
  const text = editor.history[place] ?? draft;
  return { editor: { ...editor, place, draft, text, cursor: text.length, last: undefined } };
}

function cycle(editor: Editor, complete: Completer, step: 1 | -1): Step {
  const { last, text, cursor } = editor;
  const { completion, behind, index: from } = last?.type === "cycle"
    ? last
    : { completion: complete(text, cursor), behind: text.slice(cursor), index: step > 0 ? -1 : 0 };
  const { start, candidates } = completion;
  if (candidates.length === 0) return { editor };
  const index = (from + step + candidates.length) % candidates.length;
  const before = text.slice(0, start) + candidates[index]!;
  const next = before + behind;
  const cycle: Cycle = { type: "cycle", completion, behind, index };
  return { editor: { ...editor, text: next, cursor: motion.boundary(next, before.length), last: cycle } };
}

function unknown(key: never): never {
  throw new Error(`Cannot edit with ${JSON.stringify(key)}`);
}
