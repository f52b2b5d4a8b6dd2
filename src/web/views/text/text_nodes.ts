/** Draws the blocks and parts of a message's text as elements. */

import { mentionSegments } from "../../../client/text/mention_segments.ts";
import {
  hidesAddress,
  type LabelPart,
  type LinkPart,
  type ListItem,
  type TextBlock,
  type TextMark,
  type TextPart,
} from "../../../client/formatting/formatted_text.ts";
import { type Child, el } from "../dom.ts";

/** Code with more lines is folded. */
const MAX_OPEN_LINES = 12;
/** Markers with more characters need more room. */
const NARROW_MARKER_CHARS = 3;

/** The state on which elements depend, besides their blocks. */
interface Surroundings {
  /** Words that are marked: they mention the user. */
  readonly words: readonly string[];
  /** `auto` for blocks that have a direction of their own. Blocks inside others have that of the outermost one. */
  readonly dir: "auto" | undefined;
}

export function blockNodes(blocks: readonly TextBlock[], surroundings: Surroundings): HTMLElement[] {
  const { words, dir } = surroundings;
  const inside: Surroundings = { words, dir: undefined };
  return blocks.map((block) => {
    switch (block.type) {
      case "paragraph":
        return el("p", { dir }, ...partNodes(block.parts, words));
      case "code_block":
        return codeElement(block.text, block.info);
      case "quote":
        return el("blockquote", { dir }, ...blockNodes(block.blocks, inside));
      case "list":
        return el(
          block.ordered ? "ol" : "ul",
          { dir, class: listClass(block.items) },
          ...itemElements(block.items, inside),
        );
      case "gap":
        return el("p", {}, ...Array.from({ length: block.lines }, () => el("br")));
      default:
        return block satisfies never;
    }
  });
}

function codeElement(text: string, info: string): HTMLElement {
  const code = el("pre", { dir: "ltr" }, el("code", {}, text));
  const lines = text.split("\n").length;
  if (lines <= MAX_OPEN_LINES) return info === "" ? code : el("figure", {}, el("figcaption", {}, info), code);
  return el("details", {}, el("summary", {}, `${info === "" ? "Code" : info}, ${lines} lines`), code);
}

function listClass(items: readonly ListItem[]): string | undefined {
  if (items.some(({ marker }) => marker.length > NARROW_MARKER_CHARS)) return "wide";
  return items[0]?.marker.endsWith(")") ? "brackets" : undefined;
}

function itemElements(items: readonly ListItem[], inside: Surroundings): HTMLElement[] {
  return items.map(({ marker, blocks }) =>
    el("li", { value: /^\d+/.exec(marker)?.[0] }, ...blockNodes(blocks, inside))
  );
}

/** Marks the `words`, which mention the user. */
export function partNodes(parts: readonly TextPart[], words: readonly string[]): Child[] {
  return parts.flatMap((part) => {
    switch (part.type) {
      case "text":
      case "code":
        return labelNodes(part, words);
      case "link":
        return linkNodes(part);
      default:
        return part satisfies never;
    }
  });
}

function labelNodes(part: LabelPart, words: readonly string[]): Child[] {
  switch (part.type) {
    case "text":
      return mentionSegments(part.text, words)
        .map(({ kind, text }) => marked(kind === "mention" ? el("mark", {}, text) : text, part.marks));
    case "code":
      return [marked(el("code", {}, part.text), part.marks)];
    default:
      return part satisfies never;
  }
}

function linkNodes(link: LinkPart): Child[] {
  const { href, address, marks, label = [{ type: "text", text: address, marks }] } = link;
  const isHidden = hidesAddress(link);
  const attributes = {
    href,
    title: isHidden ? address : undefined,
    target: "_blank",
    rel: "noopener noreferrer nofollow",
  };
  const shown = el("a", attributes, ...label.flatMap((part) => labelNodes(part, [])));
  return isHidden ? [shown, el("bdi", { class: "host" }, ` (${new URL(href).host})`)] : [shown];
}

function marked(child: Node | string, marks: readonly TextMark[]): Node | string {
  return marks.reduceRight((inner, mark) => el(tagOf(mark), {}, inner), child);
}

function tagOf(mark: TextMark): "strong" | "em" | "s" {
  switch (mark) {
    case "strong":
      return "strong";
    case "emphasis":
      return "em";
    case "strike":
      return "s";
    default:
      return mark satisfies never;
  }
}
