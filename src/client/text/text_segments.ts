/** Splits a text into plain parts, links and mentions of the reader. */

export type Segment =
  | { readonly kind: "text"; readonly text: string }
  /** `href` is ASCII without blanks, quotes or control characters. */
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: "mention"; readonly text: string };

/** Only these two schemes: another one could start a program. */
const LINK = /\bhttps?:\/\/[^\s<>"'`\u2018-\u201f\u2039\u203a\u00ab\u00bb]+/giu;
/** Punctuation that ends a sentence rather than an address. */
const TRAILING = /[.,:;!?*_~]+$/;
const MAX_HREF_CHARS = 2_048;
const SAFE_HREF = /^https?:[!#-~]+$/;

/** The segments in order; joined they give the whole text. `words` are the reader's name and keywords. */
export function segmentsOf(text: string, words: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = linkOf(found);
    if (link === undefined) continue;
    segments.push(...mentionsOf(text.slice(end, index), words), link);
    end = index + link.text.length;
  }
  return [...segments, ...mentionsOf(text.slice(end), words)];
}

/** Whether the text contains one of the words as a separate word, ignoring case. */
export function mentions(text: string, words: readonly string[]): boolean {
  const pattern = patternOf(words);
  return pattern !== undefined && text.search(pattern) >= 0;
}

function linkOf(found: string): Extract<Segment, { kind: "link" }> | undefined {
  if (found.length > MAX_HREF_CHARS) return undefined;
  const text = trimmed(found);
  if (!URL.canParse(text)) return undefined;
  const { href } = new URL(text);
  return SAFE_HREF.test(href) ? { kind: "link", text, href } : undefined;
}

const OPENING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Removes trailing punctuation and a closing bracket whose opening bracket precedes the link. */
function trimmed(found: string): string {
  let text = found.replace(TRAILING, "");
  for (;;) {
    const last = text.at(-1) ?? "";
    const opening = OPENING[last];
    if (opening === undefined || count(text, last) <= count(text, opening)) return text;
    text = text.slice(0, -1).replace(TRAILING, "");
  }
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

function mentionsOf(text: string, words: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  const pattern = patternOf(words);
  for (const { 0: found, index } of pattern === undefined ? [] : text.matchAll(pattern)) {
    if (index > end) segments.push({ kind: "text", text: text.slice(end, index) });
    segments.push({ kind: "mention", text: found });
    end = index + found.length;
  }
  if (end < text.length) segments.push({ kind: "text", text: text.slice(end) });
  return segments;
}

let last: { readonly key: string; readonly pattern: RegExp } | undefined;

function patternOf(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const key = words.join("\n");
  if (last?.key !== key) {
    const alternatives = words.toSorted((a, b) => b.length - a.length).map(literal).join("|");
    last = { key, pattern: new RegExp(`(?<![\\p{L}\\p{N}_])(?:${alternatives})(?![\\p{L}\\p{N}_])`, "giu") };
  }
  return last.pattern;
}

function literal(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
}
