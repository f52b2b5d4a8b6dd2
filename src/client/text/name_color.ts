/** The colour of a name: the same for all users, in the terminal and in the browser. */

import { foldName } from "../../protocol/text/names.ts";

/**
 * Of xterm's 256, around the colour circle, red first: each has a contrast of at least 3.4:1 on black and on white (WCAG 2.2,
 * 1.4.3). Changing the list or its order changes the colours of all names.
 */
export const NAME_COLORS: readonly number[] = [160, 166, 130, 100, 64, 28, 29, 30, 32, 27, 63, 135, 129, 165, 162, 168];

/** One of `NAME_COLORS` for all spellings of a name. */
export function nameColor(name: string): number {
  return NAME_COLORS[indexOf(name)]!;
}

/** The colour for a palette of eight around the colour circle, red first: 0 to 7. */
export function nameHue(name: string): number {
  return indexOf(name) >> 1;
}

function indexOf(name: string): number {
  return fnv1a(foldName(name)) % NAME_COLORS.length;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
