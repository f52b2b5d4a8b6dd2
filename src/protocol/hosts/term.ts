/** Terms: 1 for the first host of a shared chat, and higher for each host that follows. */

import { MAX_TERM, TERM_LEAP } from "../limits.ts";

/** `older`: another host has followed. `leap`: too far above the highest known one, as no honest host would be. */
export type TermJudgement = "accepted" | "older" | "leap";

export function isTerm(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_TERM;
}

/**
 * Judges a term by the highest one known. Without one, each term is accepted. A limit for the leap leaves terms for the hosts
 * that follow a hostile one.
 */
export function judgeTerm(highest: number | undefined, term: number): TermJudgement {
  if (!isTerm(term)) return "leap";
  if (highest === undefined) return "accepted";
  if (term < highest) return "older";
  return term - highest > TERM_LEAP ? "leap" : "accepted";
}
