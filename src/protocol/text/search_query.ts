import { MAX_SEARCH_WORDS } from "../limits.ts";
import { ProtocolError } from "../errors.ts";

/** A search query, parsed by `parseSearchQuery`. */
export interface SearchQuery {
  /** Words and phrases that a message must all contain, each once. A phrase is several words side by side. */
  readonly phrases: readonly (readonly string[])[];
  /** Only messages whose author had this name then, ignoring case. */
  readonly from?: string;
  /** Only messages from before this time, in milliseconds since the epoch. */
  readonly beforeMs?: number;
}

/** A filter such as `from:ada`, or a phrase in quotes whose closing quote may be missing, or a word. */
const PART = /(from|before):(?:"([^"]*)"?|(\S+))|"([^"]*)"?|([^\s"]+)/giu;

/**
 * Parses words, "phrases", `from:ada` and `before:2026-11-01` (midnight in UTC). Never throws: a filter that is not
 * valid counts as a word.
 */
export function parseSearchQuery(text: string): SearchQuery {
  const phrases = new Map<string, string[]>();
  let from: string | undefined;
  let beforeMs: number | undefined;
  for (const [whole, filter, quoted, bare, phrase, word] of text.matchAll(PART)) {
    const value = quoted ?? bare ?? "";
    const day = filter?.toLowerCase() === "before" ? parseDay(value) : undefined;
    if (day !== undefined) beforeMs = Math.min(day, beforeMs ?? Infinity);
    else if (filter?.toLowerCase() === "from" && value.trim() !== "") from = value.trim().replace(/^@/, "");
    else addPhrase(phrases, phrase ?? word ?? whole);
  }
  const found = [...phrases.values()];
  return { phrases: found, ...(from !== undefined && { from }), ...(beforeMs !== undefined && { beforeMs }) };
}

/** Throws `invalid` for a query of more than `MAX_SEARCH_WORDS` words, those of phrases included. */
export function checkSearchQuery({ phrases }: SearchQuery): void {
  const words = phrases.flat().length;
  if (words <= MAX_SEARCH_WORDS) return;
  throw new ProtocolError("invalid", `Field query has ${words} words: search for at most ${MAX_SEARCH_WORDS}`);
}

function addPhrase(phrases: Map<string, string[]>, text: string): void {
  const words = text.split(/[\s"]+/u).filter((word) => word !== "");
  if (words.length > 0) phrases.set(words.join(" ").toLowerCase(), words);
}

/** The start of a day in UTC; `undefined` for a day that does not exist, such as 2026-02-30. */
function parseDay(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const iso = `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`;
  const ms = Date.parse(`${iso}T00:00:00.000Z`);
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(iso) ? undefined : ms;
}
