/** The colour that belongs to a name: the same for everybody, in the terminal and in the browser. */

import { foldCase } from "../protocol/names.ts";

export interface NameColor {
  /** Of xterm's 256: with a contrast of at least 3.4:1 on black and on white (WCAG 2.2, 1.4.3). */
  readonly xterm: number;
  /** The same for those who choose lightness themselves; degrees, as in CSS. */
  readonly hue: number;
}

/** Changing the list or its order changes everybody's colour. */
export const NAME_COLORS: readonly NameColor[] = [
  { xterm: 160, hue: 0 },
  { xterm: 166, hue: 27 },
  { xterm: 130, hue: 33 },
  { xterm: 100, hue: 60 },
  { xterm: 64, hue: 78 },
  { xterm: 28, hue: 120 },
  { xterm: 29, hue: 162 },
  { xterm: 30, hue: 180 },
  { xterm: 32, hue: 202 },
  { xterm: 27, hue: 218 },
  { xterm: 63, hue: 240 },
  { xterm: 135, hue: 270 },
  { xterm: 129, hue: 281 },
  { xterm: 165, hue: 291 },
  { xterm: 162, hue: 322 },
  { xterm: 168, hue: 340 },
];

/** One for all spellings of a name. */
export function nameColor(name: string): NameColor {
  return NAME_COLORS[fnv1a(foldCase(name)) % NAME_COLORS.length]!;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
