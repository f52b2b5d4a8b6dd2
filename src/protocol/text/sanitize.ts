/** What keeps one person's text from drawing on another's terminal. Every view of it goes through here. */

import { MAX_MARKS_IN_A_ROW } from "../limits.ts";

/** C0 but tab and line feed, DEL, C1, the bidi controls, line and paragraph separators, interlinear marks. */
const UNSAFE = /(?![\t\n])[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** What takes no column of its own. A heap of it paints over the lines around it, slows terminals down, and hides words. */
const MARK = "[\\p{M}\\p{Default_Ignorable_Code_Point}]";
const HEAP = new RegExp(`(${MARK}{${MAX_MARKS_IN_A_ROW}})${MARK}+`, "gu");

const PLAIN = /^[\t\n -~]*$/;

/**
 * Makes control characters visible and harmless: C0 and DEL become their control pictures, the rest U+FFFD, as does whatever is
 * heaped upon one letter beyond `MAX_MARKS_IN_A_ROW`. Keeps tab and LF.
 */
export function sanitize(text: string): string {
  if (PLAIN.test(text)) return text;
  const lines = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  return lines.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  }).toWellFormed().replace(HEAP, "$1\ufffd");
}

/** The same for one line: tab and LF become spaces. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replace(/[\t\n]/g, " ");
}

/** A line of JSON that says the same and cannot draw: what is unsafe in its strings stands there as an escape. */
export function sanitizeJson(line: string): string {
  if (PLAIN.test(line)) return line;
  // JSON has control characters below U+0020 between its tokens only, where a blank does as well.
  return line.replace(UNSAFE, (char) => char < " " ? " " : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
