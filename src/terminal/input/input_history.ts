/** The history of sent lines: recall and search. Edited entries and the draft are kept until a line is sent. Pure. */

import { isSecret } from "../../presentation/commands/slash_commands.ts";
import type { Key } from "./key_decoder.ts";
import * as motion from "./cursor_motion.ts";
import { type Editor, type EditorStep, type HistorySearch, MAX_HISTORY_LINES, move, rest } from "./editor_state.ts";

export function older(editor: Editor): EditorStep {
  const above = motion.lineAbove(editor.text, editor.cursor);
  if (above !== undefined) return move(editor, above);
  return editor.place === 0 ? { editor: rest(editor) } : { editor: recall(editor, editor.place - 1) };
}

export function newer(editor: Editor): EditorStep {
  const below = motion.lineBelow(editor.text, editor.cursor);
  if (below !== undefined) return move(editor, below);
  return editor.place === editor.history.length
    ? { editor: rest(editor) }
    : { editor: recall(editor, editor.place + 1) };
}

export function oldest(editor: Editor): EditorStep {
  return { editor: recall(editor, 0) };
}

export function newest(editor: Editor): EditorStep {
  return { editor: recall(editor, editor.history.length) };
}

function recall(editor: Editor, place: number): Editor {
  if (place === editor.place) return rest(editor);
  const unsent = new Map(editor.unsent).set(editor.place, editor.text);
  const text = unsent.get(place) ?? editor.history[place] ?? "";
  return { ...editor, place, unsent, text, cursor: text.length, undos: [], redos: [], last: undefined };
}

/** The history with the line as its newest entry, after an unsent draft. */
export function remember(editor: Editor): readonly string[] {
  const draft = editor.place === editor.history.length ? "" : editor.unsent.get(editor.history.length) ?? "";
  return [draft, editor.text].reduce(withEntry, editor.history);
}

/** Blank lines, lines with passwords and repetitions of the last entry are not added. */
function withEntry(history: readonly string[], text: string): readonly string[] {
  const isKept = text.trim() !== "" && !isSecret(text) && text !== history.at(-1);
  return isKept ? [...history, text].slice(-MAX_HISTORY_LINES) : history;
}

/** Ctrl-R: begins a search; the keys that follow are its query. */
export function searchHistory(editor: Editor): EditorStep {
  const { text, cursor, place, unsent } = editor;
  const mode: HistorySearch = {
    type: "search",
    query: "",
    at: undefined,
    failed: false,
    before: { text, cursor, place, unsent },
  };
  return { editor: { ...editor, mode, last: undefined } };
}

/** Handles a key during a search. `undefined` if the key ends the search and is to be handled as usual on the match. */
export function searchKey(editor: Editor, mode: HistorySearch, key: Key): EditorStep | undefined {
  if (key.type !== "press") return find(editor, { ...mode, query: mode.query + key.text.replaceAll("\n", " ") });
  switch (key.key) {
    case "C-r":
      return find(editor, mode, -1);
    case "C-s":
      return find(editor, mode, 1);
    case "backspace":
      return find(editor, { ...mode, query: mode.query.slice(0, motion.previous(mode.query, mode.query.length)) });
    case "C-g":
    case "C-c":
      return { editor: { ...editor, ...mode.before, mode: undefined } };
    case "escape":
      return { editor: { ...editor, mode: undefined } };
    case "enter":
      return mode.failed || mode.at === undefined ? { editor } : undefined;
    default:
      return undefined;
  }
}

/**
 * Finds the next match from the current one, or after it in the direction of `step`. Without a match the line stays as
 * it is.
 */
function find(editor: Editor, mode: HistorySearch, step: -1 | 0 | 1 = 0): EditorStep {
  const query = mode.query.toLowerCase();
  const direction = step === 0 ? -1 : step;
  let at = mode.at === undefined ? editor.history.length - 1 : mode.at + step;
  const shown = mode.at === undefined ? undefined : editor.history[mode.at];
  const fits = (line: string) => line.toLowerCase().includes(query) && (step === 0 || line !== shown);
  while (editor.history[at] !== undefined && !fits(editor.history[at]!)) at += direction;
  const line = editor.history[at];
  if (query === "" || line === undefined) return { editor: { ...editor, mode: { ...mode, failed: query !== "" } } };
  const found = recall({ ...editor, ...mode.before }, at);
  const text = line;
  const cursor = motion.boundary(text, Math.max(0, text.toLowerCase().indexOf(query)));
  return { editor: { ...found, text, cursor, mode: { ...mode, at, failed: false } } };
}
