/** Rules for blocks, in place of those of CommonMark that would surprise users of a chat. */

import type { StateBlock } from "markdown-it/browser";

type BlockRule = (state: StateBlock, line: number, endLine: number, silent: boolean) => boolean;

/**
 * A paragraph: its lines as they were typed, with their blanks. Unlike in CommonMark, a line with less indentation ends the
 * paragraph and its list item, instead of continuing it.
 */
export function paragraph(state: StateBlock, startLine: number, endLine: number): boolean {
  const rules = state.md.block.ruler.getRules("paragraph");
  const { parentType } = state;
  state.parentType = "paragraph";
  let line = startLine + 1;
  while (line < endLine && continues(state, line, endLine, rules)) line++;
  state.parentType = parentType;
  state.push("paragraph_open", "p", 1).map = [startLine, line];
  const inline = state.push("inline", "", 0);
  inline.content = state.getLines(startLine, line, state.blkIndent, false);
  inline.children = [];
  state.push("paragraph_close", "p", -1);
  state.line = line;
  return true;
}

/** Whether a line belongs to the paragraph before it. */
function continues(state: StateBlock, line: number, endLine: number, rules: readonly BlockRule[]): boolean {
  const indent = state.sCount[line]! - state.blkIndent;
  if (state.isEmpty(line) || indent < 0) return false;
  return indent > 3 || !rules.some((rule) => rule(state, line, endLine, true));
}

/** Signs that would begin lists or be a rule, and nothing else. */
const SIGNS = /(?:(?:[-+*_]|\d{1,9}[.)])[ \t]*)+$/my;

/** A line of signs alone, such as `---`, `* * *`, `-` or `1.`, is text. */
export function signLine(state: StateBlock, line: number, _endLine: number, silent: boolean): boolean {
  if (silent || !begins(state, line, SIGNS)) return false;
  return addTyped(state, line, line + 1);
}

const FENCE = /`{3,}(?=[^`\n]*$)|~{3,}/my;

/** Fences with nothing between them are text: some people write `~~~`. */
export function emptyFence(state: StateBlock, line: number, endLine: number, silent: boolean): boolean {
  if (silent || !begins(state, line, FENCE)) return false;
  const fence = state.src.slice(startOf(state, line), FENCE.lastIndex);
  if (line + 1 >= endLine) return addTyped(state, line, line + 1);
  const next = state.src.slice(startOf(state, line + 1), state.eMarks[line + 1]).trimEnd();
  const isClosed = next.startsWith(fence) && next === fence[0]!.repeat(next.length);
  return isClosed && addTyped(state, line, line + 2);
}

/** Whether a line without its indentation begins with what a sticky pattern matches. */
function begins(state: StateBlock, line: number, pattern: RegExp): boolean {
  pattern.lastIndex = startOf(state, line);
  return pattern.test(state.src);
}

function startOf(state: StateBlock, line: number): number {
  return state.bMarks[line]! + state.tShift[line]!;
}

/** Lines that are text, whatever is in them. */
function addTyped(state: StateBlock, startLine: number, endLine: number): true {
  const token = state.push("typed_lines", "p", 0);
  token.map = [startLine, endLine];
  token.content = state.getLines(startLine, endLine, state.blkIndent, false);
  state.line = endLine;
  return true;
}

const QUOTE = />+(?:[ \t]|$)/my;

/** A quote that begins with a blank after its signs. CommonMark needs none, and would take faces for quotes: `>:(`. */
export function spacedQuote(quote: BlockRule): BlockRule {
  return (state, line, endLine, silent) => begins(state, line, QUOTE) && quote(state, line, endLine, silent);
}

/** Ends a quote at the first line without `>`. CommonMark would continue its paragraph with that line. */
export function quoteEnd(_state: StateBlock, _line: number, _endLine: number, silent: boolean): boolean {
  return silent;
}
