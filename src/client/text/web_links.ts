/** Finds web addresses in a text. */

/** A link in a text. */
export interface WebLink {
  /** Offset of the link in the text, in UTF-16 units. */
  readonly index: number;
  readonly text: string;
  /** ASCII without blanks, quotes or control characters. */
  readonly href: string;
}

/**
 * Only these two schemes: another one could start a program. Punctuation of Chinese and Japanese and full-width forms
 * end a link, because these scripts write no blank after it. Marks of iteration and the like are letters: 々 〇.
 */
const LINK =
  /\bhttps?:\/\/[^\s<>"'`\u2018-\u201f\u2026\u2039\u203a\u00ab\u00bb\u3001-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffe6]+/giu;
/** Punctuation that ends a sentence rather than an address, in any script. */
const TRAILING = /[.,:;!?*_~\u037e\u0387\u0589\u05c3\u060c\u061b\u061f\u06d4\u0964\u0965\u104a\u104b\u2013\u2014]+$/;
const MAX_HREF_CHARS = 2_048;
const SAFE_HREF = /^https?:[!#-~]+$/;

/** The links in the order of the text. */
export function* findLinks(text: string): Generator<WebLink> {
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = found.length > MAX_HREF_CHARS ? undefined : linkOf(found);
    if (link !== undefined) yield { index, ...link };
  }
}

function linkOf(found: string): Omit<WebLink, "index"> | undefined {
  const text = balanced(found).replace(TRAILING, "");
  if (!URL.canParse(text)) return undefined;
  const { href } = new URL(text);
  return SAFE_HREF.test(href) ? { text, href } : undefined;
}

const OPENING: ReadonlyMap<string, string> = new Map([[")", "("], ["]", "["], ["}", "{"]]);
const BRACKET = /[()[\]{}]/g;

/** The text before its first bracket without a partner: `(see https://a.example/b_(c))` has a link with one pair. */
function balanced(text: string): string {
  const open: { readonly bracket: string; readonly index: number }[] = [];
  for (const { 0: bracket, index } of text.matchAll(BRACKET)) {
    const partner = OPENING.get(bracket);
    if (partner === undefined) open.push({ bracket, index });
    else if (open.at(-1)?.bracket === partner) open.pop();
    else return text.slice(0, open[0]?.index ?? index);
  }
  return text.slice(0, open[0]?.index);
}
