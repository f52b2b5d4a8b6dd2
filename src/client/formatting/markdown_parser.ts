/** The parser of markup in messages: markdown-it with the few rules that a chat needs. Only its tokens are used. */

import MarkdownIt, { type MarkdownIt as Parser, type Token } from "markdown-it/browser";
import { MAX_FORMATTING_DEPTH } from "../../protocol/limits.ts";
import { emptyFence, paragraph, quoteEnd, signLine, spacedQuote } from "./block_rules.ts";
import { codeSpan, emphasis, labelledLink, literal, plainChars, webAddress } from "./inline_rules.ts";

let parser: Parser | undefined;

/** The tokens of the blocks of a sanitised text. What is nested deeper than `MAX_FORMATTING_DEPTH` is missing in them. */
export function parseBlocks(text: string): Token[] {
  parser ??= makeParser();
  return parser.parse(text, {});
}

/** The tokens of a sanitised text that is one paragraph: a third of the work. */
export function parseParagraph(text: string): readonly Token[] {
  parser ??= makeParser();
  const tokens: Token[] = [];
  parser.inline.parse(text, parser, {}, tokens);
  return tokens;
}

/** Takes a few milliseconds, so the first text with markup makes it. */
function makeParser(): Parser {
  const made = new MarkdownIt("zero", { maxNesting: MAX_FORMATTING_DEPTH });
  made.core.ruler.enableOnly(["block", "inline"]);
  const [quote] = made.enable("blockquote").block.ruler.getRules("blockquote");
  made.block.ruler.at("blockquote", spacedQuote(quote!), { alt: ["paragraph", "blockquote", "list"] });
  made.enable(["fence", "list", "emphasis", "strikethrough"]);
  made.block.ruler.at("paragraph", paragraph);
  made.block.ruler.before("fence", "empty_fence", emptyFence);
  made.block.ruler.before("blockquote", "sign_line", signLine);
  made.block.ruler.before("paragraph", "quote_end", quoteEnd, { alt: ["blockquote"] });
  made.inline.ruler.at("text", plainChars);
  made.inline.ruler.at("emphasis", emphasis);
  made.inline.ruler.after("text", "literal", literal);
  made.inline.ruler.after("literal", "code_span", codeSpan);
  made.inline.ruler.after("code_span", "web_address", webAddress);
  made.inline.ruler.push("labelled_link", labelledLink);
  return made;
}
