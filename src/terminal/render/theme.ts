/** Themes: the style of each part of a line in words, and its escape sequences (SGR, ECMA-48, section 8.3.117). */

/**
 * The style of each part as words separated by blanks: a colour by name or as xterm's number from 0 to 255, `bold`, `dim`,
 * `italic`, `underline`, `reverse`, or `none`. Names may have several colours, which are shared out; `each` is the default set.
 */
export interface Theme {
  readonly name: string;
  readonly dim: string;
  readonly bold: string;
  readonly mention: string;
  readonly error: string;
  readonly link: string;
  readonly code: string;
}

export const DEFAULT_THEME: Theme = {
  name: "each",
  dim: "dim",
  bold: "bold",
  mention: "bold reverse",
  error: "red",
  link: "underline",
  code: "30",
};

export const PARTS = Object.keys(DEFAULT_THEME) as readonly (keyof Theme)[];

/** Built-in themes. `light` is for a white background, where dim text is hard to read. */
export const THEMES: ReadonlyMap<string, Theme> = new Map([
  ["default", DEFAULT_THEME],
  ["light", { ...DEFAULT_THEME, dim: "240", error: "bold 124", link: "underline 25", code: "24" }],
  ["mono", { ...DEFAULT_THEME, name: "bold", error: "bold", code: "dim" }],
  // Orange, blue, bluish green and purple: Okabe and Ito found them distinguishable. Each is readable on black and on white.
  ["colour-blind-safe", {
    ...DEFAULT_THEME,
    name: "166 32 29 133",
    error: "bold 166",
    link: "underline 32",
    code: "133",
  }],
]);

/** The grammar of theme names in `/set theme`. */
export const THEME_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The codes that begin and end a style. */
export interface Codes {
  readonly on: string;
  readonly off: string;
}

const COLORS: readonly string[] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const ATTRIBUTES: ReadonlyMap<string, Codes> = new Map([
  ["bold", { on: "1", off: "22" }],
  ["dim", { on: "2", off: "22" }],
  ["italic", { on: "3", off: "23" }],
  ["underline", { on: "4", off: "24" }],
  ["reverse", { on: "7", off: "27" }],
]);

/** The codes of a style: empty for `none`, `undefined` if the style is invalid. */
export function codesOf(style: string): Codes | undefined {
  const words = style.split(" ");
  if (style === "none") return { on: "", off: "" };
  const codes = words.map((word) => ATTRIBUTES.get(word) ?? colorCodes(word));
  if (codes.includes(undefined) || codes.filter((code) => code?.off === "39").length > 1) return undefined;
  return { on: codes.map((code) => code!.on).join(";"), off: [...new Set(codes.map((code) => code!.off))].join(";") };
}

/** The codes of a style for names, one for each of several colours; `undefined` for `each` or an invalid style. */
export function nameCodes(style: string): readonly Codes[] | undefined {
  const words = style.split(" ");
  const colors = words.flatMap((word) => colorCodes(word) ?? []);
  if (colors.length > 1) return colors.length === words.length ? colors : undefined;
  const codes = codesOf(style);
  return codes && [codes];
}

/** True for a valid style of the part. */
export function isStyle(part: keyof Theme, style: string): boolean {
  return part === "name" ? style === "each" || nameCodes(style) !== undefined : codesOf(style) !== undefined;
}

function colorCodes(word: string): Codes | undefined {
  const index = COLORS.indexOf(word.replace(/^bright-/, ""));
  if (index >= 0) return { on: `${(word.startsWith("bright-") ? 90 : 30) + index}`, off: "39" };
  return /^\d{1,3}$/.test(word) && Number(word) <= 255 ? { on: `38;5;${Number(word)}`, off: "39" } : undefined;
}
