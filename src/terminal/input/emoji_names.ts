/** Emoji by their names, as GitHub and others use them. */

import names from "markdown-it-emoji/lib/data/full.mjs";

/** The maximum number of emoji offered at once. */
const MAX_FOUND = 40;

const ALL: readonly (readonly [name: string, emoji: string])[] = Object.entries(names as Record<string, string>);

/**
 * Emoji whose names begin with `prefix`, short names first; otherwise emoji whose names contain it.
 * With a colon at its end, `prefix` is a whole name.
 */
export function emojiFor(prefix: string): (readonly [name: string, emoji: string])[] {
  const wanted = prefix.toLowerCase();
  if (wanted.endsWith(":")) return ALL.filter(([name]) => name === wanted.slice(0, -1));
  const first = ALL.filter(([name]) => name.startsWith(wanted));
  const found = first.length > 0 ? first : ALL.filter(([name]) => name.includes(wanted));
  return found.toSorted(([one], [other]) => one.length - other.length).slice(0, MAX_FOUND);
}
