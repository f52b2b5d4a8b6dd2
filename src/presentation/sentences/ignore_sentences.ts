/** Sentences for `/ignore` and `/unignore`, sanitised. */

import { sanitizeLine } from "../../protocol/text/sanitize.ts";

/** The names of the ignored members. */
export function ignoreListSentence(names: readonly string[]): string {
  if (names.length === 0) return "You ignore nobody: /ignore NAME hides a member's messages";
  return `You ignore ${names.map(sanitizeLine).join(", ")}`;
}

/** The member with this name is ignored from now on. */
export function ignoredSentence(name: string): string {
  const shown = sanitizeLine(name);
  return `You no longer see messages of ${shown}: /unignore ${shown} ends that`;
}

/** The member with this name is not ignored any more. */
export function unignoredSentence(name: string): string {
  return `You see messages of ${sanitizeLine(name)} again`;
}
