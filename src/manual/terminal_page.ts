/** A page of the manual as lines for a terminal. */

import { lexer, type Token, type Tokens } from "marked";
import { linkTarget } from "./anchors.ts";
import {
  cut,
  formatLine,
  lineWidth,
  type MeasureText,
  plain,
  type Span,
  styled,
  type StyledLine,
  wrapStyled,
} from "./styled_text.ts";
import { layOutTable } from "./table_layout.ts";

export interface TerminalPageOptions {
  /** No line is wider, in columns. At least 20. */
  readonly width: number;
  /** Whether to use SGR sequences. Without them, headings are underlined and code is in backquotes. */
  readonly color: boolean;
  readonly measure: MeasureText;
  /** The command that shows another page, without the topic: `confab help`. */
  readonly helpCommand: string;
  /** The page itself: links to it name no command. */
  readonly topic?: string;
}

const BOLD = "1";
const DIM = "2";
const ITALIC = "3";
const UNDERLINED = "4";
const CODE = "36";
const CODE_INDENT = 4;
/** Characters that underline headings, by depth. */
const RULES = ["=", "-", "~"];

/** Renders Markdown as lines without line breaks. */
export function renderForTerminal(markdown: string, options: TerminalPageOptions): string[] {
  const lines = new TerminalRenderer(options).blocks(lexer(markdown, { gfm: true }), options.width);
  return lines.map((line) => formatLine(line, options.color));
}

class TerminalRenderer {
  readonly #options: TerminalPageOptions;

  constructor(options: TerminalPageOptions) {
    this.#options = options;
  }

  /** Blocks with an empty line between them. */
  blocks(tokens: readonly Token[], width: number): StyledLine[] {
    const parts = tokens.map((token) => this.#block(token, width)).filter((lines) => lines.length > 0);
    return parts.flatMap((lines, nth) => nth === 0 ? lines : [[], ...lines]);
  }

  #block(token: Token, width: number): StyledLine[] {
    const { measure } = this.#options;
    switch (token.type) {
      case "heading":
        return this.#heading(token as Tokens.Heading, width);
      case "paragraph":
      case "text":
        return wrapStyled(this.#spans(token), width, measure);
      case "list":
        return this.#list(token as Tokens.List, width);
      case "code":
        return cut((token as Tokens.Code).text, width - CODE_INDENT, measure)
          .map((text) => [plain(" ".repeat(CODE_INDENT)), { text, sgr: CODE }]);
      case "blockquote":
        return this.blocks((token as Tokens.Blockquote).tokens, width - 2)
          .map((line) => [{ text: "│ ", sgr: DIM }, ...line]);
      case "table":
        return this.#table(token as Tokens.Table, width);
      case "hr":
        return [[{ text: "─".repeat(width), sgr: DIM }]];
      case "html":
        return wrapStyled(htmlText((token as Tokens.HTML).text), width, measure).filter((line) => line.length > 0);
      default:
        // Empty lines, and definitions of links.
        return [];
    }
  }

  #heading(token: Tokens.Heading, width: number): StyledLine[] {
    const { color, measure } = this.#options;
    const lines = wrapStyled(
      styled(this.#spans(token), token.depth === 1 ? `${BOLD};${UNDERLINED}` : BOLD),
      width,
      measure,
    );
    if (color) return lines;
    const rule = (RULES[token.depth - 1] ?? "~").repeat(Math.max(...lines.map((line) => lineWidth(line, measure))));
    return [...lines, [plain(rule)]];
  }

  #list({ items, ordered, start, loose }: Tokens.List, width: number): StyledLine[] {
    const widest = ordered ? String(Number(start || 1) + items.length - 1).length + 2 : 2;
    return items.flatMap((item, nth) => {
      const mark = ordered ? `${Number(start || 1) + nth}. ` : "- ";
      const inner = loose ? this.blocks(item.tokens, width - widest) : this.#tight(item.tokens, width - widest);
      const lines = inner.map((line, row) => [plain(row === 0 ? mark.padEnd(widest) : " ".repeat(widest)), ...line]);
      return loose && nth > 0 ? [[], ...lines] : lines;
    });
  }

  #tight(tokens: readonly Token[], width: number): StyledLine[] {
    return tokens.flatMap((token) => this.#block(token, width));
  }

  #table({ header, rows }: Tokens.Table, width: number): StyledLine[] {
    const cells = (row: readonly Tokens.TableCell[]) => row.map((cell) => this.#inlines(cell.tokens));
    return layOutTable({ header: cells(header), rows: rows.map(cells) }, { width, measure: this.#options.measure });
  }

  #spans(token: Token): Span[] {
    const { tokens, text } = token as Tokens.Text;
    return tokens === undefined ? [plain(unescape(text))] : this.#inlines(tokens);
  }

  #inlines(tokens: readonly Token[]): Span[] {
    return tokens.flatMap((token) => this.#inline(token));
  }

  #inline(token: Token): Span[] {
    switch (token.type) {
      case "strong":
        return styled(this.#spans(token), BOLD);
      case "em":
        return styled(this.#spans(token), ITALIC);
      case "codespan":
        return [this.#options.color ? { text: token.text, sgr: CODE } : plain(`\`${token.text}\``)];
      case "br":
        return [plain("\n")];
      case "link":
        return this.#link(token as Tokens.Link);
      case "image":
        return [plain(`[${token.text}]`)];
      case "html":
        return htmlText(token.text);
      default:
        // A line break in the source is a space.
        return this.#spans(token).map(({ text, sgr }) => ({ text: text.replaceAll("\n", " "), sgr }));
    }
  }

  /** The text, and where it leads if the reader cannot guess that. */
  #link(token: Tokens.Link): Span[] {
    const { helpCommand, topic } = this.#options;
    const text = styled(this.#spans(token), UNDERLINED);
    const target = linkTarget(token.href);
    switch (target.kind) {
      case "page":
        return target.topic === topic ? text : [...text, plain(` (${helpCommand} ${target.topic})`)];
      case "web":
        return token.text === target.url ? text : [...text, plain(` (${target.url})`)];
      case "here":
      case "other":
        return text;
      default:
        return target satisfies never;
    }
  }
}

/** Comments and tags are dropped, `<br>` breaks the line. */
function htmlText(html: string): Span[] {
  const text = html.replace(/<!--[^]*?-->/g, "").replace(/<br\s*\/?>/gi, "\n").replace(/<\/?[a-z][^>]*>/gi, "");
  return text.trim() === "" && !text.includes("\n") ? [] : /^<!--/.test(html) ? [plain(text.trim())] : [plain(text)];
}

/** The lexer leaves character references as they are. */
function unescape(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: "\u00a0" };
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => names[name]!);
}
