/** The words of a text, as search compares them: the same for stored texts and for queries, and for every store. */

import { foldCase } from "../protocol/text/names.ts";

const ASCII = /^[\0-\x7f]*$/;
/** Scripts whose accents one leaves out when one types in a hurry. */
const ACCENTED = /([\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}])\p{M}+/gu;
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}\p{Co}\p{Extended_Pictographic}\p{RI}]+/gu;
/** Each is a word of its own: emoji, and scripts without blanks, in which any run of characters is to be found. */
const ALONE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{Extended_Pictographic}\p{RI}]/gu;
/**
 * UTF-16 units of a text that search sees once compatibility characters are written out. Ordinary text does not grow by that,
 * but one letter of three bytes, U+FDFA, becomes eighteen, and would cost its reader and the index as much.
 */
const MAX_FOLDED_CHARS = 8_192;
/** UTF-16 units that are folded at a time. */
const FOLDED_AT_ONCE = 512;

/** The words of a text without case and accents, with one blank before and after each: `Hé, you` is ` he you `. */
export function searchWords(text: string): string {
  if (ASCII.test(text)) return spaced(text.toLowerCase().replace(/[^a-z0-9]+/g, " "));
  const folded = fold(text).normalize("NFD").replace(ACCENTED, "$1").normalize("NFC");
  return spaced(folded.replace(BETWEEN_WORDS, " ").replace(ALONE, " $& ").replace(/ {2,}/g, " "));
}

function spaced(words: string): string {
  const start = words.startsWith(" ") ? "" : " ";
  return words.endsWith(" ") && words !== "" ? start + words : start + words + " ";
}

/** Whether all of `phrases` are in `words`; both are as `wordsOf` makes them. */
export function hasPhrases(words: string, phrases: readonly string[]): boolean {
  return phrases.every((phrase) => words.includes(phrase));
}

/** As `wordsOf` makes them, each once; those without a single word, such as `???`, are left out. */
export function phrasesOf(phrases: readonly (readonly string[])[]): string[] {
  const folded = phrases.map((words) => searchWords(words.join(" "))).filter((phrase) => phrase.trim() !== "");
  return [...new Set(folded)];
}

/** Two names with the same are one name to `from:`. */
export function authorKey(name: string): string {
  return fold(name);
}

/** Look-alikes of letters become letters first, for they have no case. */
function fold(text: string): string {
  return foldCase(compatible(text.toWellFormed()).slice(0, MAX_FOLDED_CHARS).toWellFormed());
}

/** NFKC, as far as it is needed: a part of the text at a time, never ending within a character. */
function compatible(text: string): string {
  let result = "";
  for (let start = 0; start < text.length && result.length < MAX_FOLDED_CHARS;) {
    const end = isHighSurrogate(text, start + FOLDED_AT_ONCE - 1) ? start + FOLDED_AT_ONCE + 1 : start + FOLDED_AT_ONCE;
    result += text.slice(start, end).normalize("NFKC");
    start = end;
  }
  return result;
}

function isHighSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}
