/** Finds the words of a text that mention the reader. */

import { MAX_MARKS_IN_A_ROW } from "../../protocol/limits.ts";
import { withoutJoiners } from "../../protocol/text/joiners.ts";

/** Whether the text contains one of the words as a separate word, ignoring case. */
export function mentions(text: string, words: readonly string[]): boolean {
  const pattern = mentionPattern(words);
  return pattern !== undefined && composed(text).search(pattern) >= 0;
}

/**
 * The text with letters and their marks composed (NFC), as `mentionPattern` expects it. Texts with long runs of marks,
 * before or after, stay as they are: no language has them, they take long to compose, and composing can split one mark
 * into two.
 */
export function composed(text: string): string {
  if (!PART.test(text) || MARK_RUN.test(text)) return text;
  const result = text.normalize("NFC");
  return MARK_RUN.test(result) ? text : result;
}

/** The characters that composition may join to the letter before them: marks, and the vowels and finals of Korean. */
const PART = /[\p{M}\u1160-\u11ff]/u;
const MARK_RUN = new RegExp(`[\\p{M}\\p{Default_Ignorable_Code_Point}]{${MAX_MARKS_IN_A_ROW + 1}}`, "u");

let last: { readonly key: string; readonly pattern: RegExp } | undefined;

/** A global pattern for the reader's name and keywords; `undefined` without any. */
export function mentionPattern(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const key = words.join("\n");
  if (last?.key !== key) {
    last = { key, pattern: patternOf(words) };
  }
  return last.pattern;
}

const WORD = "[\\p{L}\\p{M}\\p{N}_]";
/** Scripts without blanks between words: UAX 29, section 4. */
const UNSPACED = "\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}";
const ENDS_UNSPACED = new RegExp(`^[${UNSPACED}]$`, "v");
/** Letters that may follow a name directly: Korean writes particles and titles there. */
const SUFFIX = `${UNSPACED}\\p{scx=Hang}`;
/** A word in Katakana is as long as its run of Katakana. */
const KATAKANA = "[\\p{sc=Kana}\\u30fc]";
const IS_KATAKANA = new RegExp(KATAKANA, "v");
const APOSTROPHE = "['\\u2018\\u2019\\u02bc]";

/** Words with the same bounds share them, which saves most of the time that the pattern takes to compile. */
function patternOf(words: readonly string[]): RegExp {
  const forms = words.map((word) => [...withoutJoiners(word.normalize("NFC"))]).toSorted((a, b) => b.length - a.length);
  const groups = [...Map.groupBy(forms, (form) => boundsOf(form).join("\n"))];
  const alternatives = groups.map(([bounds, group]) => bounds.replace("\n", () => `(?:${group.map(body).join("|")})`));
  return new RegExp(alternatives.join("|"), "giv");
}

/**
 * Patterns for what may be before and after a word, so that it is not part of a longer one. A dot or a dash between letters joins
 * them to one name, as in `ann-marie`. An apostrophe does not, because languages put it between a name and what belongs to
 * it: `ann's`, `d'Ann`, `Ann'ın`. Only `O'Brien` is one name, and a single letter before an apostrophe is no name.
 */
function boundsOf(word: readonly string[]): [before: string, after: string] {
  const single = word.length === 1 ? `(?!${APOSTROPHE}${WORD})` : "";
  return [notAfter(word.at(0) ?? ""), notBefore(word.at(-1) ?? "") + single];
}

function body(word: readonly string[]): string {
  return word.map(literal).join("[\\u200c\\u200d]?");
}

function notAfter(first: string): string {
  if (IS_KATAKANA.test(first)) return `(?<!${KATAKANA}|${WORD}-)`;
  if (ENDS_UNSPACED.test(first)) return `(?<!${WORD}-)`;
  return `(?<![${WORD}--[${UNSPACED}]]|${WORD}[.\\-]|(?<!${WORD})o${APOSTROPHE})`;
}

function notBefore(last: string): string {
  if (IS_KATAKANA.test(last)) return `(?!${KATAKANA}|\\p{M}|-${WORD})`;
  if (ENDS_UNSPACED.test(last)) return `(?!\\p{M}|-${WORD})`;
  return `(?!\\p{M}|[${WORD}--[${SUFFIX}]]|[.\\-]${WORD})`;
}

function literal(char: string): string {
  if (/['\u2018\u2019\u02bc]/.test(char)) return APOSTROPHE;
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
}
