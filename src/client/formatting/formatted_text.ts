/** The text of a message as blocks and inline parts, which each client draws in its own way. */

export type TextBlock =
  | { readonly type: "paragraph"; readonly parts: readonly TextPart[] }
  /** `info` is what follows the opening fence, usually a language. */
  | { readonly type: "code_block"; readonly text: string; readonly info: string }
  | { readonly type: "quote"; readonly blocks: readonly TextBlock[] }
  | { readonly type: "list"; readonly ordered: boolean; readonly items: readonly ListItem[] }
  /** Empty lines between two blocks. */
  | { readonly type: "gap"; readonly lines: number };

export interface ListItem {
  /** As typed: `-`, `*`, `+`, or a number with `.` or `)`. */
  readonly marker: string;
  readonly blocks: readonly TextBlock[];
}

/** A part of a paragraph, or of a link's label, which contains no link. */
export type LabelPart =
  /** May contain line breaks. */
  | { readonly type: "text"; readonly text: string; readonly marks: readonly TextMark[] }
  | { readonly type: "code"; readonly text: string; readonly marks: readonly TextMark[] };

export interface LinkPart {
  readonly type: "link";
  /** As typed. */
  readonly address: string;
  /** ASCII without blanks, quotes or control characters. */
  readonly href: string;
  /** `undefined` for a bare address. */
  readonly label: readonly LabelPart[] | undefined;
  readonly marks: readonly TextMark[];
}

export type TextPart = LabelPart | LinkPart;

/** In the order in which views nest them. */
export const TEXT_MARKS = ["strong", "emphasis", "strike"] as const;
export type TextMark = typeof TEXT_MARKS[number];

/**
 * Whether a link's label is something else than its address. A label may claim to be another address, so views show the real
 * one after it.
 */
export function hidesAddress({ label, address }: LinkPart): boolean {
  return label !== undefined && label.map(({ text }) => text).join("") !== address;
}

/** All that the blocks show, in order, without line breaks between them. */
export function plainTextOf(blocks: readonly TextBlock[]): string {
  return blocks.map(blockText).join("");
}

function blockText(block: TextBlock): string {
  switch (block.type) {
    case "paragraph":
      return block.parts.map(partText).join("");
    case "code_block":
      return block.info + block.text;
    case "quote":
      return plainTextOf(block.blocks);
    case "list":
      return block.items.map(({ marker, blocks }) => marker + plainTextOf(blocks)).join("");
    case "gap":
      return "";
    default:
      return block satisfies never;
  }
}

function partText(part: TextPart): string {
  return part.type === "link" ? (part.label ?? []).map(({ text }) => text).join("") + part.address : part.text;
}

/** The number of inline parts, code blocks and list items. */
export function countParts(blocks: readonly TextBlock[]): number {
  return blocks.reduce((sum, block) => sum + partsIn(block), 0);
}

function partsIn(block: TextBlock): number {
  switch (block.type) {
    case "paragraph":
      return block.parts.length;
    case "quote":
      return 1 + countParts(block.blocks);
    case "list":
      return block.items.reduce((sum, { blocks }) => sum + 1 + countParts(blocks), 0);
    case "code_block":
    case "gap":
      return 1;
    default:
      return block satisfies never;
  }
}
