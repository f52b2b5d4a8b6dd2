import type { SearchQuery } from "./history_store.ts";

/** A filter such as `from:ada`, or a phrase in quotes whose closing quote may be missing, or a word. */
const PART = /(from|before):(?:"([^"]*)"?|(\S+))|"([^"]*)"?|([^\s"]+)/giu;

/** Takes apart what a person typed: words, "phrases", `from:ada`, `before:2026-11-01` (midnight in UTC). Never throws: whatever is no filter is words. */
export function parseSearchQuery(text: string): SearchQuery {
  const phrases: string[][] = [];
  let from: string | undefined;
  let beforeMs: number | undefined;
  for (const [whole, filter, quoted, bare, phrase, word] of text.matchAll(PART)) {
    const value = quoted ?? bare ?? "";
    const day = filter?.toLowerCase() === "before" ? parseDay(value) : undefined;
    if (day !== undefined) beforeMs = Math.min(day, beforeMs ?? Infinity);
    else if (filter?.toLowerCase() === "from" && value.trim() !== "") from = value.trim().replace(/^@/, "");
    else addPhrase(phrases, phrase ?? word ?? whole);
  }
  return { phrases, ...(from !== undefined && { from }), ...(beforeMs !== undefined && { beforeMs }) };
}

function addPhrase(phrases: string[][], text: string): void {
  const words = text.split(/[\s"]+/u).filter((word) => word !== "");
  if (words.length > 0) phrases.push(words);
}

/** The beginning of a day in UTC; undefined for what is no day of the calendar, such as 2026-02-30. */
function parseDay(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const iso = `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`;
  const ms = Date.parse(`${iso}T00:00:00.000Z`);
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(iso) ? undefined : ms;
}
