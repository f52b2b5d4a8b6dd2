/** The grammar of names and rooms, and when two of them are the same to the eye. */

import { CONFUSABLES } from "./confusables.ts";
import { ProtocolError } from "../errors.ts";
import { MAX_NAME_BYTES, MAX_NAME_CHARS } from "../limits.ts";
import { utf8Length } from "./utf8_length.ts";

/** Some letters and marks are invisible (Unicode's default ignorables, among them fillers and variation selectors). */
const GRAMMAR = /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.'-]*$/u;
const GRAMMAR_IN_WORDS = `letters and digits of any script, and _ . ' - behind the first, ` +
  `at most ${MAX_NAME_CHARS} characters and ${MAX_NAME_BYTES} bytes`;

/** The name in NFKC, as it is shown to everyone. Throws `name_invalid`. */
export function parseName(raw: string): string {
  const name = normalize(raw);
  if (name === undefined) {
    throw new ProtocolError("name_invalid", `Name ${quote(raw)} is not possible: use ${GRAMMAR_IN_WORDS}`);
  }
  return name;
}

/** Rooms that are as they would come out of all the folding. Nearly all are, and each message names one. */
const FOLDED_ROOM = new RegExp(`^[a-z0-9_][a-z0-9_.'-]{0,${MAX_NAME_CHARS - 1}}$`);

/** The room in NFKC and lower case, by which all its members know it; a leading `#` is dropped. Throws `invalid`. */
export function parseRoom(raw: string): string {
  if (FOLDED_ROOM.test(raw)) return raw;
  const typed = normalize(raw.startsWith("#") ? raw.slice(1) : raw);
  // Folding may lengthen: ß becomes ss.
  const room = typed && normalize(foldCase(typed));
  if (room === undefined) {
    throw new ProtocolError("invalid", `Field room is ${quote(raw)}: use ${GRAMMAR_IN_WORDS}`);
  }
  return room;
}

function normalize(raw: string): string | undefined {
  if (raw.length > 4 * MAX_NAME_CHARS || !raw.isWellFormed()) return undefined;
  const text = raw.normalize("NFKC");
  if (!GRAMMAR.test(text) || [...text].length > MAX_NAME_CHARS || utf8Length(text) > MAX_NAME_BYTES) return undefined;
  return text;
}

/** What a fault shows of a value: visible characters only, cut where it gets long. */
export function quote(raw: string): string {
  const cut = raw.length > 40 ? `${raw.slice(0, 40).toWellFormed()}…` : raw.toWellFormed();
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/** Folds case for comparison, with the upper case in between so that ẞ and ß meet SS, and ſ meets s. */
export function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * Two names clash when they share a key. There are two because looks depend on case:
 * `Ivan` is `ivan` by case and `lvan` by looks, while `ivan` and `lvan` are different names.
 * A name that ends in punctuation has those of the name without it as well, unless nothing else is left.
 */
export function nameKeys(name: string): readonly string[] {
  const bare = name.replace(TRAILING, "");
  if (bare === name || bare === "") return keysOf(name);
  return [...new Set([...keysOf(name), ...keysOf(bare)])];
}

function keysOf(name: string): readonly string[] {
  const byCase = skeleton(foldCase(name));
  const byLooks = foldCase(skeleton(name));
  return byCase === byLooks ? [byCase] : [byCase, byLooks];
}

/** Punctuation that a name may hold, and letters that look like it: modifier letters, saltillo, sinological dot, tatweel. */
const TRAILING = /(?:[_.'\-\u0640\u02b9-\u02d1\u02ec\u02ee\ua78b\ua78c\ua78f]\p{M}*)+$/u;

/**
 * The form that all look-alikes share: UTS 39, section 4. Beyond it, Latin, Greek and Cyrillic letters have no marks, and two v
 * are a w.
 */
export function skeleton(text: string): string {
  if (PLAIN_LETTERS.test(text)) return text;
  prototypes ??= parseConfusables();
  const letters = withoutMarks(text.normalize("NFD"));
  return withoutMarks(replaced(letters, prototypes).normalize("NFD")).replaceAll("vv", "w").replaceAll("VV", "W");
}

/** Marks on letters of other scripts are vowels and tones: without them it would be another word. */
function withoutMarks(text: string): string {
  return text.replace(MARKED, "$1");
}

/** Digits and punctuation bear no marks but to deceive. */
const MARKED = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}0-9_.'-])\p{M}+/gu;

function replaced(text: string, table: ReadonlyMap<string, string>): string {
  let result = "";
  for (const char of text) result += table.get(char) ?? char;
  return result;
}

/** Letters without look-alikes among themselves: names of these alone need no table. */
const PLAIN_LETTERS = /^(?!.*(?:vv|VV))[a-ln-zA-HJ-Z2-9_-]*$/;

let prototypes: Map<string, string> | undefined;

function parseConfusables(): Map<string, string> {
  const table = new Map<string, string>();
  for (const entry of CONFUSABLES.trim().split(/\s+/)) {
    const [target, chars] = entry.split("=") as [string, string];
    const prototype = target.split("+").map(fromHex).join("");
    for (const char of chars.split(",")) table.set(fromHex(char), prototype);
  }
  // Unicode's list has a prototype with a part that looks like something else in turn.
  for (const [char, prototype] of table) table.set(char, replaced(prototype.normalize("NFD"), table));
  return table;
}

function fromHex(code: string): string {
  return String.fromCodePoint(Number.parseInt(code, 16));
}
