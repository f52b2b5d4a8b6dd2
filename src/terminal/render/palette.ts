/** Palettes: the colours of the parts of a line, as SGR sequences (ECMA-48, section 8.3.117), or none. */

import { NAME_COLORS, nameColor } from "../../client/text/name_color.ts";
import { codesOf, DEFAULT_THEME, nameCodes, type Theme } from "./theme.ts";

/** Each method wraps a text without escape sequences. */
export interface Palette {
  /** A name in its colour, which is the same everywhere. */
  name(name: string): string;
  dim(text: string): string;
  bold(text: string): string;
  /** A word that mentions the reader. */
  mention(text: string): string;
  error(text: string): string;
  /** A web address. */
  link(text: string): string;
  code(text: string): string;
  emphasis(text: string): string;
  strike(text: string): string;
}

const plain = (text: string) => text;

/** Adds no escape sequence. */
const PLAIN: Palette = {
  name: plain,
  dim: plain,
  bold: plain,
  mention: plain,
  error: plain,
  link: plain,
  code: plain,
  emphasis: plain,
  strike: plain,
};

const emphasis = (text: string) => sgr("3", text, "23");
const strike = (text: string) => sgr("9", text, "29");

/** Uses bold, dim and underline but no colour, as `NO_COLOR` asks. */
export const MONOCHROME: Palette = {
  name: plain,
  dim: (text) => sgr("2", text, "22"),
  bold: (text) => sgr("1", text, "22"),
  mention: (text) => sgr("1;7", text, "22;27"),
  error: (text) => sgr("1", text, "22"),
  link: (text) => sgr("4", text, "24"),
  code: plain,
  emphasis,
  strike,
};

const COLORED: Palette = paletteOf(DEFAULT_THEME);

/** Returns the default palette, or without `color` one that adds no escape sequence. */
export function createPalette(color: boolean): Palette {
  return color ? COLORED : PLAIN;
}

/** Returns the palette of a theme, or `palette` itself if it has no colours. Throws an Error for an invalid style. */
export function themed(palette: Palette, theme: Theme): Palette {
  return palette === COLORED ? paletteOf(theme) : palette;
}

function paletteOf(theme: Theme): Palette {
  return {
    name: namesBy(theme.name),
    dim: by(theme.dim),
    bold: by(theme.bold),
    mention: by(theme.mention),
    error: by(theme.error),
    link: by(theme.link),
    code: by(theme.code),
    emphasis,
    strike,
  };
}

function by(style: string): (text: string) => string {
  const codes = codesOf(style);
  if (codes === undefined) throw new Error(`Style ${JSON.stringify(style)} is invalid`);
  return codes.on === "" ? plain : (text) => sgr(codes.on, text, codes.off);
}

function namesBy(style: string): (name: string) => string {
  if (style === "each") return (name) => sgr(`38;5;${nameColor(name)}`, name, "39");
  const codes = nameCodes(style) ?? [];
  if (codes.length < 2) return by(style);
  return (name) => {
    const { on, off } = codes[NAME_COLORS.indexOf(nameColor(name)) % codes.length]!;
    return sgr(on, name, off);
  };
}

function sgr(on: string, text: string, off: string): string {
  return text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}
