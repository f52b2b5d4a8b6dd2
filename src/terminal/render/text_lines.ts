/** Draws the text of a message: blocks become lines, and their parts get colours. */

import { mentionSegments } from "../../client/text/mention_segments.ts";
import {
  hidesAddress,
  type LabelPart,
  type ListItem,
  type TextBlock,
  type TextMark,
  type TextPart,
} from "../../client/formatting/formatted_text.ts";
import { formatText, textAsTyped } from "../../client/formatting/text_formatter.ts";
import { CODE_BAR, QUOTE_BAR, type Style } from "./line_style.ts";
import type { Palette } from "./palette.ts";
import { textWidth } from "../screen/text_width.ts";

/** The lines of a text. The first one may continue a line: it is empty if the text begins with something else. */
export interface TextLines {
  readonly lines: readonly string[];
  /** Whether a word may follow the last line as part of the text. */
  readonly open: boolean;
}

/** The lines of a sanitised text. `words` mention the reader. */
export function drawText(text: string, style: Style, words: readonly string[]): TextLines {
  const blocks = style.formatting ? formatText(text) : textAsTyped(text);
  const lines = linesOf(blocks, { style, words });
  const open = blocks.at(-1)?.type === "paragraph";
  return { lines: blocks[0]?.type === "paragraph" ? lines : ["", ...lines], open };
}

interface Drawing {
  readonly style: Style;
  readonly words: readonly string[];
}

function linesOf(blocks: readonly TextBlock[], drawing: Drawing): string[] {
  return blocks.flatMap((block) => blockLines(block, drawing));
}

function blockLines(block: TextBlock, drawing: Drawing): string[] {
  const { palette } = drawing.style;
  switch (block.type) {
    case "paragraph":
      return partLines(block.parts, drawing);
    case "code_block":
      return codeLines(block.text, block.info, palette);
    case "quote":
      return linesOf(block.blocks, drawing).map((line) => palette.dim(QUOTE_BAR) + line);
    case "list":
      return block.items.flatMap((item) => itemLines(item, block.ordered, drawing));
    case "gap":
      return Array(block.lines).fill("");
    default:
      return block satisfies never;
  }
}

function codeLines(text: string, info: string, palette: Palette): string[] {
  const lines = text.split("\n").map((line) => palette.dim(CODE_BAR) + palette.code(line));
  return info === "" ? lines : [palette.dim(`┌ ${info}`), ...lines];
}

/** The lines of an item: its bullet or number, and further lines below its text. */
function itemLines({ marker, blocks }: ListItem, ordered: boolean, drawing: Drawing): string[] {
  const mark = ordered ? `${marker} ` : "• ";
  const [first = "", ...rest] = linesOf(blocks, drawing);
  const indent = " ".repeat(textWidth(mark));
  return [mark + first, ...rest.map((line) => indent + line)];
}

/** A part of a line, with its colours. */
type Draw = (piece: string) => string;

function partLines(parts: readonly TextPart[], drawing: Drawing): string[] {
  const lines = [""];
  const add = (text: string, draw: Draw) => {
    for (const [index, piece] of text.split("\n").entries()) {
      if (index > 0) lines.push("");
      lines[lines.length - 1] += draw(piece);
    }
  };
  for (const part of parts) addPart(part, drawing, add);
  return lines;
}

function addPart(part: TextPart, drawing: Drawing, add: (text: string, draw: Draw) => void): void {
  if (part.type !== "link") return add(part.text, drawOf(part, drawing));
  const { style } = drawing;
  const { address, href, marks, label = [{ type: "text", text: address, marks }] } = part;
  for (const inner of label) {
    const draw = drawOf(inner, { style, words: [] });
    add(inner.text, (piece) => hyperlink(style.palette.link(draw(piece)), href, style));
  }
  if (hidesAddress(part)) add(` (${address})`, style.palette.dim);
}

function drawOf(part: LabelPart, { style: { palette }, words }: Drawing): Draw {
  switch (part.type) {
    case "text":
      return (piece) =>
        mentionSegments(piece, words)
          .map(({ kind, text }) => marked(kind === "mention" ? palette.mention(text) : text, part.marks, palette))
          .join("");
    case "code":
      return (piece) => marked(palette.code(piece), part.marks, palette);
    default:
      return part satisfies never;
  }
}

function marked(text: string, marks: readonly TextMark[], palette: Palette): string {
  return marks.reduceRight((inner, mark) => withMark(inner, mark, palette), text);
}

function withMark(text: string, mark: TextMark, palette: Palette): string {
  switch (mark) {
    case "strong":
      return palette.bold(text);
    case "emphasis":
      return palette.emphasis(text);
    case "strike":
      return palette.strike(text);
    default:
      return mark satisfies never;
  }
}

function hyperlink(text: string, href: string, { links }: Style): string {
  return links && text !== "" ? `\x1b]8;;${href}\x1b\\${text}\x1b]8;;\x1b\\` : text;
}
