/** Hints below the line: the question about a paste, the state of a search, or the candidates of a completion. Pure. */

import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { linesOf } from "./line_editor.ts";
import type { CompletionCycle, Editor, HistorySearch } from "./editor_state.ts";
import { counted } from "../../presentation/sentences/markup.ts";
import { textWidth } from "../screen/text_width.ts";

/** The hints, each on one row of a window with this many columns. */
export function hintsOf({ mode, last }: Editor, columns: number): readonly string[] {
  if (mode?.type === "search") return [searchHint(mode)];
  if (mode?.type === "paste") {
    return [
      `Paste ${counted(linesOf(mode.text))} lines? Enter inserts them, Esc drops them (Ctrl-Y brings them back)`,
    ];
  }
  return last?.type === "cycle" && last.completion.candidates.length > 1 ? [choices(last, columns)] : [];
}

function searchHint({ query, failed }: HistorySearch): string {
  const shown = sanitizeLine(query);
  if (query === "") return "Search your sent lines: type a part of one (Ctrl-G cancels)";
  if (failed) return `No more matches for "${shown}" (Ctrl-G cancels)`;
  return `Search "${shown}": Enter sends, Esc edits, Ctrl-R older, Ctrl-S newer, Ctrl-G cancels`;
}

/** One page of candidates, as many as fit; the current one is in brackets. */
function choices({ completion, index: current }: CompletionCycle, columns: number): string {
  const labels = completion.candidates.map(({ label }) => sanitizeLine(label));
  const free = columns - textWidth(more(labels.length));
  let page: string[] = [];
  let width = 0;
  for (const [index, label] of labels.entries()) {
    const wide = textWidth(label) + 2;
    if (width + wide > free && page.length > 0) {
      if (index > current) break;
      page = [];
      width = 0;
    }
    page.push(index === current ? `[${label}]` : ` ${label} `);
    width += wide;
  }
  return page.join("") + (page.length < labels.length ? more(labels.length - page.length) : "");
}

function more(rest: number): string {
  return ` … ${counted(rest)} more`;
}
