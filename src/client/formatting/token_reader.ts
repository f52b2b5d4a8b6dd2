/** Reads the parser's tokens into blocks and parts. */

import type { Token } from "markdown-it/browser";
import {
  type LabelPart,
  type ListItem,
  TEXT_MARKS,
  type TextBlock,
  type TextMark,
  type TextPart,
} from "./formatted_text.ts";

/** Empty lines between two blocks that are shown at most. */
const MAX_GAP_LINES = 3;

/** A block with the lines of the source that it takes, the last one excluded. */
interface PlacedBlock {
  readonly block: TextBlock;
  readonly from: number;
  readonly to: number;
}

export function readBlocks(tokens: readonly Token[]): TextBlock[] {
  return spaced(blocksUntil(undefined, tokens.values()));
}

function blocksUntil(end: string | undefined, tokens: ArrayIterator<Token>): PlacedBlock[] {
  const blocks: PlacedBlock[] = [];
  for (let next = tokens.next(); !next.done && next.value.type !== end; next = tokens.next()) {
    blocks.push(readBlock(next.value, tokens));
  }
  return blocks;
}

function readBlock(token: Token, tokens: ArrayIterator<Token>): PlacedBlock {
  const [from, to] = token.map!;
  switch (token.type) {
    case "paragraph_open": {
      const parts = readParts(tokens.next().value!.children!);
      tokens.next();
      return { block: { type: "paragraph", parts }, from, to };
    }
    case "typed_lines":
      return { block: { type: "paragraph", parts: [{ type: "text", text: token.content, marks: [] }] }, from, to };
    case "fence": {
      const text = token.content.replace(/\n$/, "");
      return { block: { type: "code_block", text, info: token.info.trim() }, from, to };
    }
    case "blockquote_open": {
      const blocks = blocksUntil("blockquote_close", tokens);
      return { block: { type: "quote", blocks: spaced(blocks) }, from, to: blocks.at(-1)?.to ?? to };
    }
    case "bullet_list_open":
    case "ordered_list_open":
      return readList(token, tokens);
    default:
      throw new Error(`The parser made an unknown block: ${token.type}`);
  }
}

function readList({ type, map }: Token, tokens: ArrayIterator<Token>): PlacedBlock {
  const ordered = type === "ordered_list_open";
  const end = ordered ? "ordered_list_close" : "bullet_list_close";
  const items: ListItem[] = [];
  let to = map![0] + 1;
  for (let next = tokens.next(); !next.done && next.value.type !== end; next = tokens.next()) {
    const { info, markup, map } = next.value;
    const blocks = blocksUntil("list_item_close", tokens);
    items.push({ marker: info + markup, blocks: spaced(blocks) });
    to = blocks.at(-1)?.to ?? map![0] + 1;
  }
  return { block: { type: "list", ordered, items }, from: map![0], to };
}

/** The blocks with the empty lines between them. */
function spaced(blocks: readonly PlacedBlock[]): TextBlock[] {
  const all: TextBlock[] = [];
  let end = Infinity;
  for (const { block, from, to } of blocks) {
    const lines = Math.min(MAX_GAP_LINES, from - end);
    if (lines > 0) all.push({ type: "gap", lines });
    all.push(block);
    end = to;
  }
  return all;
}

/** The marks by the tags of the parser. */
const MARKS: ReadonlyMap<string, TextMark> = new Map([["strong", "strong"], ["em", "emphasis"], ["s", "strike"]]);

export function readParts(tokens: readonly Token[]): TextPart[] {
  const parts: TextPart[] = [];
  /** The same mark may be open several times. */
  const open: TextMark[] = [];
  let marks: readonly TextMark[] = open.slice();
  let label = 0;
  for (const token of tokens) {
    switch (token.type) {
      case "text":
        if (token.content !== "") parts.push({ type: "text", text: token.content, marks });
        break;
      case "code_inline":
        parts.push({ type: "code", text: token.content, marks });
        break;
      case "web_address":
        parts.push(linkPart(token, undefined, marks));
        break;
      case "link_open":
        label = parts.length;
        break;
      case "link_close":
        // The parser nests no link in a label.
        parts.push(linkPart(token, parts.splice(label) as LabelPart[], marks));
        break;
      default:
        setMark(open, token);
        marks = TEXT_MARKS.filter((mark) => open.includes(mark));
    }
  }
  return parts;
}

function linkPart(token: Token, label: readonly LabelPart[] | undefined, marks: readonly TextMark[]): TextPart {
  return { type: "link", address: token.content, href: String(token.attrGet("href")), label, marks };
}

function setMark(open: TextMark[], { tag, nesting, type }: Token): void {
  const mark = MARKS.get(tag);
  if (mark === undefined) throw new Error(`The parser made an unknown part: ${type}`);
  if (nesting > 0) open.push(mark);
  else open.splice(open.lastIndexOf(mark), 1);
}
