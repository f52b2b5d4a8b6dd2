/** Splits a text into plain parts and mentions of the reader. */

import { composed, mentionPattern } from "./mentions.ts";

export interface MentionSegment {
  readonly kind: "text" | "mention";
  readonly text: string;
}

/**
 * The segments in order; joined they give the whole text, whose marks may be composed (NFC). `words` are the reader's name
 * and keywords.
 */
export function mentionSegments(typed: string, words: readonly string[]): MentionSegment[] {
  const segments: MentionSegment[] = [];
  let end = 0;
  const text = composed(typed);
  const pattern = mentionPattern(words);
  for (const { 0: found, index } of pattern === undefined ? [] : text.matchAll(pattern)) {
    if (index > end) segments.push({ kind: "text", text: text.slice(end, index) });
    segments.push({ kind: "mention", text: found });
    end = index + found.length;
  }
  if (end < text.length) segments.push({ kind: "text", text: text.slice(end) });
  return segments;
}
