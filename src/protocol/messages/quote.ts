import { MAX_QUOTE_CHARS } from "../limits.ts";
import type { Quote, RoomMessage } from "./messages.ts";

/** A message as what is about it shows it. */
export function quoteOf({ seq, from, text, deleted }: RoomMessage): Quote {
  return deleted ? { seq, from } : { seq, from, text: beginning(text) };
}

/** On one line. */
function beginning(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= MAX_QUOTE_CHARS) return line;
  // What is cut in the middle of a character loses all of it.
  return line.slice(0, MAX_QUOTE_CHARS - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}
