/** Emoji by the names that GitHub and others gave them. */

import names from "markdown-it-emoji/lib/data/full.mjs";

/** As many as anybody looks through. */
const MAX_FOUND = 40;

const ALL: readonly (readonly [name: string, emoji: string])[] = Object.entries(names as Record<string, string>);

/**
 * Those whose name begins so, short names first; where there are none, those that have it in their name.
 * With a colon at its end it is the whole name.
 */
export function emojiFor(begun: string): (readonly [name: string, emoji: string])[] {
  const wanted = begun.toLowerCase();
  if (wanted.endsWith(":")) return ALL.filter(([name]) => name === wanted.slice(0, -1));
  const first = ALL.filter(([name]) => name.startsWith(wanted));
  const found = first.length > 0 ? first : ALL.filter(([name]) => name.includes(wanted));
  return found.toSorted(([one], [other]) => one.length - other.length).slice(0, MAX_FOUND);
}
