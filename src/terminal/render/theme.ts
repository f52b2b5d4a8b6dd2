/** How the parts of what is shown look, in words: what people write, and what escape sequences come of it (SGR, ECMA-48, 8.3.117). */

/**
 * Words for each part, with blanks between: colours by name or as xterm's numbers from 0 to 255, `bold`, `dim`, `italic`,
 * `underline`, `reverse`, or `none`. Of several colours for names each name has one; `each` stands for those of everybody.
 */
export interface Theme {
  readonly name: string;
  readonly dim: string;
  readonly bold: string;
  readonly mention: string;
  readonly error: string;
  readonly link: string;
}

export const DEFAULT_THEME: Theme = {
  name: "each",
  dim: "dim",
  bold: "bold",
  mention: "bold reverse",
  error: "red",
  link: "underline",
};

export const PARTS = Object.keys(DEFAULT_THEME) as readonly (keyof Theme)[];

/** `light` is for a white background, on which what is dim can hardly be read. */
export const THEMES: ReadonlyMap<string, Theme> = new Map([
  ["default", DEFAULT_THEME],
  ["light", { ...DEFAULT_THEME, dim: "240", error: "bold 124", link: "underline 25" }],
  ["mono", { ...DEFAULT_THEME, name: "bold", error: "bold" }],
  // Orange, blue, bluish green and purple, which Okabe and Ito found to be told apart, each readable on black and on white.
  ["colour-blind-safe", { ...DEFAULT_THEME, name: "166 32 29 133", error: "bold 166", link: "underline 32" }],
]);

/** A name that `/set theme` takes. */
export const THEME_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The codes that begin and end a look. */
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

/** Undefined for what is no look; no codes for `none`. */
export function codesOf(look: string): Codes | undefined {
  const words = look.split(" ");
  if (look === "none") return { on: "", off: "" };
  const codes = words.map((word) => ATTRIBUTES.get(word) ?? colorCodes(word));
  if (codes.includes(undefined) || codes.filter((code) => code?.off === "39").length > 1) return undefined;
  return { on: codes.map((code) => code!.on).join(";"), off: [...new Set(codes.map((code) => code!.off))].join(";") };
}

/** Of names: one for each of several colours. Undefined for what is no look, and for `each`. */
export function nameCodes(look: string): readonly Codes[] | undefined {
  const words = look.split(" ");
  const colors = words.flatMap((word) => colorCodes(word) ?? []);
  if (colors.length > 1) return colors.length === words.length ? colors : undefined;
  const codes = codesOf(look);
  return codes && [codes];
}

export function isStyle(part: keyof Theme, look: string): boolean {
  return part === "name" ? look === "each" || nameCodes(look) !== undefined : codesOf(look) !== undefined;
}

function colorCodes(word: string): Codes | undefined {
  const index = COLORS.indexOf(word.replace(/^bright-/, ""));
  if (index >= 0) return { on: `${(word.startsWith("bright-") ? 90 : 30) + index}`, off: "39" };
  return /^\d{1,3}$/.test(word) && Number(word) <= 255 ? { on: `38;5;${Number(word)}`, off: "39" } : undefined;
}
