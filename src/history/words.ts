/** What search sees of a text. The same for what is stored and what is looked for, and for every store. */

import { foldCase } from "../protocol/names.ts";

const ASCII = /^[\0-\x7f]*$/;
/** Scripts whose accents one leaves out when one types in a hurry. */
const ACCENTED = /([\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}])\p{M}+/gu;
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}\p{Co}\p{Extended_Pictographic}\p{RI}]+/gu;
/** Each is a word of its own: emoji, and scripts without blanks, in which any run of characters is to be found. */
const ALONE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{Extended_Pictographic}\p{RI}]/gu;

/** The words of a text without case and accents, with one blank before and behind each: `Hé, you` is ` he you `. */
export function wordsOf(text: string): string {
  if (ASCII.test(text)) return spaced(text.toLowerCase().replace(/[^a-z0-9]+/g, " "));
  const folded = fold(text).normalize("NFD").replace(ACCENTED, "$1").normalize("NFC");
  return spaced(folded.replace(BETWEEN_WORDS, " ").replace(ALONE, " $& ").replace(/ {2,}/g, " "));
}

function spaced(words: string): string {
  const start = words.startsWith(" ") ? "" : " ";
  return words.endsWith(" ") && words !== "" ? start + words : start + words + " ";
}

/** Whether all of `phrases`, which are as `wordsOf` makes them, stand in `text`. */
export function hasPhrases(text: string, phrases: readonly string[]): boolean {
  if (phrases.length === 0) return true;
  const words = wordsOf(text);
  return phrases.every((phrase) => words.includes(phrase));
}

/** As `wordsOf` makes them; those without a single word, such as `???`, are left out. */
export function phrasesOf(phrases: readonly (readonly string[])[]): string[] {
  return phrases.map((words) => wordsOf(words.join(" "))).filter((phrase) => phrase.trim() !== "");
}

/** Two names with the same are one name to `from:`. */
export function authorKey(name: string): string {
  return fold(name);
}

/** Look-alikes of letters become letters first, for they have no case. */
function fold(text: string): string {
  return foldCase(text.toWellFormed().normalize("NFKC"));
}
