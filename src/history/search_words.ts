/**
 * Normalises texts for search. Every store uses it for stored texts and for queries, so that all stores
 * find the same.
 */

import { foldCase, foldName } from "../protocol/text/names.ts";

const ASCII = /^[\0-\x7f]*$/;
/** Letters of scripts whose accents users often omit, with their accents. */
const ACCENTED = /([\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}])\p{M}+/gu;
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}\p{Co}\p{Extended_Pictographic}\p{RI}]+/gu;
/**
 * Characters that are words of their own: emoji, and characters of scripts that put no spaces between words,
 * in which search must find any run of characters.
 */
const ALONE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{Extended_Pictographic}\p{RI}]/gu;
/**
 * The maximum UTF-16 units of a folded text; search ignores the rest. Ordinary text does not grow under NFKC, but the
 * three-byte letter U+FDFA becomes 18 characters, which would make a message 18 times as expensive to index and compare.
 */
const MAX_FOLDED_CHARS = 8_192;
/** UTF-16 units that are folded in one call. */
const FOLDED_AT_ONCE = 512;

/**
 * The words of a text without case and accents, with one space before and after each:
 * `Hé, you` becomes ` he you `.
 */
export function searchWords(text: string): string {
  if (ASCII.test(text)) return spaced(text.toLowerCase().replace(/[^a-z0-9]+/g, " "));
  const folded = fold(text).normalize("NFD").replace(ACCENTED, "$1").normalize("NFC");
  return spaced(folded.replace(BETWEEN_WORDS, " ").replace(ALONE, " $& ").replace(/ {2,}/g, " "));
}

/** The words by which a message is found: those of its text, and of the name of its file. */
export function messageWords(text: string, fileName: string | undefined): string {
  const words = searchWords(text);
  return fileName === undefined ? words : `${words.trimEnd()}${searchWords(fileName)}`;
}

function spaced(words: string): string {
  const start = words.startsWith(" ") ? "" : " ";
  return words.endsWith(" ") && words !== "" ? start + words : start + words + " ";
}

/** True if `words` contains each of `phrases`; `searchWords` made both. */
export function hasPhrases(words: string, phrases: readonly string[]): boolean {
  return phrases.every((phrase) => words.includes(phrase));
}

/** The search words of each phrase, without duplicates. Phrases without a word, such as `???`, are dropped. */
export function phrasesOf(phrases: readonly (readonly string[])[]): string[] {
  const folded = phrases.map((words) => searchWords(words.join(" "))).filter((phrase) => phrase.trim() !== "");
  return [...new Set(folded)];
}

/** The form of a name by which `from:` compares authors. */
export function authorKey(name: string): string {
  return foldName(fold(name));
}

/** Folds case after NFKC, because compatibility variants of letters have no case of their own. */
function fold(text: string): string {
  return foldCase(compatible(text.toWellFormed()).slice(0, MAX_FOLDED_CHARS).toWellFormed());
}

/** The text in NFKC, normalised piece by piece until the limit; pieces never split a surrogate pair. */
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
