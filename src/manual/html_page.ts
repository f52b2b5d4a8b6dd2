/** A page of the manual as HTML. */

import { Marked, type RendererObject, type Token, type Tokens } from "marked";
import { Anchors, linkTarget } from "./anchors.ts";
import { TOPICS } from "./topics.ts";

export interface HtmlPage {
  /** The text of the first heading, not escaped. */
  readonly title: string;
  /** Well-formed HTML without scripts, styles or event handlers. Raw HTML in the Markdown is shown as text. */
  readonly body: string;
  /** The headings of the second level, for a table of contents. */
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly anchor: string;
}

/** `manualPath` is the path of the manual, relative to the page or absolute, without a slash at its end. */
export function renderForBrowser(markdown: string, manualPath: string): HtmlPage {
  const anchors = new Anchors();
  const headings: (Section & { readonly depth: number })[] = [];
  const renderer: RendererObject = {
    heading({ tokens, depth }) {
      const title = plainText(tokens);
      const anchor = anchors.next(title);
      headings.push({ title, anchor, depth });
      const id = escapeHtml(anchor);
      const link = `<a class="anchor" href="#${id}" aria-label="Link to this section">#</a>`;
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${depth === 1 ? "" : link}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      return anchorElement(href, this.parser.parseInline(tokens), manualPath);
    },
    // Wide code and tables take the focus, so that the keyboard can scroll them.
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}\n</code></pre>\n`,
    image: ({ text }) => `<em>${escapeHtml(text)}</em>`,
    html: ({ text }) => escapeHtml(text.replace(/<!--[^]*?-->\n?/g, "")).replace(/&lt;br\s*\/?&gt;/gi, "<br>"),
    table(token) {
      return `<div class="table" tabindex="0" role="group" aria-label="Table">${tableElement(this, token)}</div>\n`;
    },
  };
  const body = new Marked({ gfm: true, renderer }).parse(markdown, { async: false });
  return {
    title: headings[0]?.title ?? "Manual",
    body,
    sections: headings.filter(({ depth }) => depth === 2).map(({ title, anchor }) => ({ title, anchor })),
  };
}

/** The list of all pages, as Markdown. */
export function indexMarkdown(): string {
  const items = TOPICS.map(({ name, title, summary }) => `- [${title}](${name}.md): ${summary}`);
  return `# Manual\n\n${items.join("\n")}\n`;
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}

type InlineParser = { readonly parser: { parseInline(tokens: Token[]): string } };

function tableElement({ parser }: InlineParser, { header, rows, align }: Tokens.Table): string {
  const row = (cells: readonly Tokens.TableCell[], tag: "th" | "td") =>
    `<tr>${
      cells.map((cell, index) => {
        const side = align[index] === "right" || align[index] === "center" ? ` class="${align[index]}"` : "";
        return `<${tag}${tag === "th" ? ' scope="col"' : ""}${side}>${parser.parseInline(cell.tokens)}</${tag}>`;
      }).join("")
    }</tr>\n`;
  const body = rows.map((cells) => row(cells, "td")).join("");
  return `<table>\n<thead>\n${row(header, "th")}</thead>\n<tbody>\n${body}</tbody>\n</table>`;
}

function anchorElement(href: string, content: string, manualPath: string): string {
  const target = linkTarget(href);
  switch (target.kind) {
    case "here":
      return `<a href="#${escapeHtml(target.anchor)}">${content}</a>`;
    case "page": {
      const anchor = target.anchor === "" ? "" : `#${target.anchor}`;
      return `<a href="${escapeHtml(`${manualPath}/${target.topic}${anchor}`)}">${content}</a>`;
    }
    case "web":
      return `<a href="${escapeHtml(target.url)}" target="_blank" rel="noopener noreferrer">${content}</a>`;
    case "other":
      return content;
    default:
      return target satisfies never;
  }
}

/** The text of inline tokens without markup. */
export function plainText(tokens: readonly Token[]): string {
  return tokens.map((token) => {
    const { tokens, text } = token as Tokens.Text;
    return tokens === undefined ? text ?? "" : plainText(tokens);
  }).join("");
}
