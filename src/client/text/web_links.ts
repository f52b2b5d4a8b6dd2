/** Finds web addresses in a text. */

/** A link in a text. */
export interface WebLink {
  /** Offset of the link in the text, in UTF-16 units. */
  readonly index: number;
  readonly text: string;
  /** ASCII without blanks, quotes or control characters. */
  readonly href: string;
}

const MAX_HREF_CHARS = 2_048;

/**
 * Only these two schemes: another one could start a program. Punctuation of Chinese and Japanese and full-width forms
 * end a link, because these scripts write no blank after it. Marks of iteration and the like are letters: 々 〇.
 */
const LINK =
  /\b[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s<>"'`\u2018-\u201f\u2026\u2039\u203a\u00ab\u00bb\u3001-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffe6]+/g;
/** The same at one offset. A text full of unfinished links would take long without a bound. */
const LINK_HERE = new RegExp(LINK.source.replace(/\+$/, `{1,${MAX_HREF_CHARS}}`), "y");
/** Punctuation that ends a sentence rather than an address, in any script. */
const TRAILING = /[.,:;!?*_~\u037e\u0387\u0589\u05c3\u060c\u061b\u061f\u06d4\u0964\u0965\u104a\u104b\u2013\u2014]+$/;
const SAFE_HREF = /^https?:[!#-~]+$/;

/** The links in the order of the text. */
export function* findLinks(text: string): Generator<WebLink> {
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = linkOf(balanced(found).replace(TRAILING, ""), index);
    if (link !== undefined) yield link;
  }
}

/** The link that begins at an offset. */
export function linkAt(text: string, index: number): WebLink | undefined {
  return linkOf(balanced(foundAt(text, index)).replace(TRAILING, ""), index);
}

/** The same with the punctuation at its end, for an address between parentheses. */
export function addressAt(text: string, index: number): WebLink | undefined {
  return linkOf(balanced(foundAt(text, index)), index);
}

function foundAt(text: string, index: number): string {
  LINK_HERE.lastIndex = index;
  return LINK_HERE.exec(text)?.[0] ?? "";
}

function linkOf(text: string, index: number): WebLink | undefined {
  if (text.length > MAX_HREF_CHARS || !URL.canParse(text)) return undefined;
  const { href } = new URL(text);
  return SAFE_HREF.test(href) ? { index, text, href } : undefined;
}

const OPENING: ReadonlyMap<string, string> = new Map([[")", "("], ["]", "["], ["}", "{"]]);
const BRACKET = /[()[\]{}]/g;
/** Brackets inside each other that an address may have. */
const MAX_OPEN_BRACKETS = 8;

/** The text before its first bracket without a partner: `(see https://a.example/b_(c))` has a link with one pair. */
function balanced(text: string): string {
  const open: { readonly bracket: string; readonly index: number }[] = [];
  for (const { 0: bracket, index } of text.matchAll(BRACKET)) {
    const partner = OPENING.get(bracket);
    if (open.length > MAX_OPEN_BRACKETS) break;
    if (partner === undefined) open.push({ bracket, index });
    else if (open.at(-1)?.bracket === partner) open.pop();
    else return text.slice(0, open[0]?.index ?? index);
  }
  return text.slice(0, open[0]?.index);
}
