/** What is coloured and how, as SGR sequences (ECMA-48, section 8.3.117), or not at all. */

import { NAME_COLORS, nameColor } from "../../client/text/name_color.ts";
import { codesOf, DEFAULT_THEME, nameCodes, type Theme } from "./theme.ts";

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

const COLORED: Palette = paletteOf(DEFAULT_THEME);

/** Without colour there is no escape sequence in anything it returns. */
export function createPalette(color: boolean): Palette {
  return color ? COLORED : PLAIN;
}

/** The palette by a theme, unless there is no colour. Throws for a look that is none. */
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
  };
}

function by(look: string): (text: string) => string {
  const codes = codesOf(look);
  if (codes === undefined) throw new Error(`There is no look ${JSON.stringify(look)}`);
  return codes.on === "" ? plain : (text) => sgr(codes.on, text, codes.off);
}

function namesBy(look: string): (name: string) => string {
  if (look === "each") return (name) => sgr(`38;5;${nameColor(name)}`, name, "39");
  const codes = nameCodes(look) ?? [];
  if (codes.length < 2) return by(look);
  return (name) => {
    const { on, off } = codes[NAME_COLORS.indexOf(nameColor(name)) % codes.length]!;
    return sgr(on, name, off);
  };
}

function sgr(on: string, text: string, off: string): string {
  return text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}
