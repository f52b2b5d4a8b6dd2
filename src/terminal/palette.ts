/** What is coloured and how, as SGR sequences (ECMA-48, section 8.3.117), or not at all. */

import { nameColor } from "../client/name_color.ts";

/** Each wraps a text that holds no escape sequence itself. */
export interface Palette {
  /** In the colour that belongs to this name everywhere. */
  name(name: string): string;
  dim(text: string): string;
  bold(text: string): string;
  /** What speaks to the reader. */
  mention(text: string): string;
  error(text: string): string;
  /** What can be followed. */
  link(text: string): string;
}

const plain = (text: string) => text;

/** Without one escape sequence. */
const PLAIN: Palette = { name: plain, dim: plain, bold: plain, mention: plain, error: plain, link: plain };

/** Without a colour: `NO_COLOR` asks for no more than that. */
export const MONOCHROME: Palette = {
  name: plain,
  dim: (text) => sgr("2", text, "22"),
  bold: (text) => sgr("1", text, "22"),
  mention: (text) => sgr("1;7", text, "22;27"),
  error: (text) => sgr("1", text, "22"),
  link: (text) => sgr("4", text, "24"),
};

const COLORED: Palette = {
  ...MONOCHROME,
  name: (name) => sgr(`38;5;${nameColor(name)}`, name, "39"),
  error: (text) => sgr("31", text, "39"),
};

/** Without colour there is no escape sequence in anything it returns. */
export function createPalette(color: boolean): Palette {
  return color ? COLORED : PLAIN;
}

function sgr(on: string, text: string, off: string): string {
  return text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}
