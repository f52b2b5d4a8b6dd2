/** Splits a text into plain parts, links and mentions of the reader. */

import { composed, mentionPattern } from "./mentions.ts";
import { findLinks } from "./web_links.ts";

export type Segment =
  | { readonly kind: "text"; readonly text: string }
  /** `href` is ASCII without blanks, quotes or control characters. */
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: "mention"; readonly text: string };

/**
 * The segments in order; joined they give the whole text, whose marks may be composed (NFC) outside of links. `words`
 * are the reader's name and keywords.
 */
export function segmentsOf(text: string, words: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const { index, ...link } of findLinks(text)) {
    segments.push(...mentionsOf(text.slice(end, index), words), { kind: "link", ...link });
    end = index + link.text.length;
  }
  return [...segments, ...mentionsOf(text.slice(end), words)];
}

function mentionsOf(part: string, words: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  const text = composed(part);
  const pattern = mentionPattern(words);
  for (const { 0: found, index } of pattern === undefined ? [] : text.matchAll(pattern)) {
    if (index > end) segments.push({ kind: "text", text: text.slice(end, index) });
    segments.push({ kind: "mention", text: found });
    end = index + found.length;
  }
  if (end < text.length) segments.push({ kind: "text", text: text.slice(end) });
  return segments;
}
