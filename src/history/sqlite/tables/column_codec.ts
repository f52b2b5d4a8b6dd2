import { type EntrySignature, signatureOf } from "../../../protocol/identity/entry_signature.ts";

/**
 * Encodes a text so that SQLite returns it unchanged. SQLite would truncate at NUL and replace lone surrogates;
 * such texts are stored as JSON after a mark. All others, nearly every text, are stored as they are.
 */
export function encodeText(text: string): string {
  return text.isWellFormed() && !text.includes("\0") && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text);
}

/** The inverse of `encodeText`. */
export function decodeText(encoded: string): string {
  return encoded.startsWith(MARK) ? JSON.parse(encoded.slice(MARK.length)) as string : encoded;
}

const MARK = "\u0001";

let lastAt = "";
let lastMs = 0;

/**
 * Converts an RFC 3339 time to milliseconds. It caches the
 * last time, because the messages of a batch share theirs.
 */
export function toMs(at: string): number {
  if (at !== lastAt) {
    lastMs = Date.parse(at);
    lastAt = at;
  }
  return lastMs;
}

/** Converts milliseconds to an RFC 3339 time in UTC. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** The three fields of a signature, separated by spaces; null if the entry is not signed. */
export function encodeSignature(entry: Partial<EntrySignature>): string | null {
  const signed = entry.signature === undefined ? undefined : signatureOf(entry);
  return signed === undefined ? null : `${signed.signature} ${signed.key} ${signed.time}`;
}

/** The inverse of `encodeSignature`. */
export function decodeSignature(encoded: string): EntrySignature {
  const [signature = "", key = "", time = ""] = encoded.split(" ");
  return { signature, key, time };
}
