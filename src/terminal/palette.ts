/** What is coloured and how, as SGR sequences (ECMA-48, section 8.3.117), or not at all. */

import { foldCase } from "../protocol/names.ts";

/** Each wraps a text that holds no escape sequence itself. */
export interface Palette {
  /** In the colour that belongs to this name everywhere. */
  name(name: string): string;
  dim(text: string): string;
  bold(text: string): string;
  /** What speaks to the reader. */
  mention(text: string): string;
  error(text: string): string;
}

/**
 * Of xterm's 256 colours: each has a contrast of at least 3.4:1 on black and on white (WCAG 2.2, 1.4.3), and hues lie apart.
 * Changing the list or its order changes everybody's colour.
 */
export const NAME_COLORS: readonly number[] = [160, 166, 130, 100, 64, 28, 29, 30, 32, 27, 63, 135, 129, 165, 162, 168];

const plain = (text: string) => text;

const PLAIN: Palette = { name: plain, dim: plain, bold: plain, mention: plain, error: plain };

const COLORED: Palette = {
  name: (name) => sgr(`38;5;${nameColor(name)}`, name, "39"),
  dim: (text) => sgr("2", text, "22"),
  bold: (text) => sgr("1", text, "22"),
  mention: (text) => sgr("1;7", text, "22;27"),
  error: (text) => sgr("31", text, "39"),
};

/** Without colour there is no escape sequence in anything it returns. */
export function createPalette(color: boolean): Palette {
  return color ? COLORED : PLAIN;
}

/** One of `NAME_COLORS`, the same for all spellings of a name and in every client. */
export function nameColor(name: string): number {
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

function sgr(on: string, text: string, off: string): string {
  return text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}
