import { wordlist } from "@scure/bip39/wordlists/english.js";
import { INVITE_WORDS } from "../../protocol/limits.ts";
import { inviteWords } from "../../protocol/address/invite_link.ts";
import { nearestTo } from "../args/arguments.ts";

/** 2,048 English words that differ in their first four letters. */
export const PASSPHRASE_WORDS: readonly string[] = wordlist;

/**
 * Draws a passphrase such as `otter-lamp-crane`. All words are equally likely, because 2,048
 * divides 65,536.
 */
export function drawPassphrase(): string {
  const numbers = crypto.getRandomValues(new Uint16Array(INVITE_WORDS));
  return Array.from(numbers, (number) => PASSPHRASE_WORDS[number % PASSPHRASE_WORDS.length]).join("-");
}

/** Whether the secret is a passphrase. */
export function isPassphrase(secret: string): boolean {
  const words = secret.split("-");
  return words.length === INVITE_WORDS && words.every((word) => PASSPHRASE_WORDS.includes(word));
}

/** Describes the first word that is not in the word list, with a suggestion; `undefined` if all words are. */
export function passphraseError(secret: string): string | undefined {
  const words = inviteWords(secret);
  const wrong = words.findIndex((word) => !PASSPHRASE_WORDS.includes(word));
  if (wrong < 0) return undefined;
  const nearest = nearestTo(words[wrong]!, PASSPHRASE_WORDS);
  return `word ${wrong + 1} is not in the word list: ${
    nearest === undefined ? "ask for it again" : `did you mean ${nearest}?`
  }`;
}
