/** The grammar of the names of members and rooms, and a test of whether two names look alike. */

import { CONFUSABLES } from "./confusables.ts";
import { ProtocolError } from "../errors.ts";
import { MAX_NAME_BYTES, MAX_NAME_CHARS } from "../limits.ts";
import { hasJoinersInPlace, withoutJoiners } from "./joiners.ts";
import { utf8Length } from "./utf8_length.ts";

/**
 * The lookahead refuses invisible letters and marks: Unicode's default ignorables, such as fillers and
 * variation selectors. `hasJoinersInPlace` decides on joiners.
 */
const GRAMMAR =
  /^(?!.*(?![\u200c\u200d])\p{Default_Ignorable_Code_Point})[\p{L}\p{N}_][\p{L}\p{M}\p{N}\u200c\u200d_.'-]*$/u;
const GRAMMAR_IN_WORDS = `letters and digits of any script, and _ . ' - after the first, ` +
  `at most ${MAX_NAME_CHARS} characters and ${MAX_NAME_BYTES} bytes`;

/** Returns the name in NFKC, as everyone sees it. Throws `name_invalid`. */
export function parseName(raw: string): string {
  const name = normalize(raw);
  if (name === undefined) {
    throw new ProtocolError("name_invalid", `Name ${quote(raw)} is not valid: ${remedyFor(raw)}`);
  }
  return name;
}

/** Room names that are folded already. Nearly all are, and each message has one, so this saves time. */
const FOLDED_ROOM = new RegExp(`^[a-z0-9_][a-z0-9_.'-]{0,${MAX_NAME_CHARS - 1}}$`);

/** Returns the room's name in NFKC and lower case, without a leading `#`. Throws `invalid`. */
export function parseRoom(raw: string): string {
  if (FOLDED_ROOM.test(raw)) return raw;
  const typed = normalize(raw.startsWith("#") ? raw.slice(1) : raw);
  // Folding may make it longer: ß becomes ss.
  const room = typed && normalize(foldName(typed));
  if (room === undefined) {
    throw new ProtocolError("invalid", `Field room is ${quote(raw)}: ${remedyFor(raw)}`);
  }
  return room;
}

function normalize(raw: string): string | undefined {
  if (raw.length > MAX_TYPED_CHARS || !raw.isWellFormed()) return undefined;
  const text = withPlainApostrophes(raw.normalize("NFKC"));
  if (!GRAMMAR.test(text) || !hasJoinersInPlace(text)) return undefined;
  return [...text].length > MAX_NAME_CHARS || utf8Length(text) > MAX_NAME_BYTES ? undefined : text;
}

/** Longer texts are no names, whatever normalization makes of them. */
const MAX_TYPED_CHARS = 4 * MAX_NAME_CHARS;

/** The next step for an invalid name of a member or room. */
function remedyFor(raw: string): string {
  if (raw.length > MAX_TYPED_CHARS || !/\s/.test(raw)) return `use ${GRAMMAR_IN_WORDS}`;
  const name = normalize(raw.trim().replace(/\s+/g, "_"));
  return `no blanks in names, ${name === undefined ? `only ${GRAMMAR_IN_WORDS}` : `use ${quote(name)} instead`}`;
}

/** Keyboards of phones and word processors write these for `'`. */
function withPlainApostrophes(text: string): string {
  return text.replace(/[\u02bc\u2018\u2019]/g, "'");
}

/** The value for an error message: in quotes, cut after 40 UTF-16 units, with invisible characters escaped. */
export function quote(raw: string): string {
  const cut = raw.length > 40 ? `${raw.slice(0, 40).toWellFormed()}…` : raw.toWellFormed();
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/** Folds case for comparison. Upper case in between makes ẞ and ß equal to SS, and ſ equal to s. */
export function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/** Folds a name for comparison: its case, its apostrophes, and joiners, which hardly show. */
export function foldName(name: string): string {
  return foldCase(withoutJoiners(withPlainApostrophes(name)));
}

/**
 * The keys of a name: two names look alike if they share a key. There are two because looks depend on case:
 * `Ivan` has the keys of `ivan` (by case) and `lvan` (by looks), while `ivan` and `lvan` are different names.
 * A name that ends in punctuation also has the keys of the name without it, unless nothing is left.
 */
export function nameKeys(name: string): readonly string[] {
  const shown = withoutJoiners(name);
  const bare = shown.replace(TRAILING, "");
  if (bare === shown || bare === "") return keysOf(shown);
  return [...new Set([...keysOf(shown), ...keysOf(bare)])];
}

function keysOf(name: string): readonly string[] {
  const byCase = skeleton(foldCase(name));
  const byLooks = foldCase(skeleton(name));
  return byCase === byLooks ? [byCase] : [byCase, byLooks];
}

/** Punctuation at the end, and letters that look like it: modifier letters, saltillo, sinological dot, tatweel. */
const TRAILING = /(?:[_.'\-\u0640\u02b9-\u02d1\u02ec\u02ee\ua78b\ua78c\ua78f]\p{M}*)+$/u;

/**
 * The form that all look-alikes share: UTS 39, section 4. In addition, Latin, Greek and Cyrillic letters lose their
 * marks, and two v become a w.
 */
export function skeleton(text: string): string {
  if (PLAIN_LETTERS.test(text)) return text;
  prototypes ??= parseConfusables();
  const letters = withoutMarks(text.normalize("NFD"));
  return withoutMarks(replaced(letters, prototypes).normalize("NFD")).replaceAll("vv", "w").replaceAll("VV", "W");
}

/** Removes marks, except on letters of other scripts, where they are vowels and tones. */
function withoutMarks(text: string): string {
  return text.replace(MARKED, "$1");
}

/** Digits and punctuation have marks only to deceive. */
const MARKED = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}0-9_.'-])\p{M}+/gu;

function replaced(text: string, table: ReadonlyMap<string, string>): string {
  let result = "";
  for (const char of text) result += table.get(char) ?? char;
  return result;
}

/** Characters that do not look like each other: names of these alone need no table. */
const PLAIN_LETTERS = /^(?!.*(?:vv|VV))[a-ln-zA-HJ-Z2-9_-]*$/;

let prototypes: Map<string, string> | undefined;

function parseConfusables(): Map<string, string> {
  const table = new Map<string, string>();
  for (const entry of CONFUSABLES.trim().split(/\s+/)) {
    const [target, chars] = entry.split("=") as [string, string];
    const prototype = target.split("+").map(fromHex).join("");
    for (const char of chars.split(",")) table.set(fromHex(char), prototype);
  }
  // In Unicode's list, a part of a prototype has a prototype itself.
  for (const [char, prototype] of table) table.set(char, replaced(prototype.normalize("NFD"), table));
  return table;
}

function fromHex(code: string): string {
  return String.fromCodePoint(Number.parseInt(code, 16));
}
