/** Finds the markup of a message. A text that it cannot format well is shown as typed. */

import { MAX_FORMATTED_PARTS } from "../../protocol/limits.ts";
import { sanitize } from "../../protocol/text/sanitize.ts";
import { countParts, plainTextOf, type TextBlock, type TextPart } from "./formatted_text.ts";
import { parseBlocks, parseParagraph } from "./markdown_parser.ts";
import { readBlocks, readParts } from "./token_reader.ts";
import { findLinks } from "../text/web_links.ts";

/** Matches every text with markup. Other texts, which are most of them, are not parsed. */
const MARKUP = /[*_`]|~~|\]\(|^[ \t]*(?:>|[-+][ \t]|\d{1,9}[.)][ \t])/m;

/** Matches every text that may be more than one paragraph: lines that begin a block, lines of signs alone, and empty lines. */
const BLOCKS = /^[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]|`{3}|~{3}|(?:(?:[-+*_]|\d{1,9}[.)])[ \t]*)*$)/m;

/** The blocks of a sanitised text. */
export function formatText(text: string): readonly TextBlock[] {
  if (!MARKUP.test(text)) return textAsTyped(text);
  const blocks = BLOCKS.test(text) ? readBlocks(parseBlocks(text)) : paragraphOf(text);
  return isFaithful(blocks, text) ? blocks : textAsTyped(text);
}

function paragraphOf(text: string): TextBlock[] {
  return [{ type: "paragraph", parts: readParts(parseParagraph(text)) }];
}

/** A sanitised text without any formatting. Only its web addresses are links. */
export function textAsTyped(text: string): readonly TextBlock[] {
  return [{ type: "paragraph", parts: partsAsTyped(text) }];
}

function partsAsTyped(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  const addText = (to: number) => {
    if (to > end) parts.push({ type: "text", text: text.slice(end, to), marks: [] });
  };
  for (const { index, text: address, href } of findLinks(text)) {
    addText(index);
    parts.push({ type: "link", address, href, label: undefined, marks: [] });
    end = index + address.length;
  }
  addText(text.length);
  return parts;
}

/**
 * Whether the blocks are few and show all but signs. The parser drops what is nested too deep, and signs that are not
 * shown may have kept marks apart that draw over other lines when they are together.
 */
function isFaithful(blocks: readonly TextBlock[], text: string): boolean {
  if (countParts(blocks) > MAX_FORMATTED_PARTS) return false;
  const shown = plainTextOf(blocks);
  return withoutSigns(shown) === withoutSigns(text) && sanitize(shown) === shown;
}

function withoutSigns(text: string): string {
  return text.replace(/[\s!-/:-@[-`{-~]+/g, "");
}
