/**
 * A text as SQLite takes and returns it unharmed. What it would cut (NUL) or change (half a surrogate pair) goes in as JSON
 * behind a mark; anything else, which is nearly everything, as it is.
 */
export function pack(text: string): string {
  return text.isWellFormed() && !text.includes("\0") && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text);
}

/** The text that was packed. */
export function unpack(packed: string): string {
  return packed.startsWith(MARK) ? JSON.parse(packed.slice(MARK.length)) as string : packed;
}

const MARK = "\u0001";

let lastAt = "";
let lastMs = 0;

/** RFC 3339 as milliseconds. Remembers the newest, for a batch asks for the same again and again. */
export function toMs(at: string): number {
  if (at !== lastAt) {
    lastMs = Date.parse(at);
    lastAt = at;
  }
  return lastMs;
}

/** Milliseconds as RFC 3339 in UTC. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
