// Stands in for `@std/text/closest-string` where JSR cannot be reached.
import { levenshteinDistance } from "./levenshtein_distance.ts";

/** Options of {@linkcode closestString}. */
export interface ClosestStringOptions {
  /** Whether capitals count; default `false`. */
  caseSensitive?: boolean;
  /** Gives the distance of two words, 0 for equal ones; default `levenshteinDistance`. */
  compareFn?: (str1: string, str2: string) => number;
}

/**
 * The first of the words with the least distance from the given one.
 *
 * @throws {TypeError} If there are no words.
 */
export function closestString(
  givenWord: string,
  possibleWords: ReadonlyArray<string>,
  options?: ClosestStringOptions,
): string {
  if (possibleWords.length === 0) {
    throw new TypeError("When using closestString(), the possibleWords array must contain at least one word");
  }
  const { caseSensitive = false, compareFn = levenshteinDistance } = options ?? {};
  const fold = (word: string) => caseSensitive ? word : word.toLowerCase();
  const distances = possibleWords.map((word) => compareFn(fold(givenWord), fold(word)));
  const least = distances.indexOf(Math.min(...distances));
  // Distances that are not numbers leave the first word, as in the real one.
  return possibleWords[Math.max(least, 0)]!;
}
