import { wordlist } from "@scure/bip39/wordlists/english.js";
import { INVITE_WORDS } from "../../protocol/limits.ts";
import { wordsOf } from "../../protocol/address/invite_link.ts";
import { nearestTo } from "../args/arguments.ts";

/** 2,048 English words that differ in their first four letters. */
export const WORDS: readonly string[] = wordlist;

/** A secret to be said, such as `otter-lamp-crane`; each has the same chance, for 2,048 divides 65,536. */
export function drawWords(): string {
  const numbers = crypto.getRandomValues(new Uint16Array(INVITE_WORDS));
  return Array.from(numbers, (number) => WORDS[number % WORDS.length]).join("-");
}

/** Whether the secret is one that can be said. */
export function isSpoken(secret: string): boolean {
  const words = secret.split("-");
  return words.length === INVITE_WORDS && words.every((word) => WORDS.includes(word));
}

/** What is wrong with the first word that is none of the list, with the nearest that is; undefined where all are. */
export function faultInWords(secret: string): string | undefined {
  const words = wordsOf(secret);
  const wrong = words.findIndex((word) => !WORDS.includes(word));
  if (wrong < 0) return undefined;
  const nearest = nearestTo(words[wrong]!, WORDS);
  return `word ${wrong + 1} is none of the list: ${nearest === undefined ? "ask for it again" : `was it ${nearest}?`}`;
}
