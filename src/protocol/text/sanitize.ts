/** Makes text of other users safe to show: it cannot control a terminal. Every view must use this. */

import { MAX_MARKS_IN_A_ROW } from "../limits.ts";

/** C0 except tab and line feed, DEL, C1, the bidi controls, line and paragraph separators, interlinear marks. */
const UNSAFE = /(?![\t\n])[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/**
 * A character without a column of its own. Many in a row draw over other lines, slow terminals down,
 * and hide words.
 */
const MARK = "[\\p{M}\\p{Default_Ignorable_Code_Point}]";
const MARK_RUN = new RegExp(`(${MARK}{${MAX_MARKS_IN_A_ROW}})${MARK}+`, "gu");

const PLAIN = /^[\t\n -~]*$/;

/**
 * Replaces C0 controls and DEL by their control pictures, and other control characters by U+FFFD, also marks in a row
 * past `MAX_MARKS_IN_A_ROW`. Keeps tab and LF; CR LF becomes LF.
 */
export function sanitize(text: string): string {
  if (PLAIN.test(text)) return text;
  const lines = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  return lines.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  }).toWellFormed().replace(MARK_RUN, "$1\ufffd");
}

/** As `sanitize`, for one line: tab and LF become spaces. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replace(/[\t\n]/g, " ");
}

/** The same JSON with unsafe characters in its strings escaped. */
export function sanitizeJson(line: string): string {
  if (PLAIN.test(line)) return line;
  // JSON has characters below U+0020 only between its tokens, where a space means the same.
  return line.replace(UNSAFE, (char) => char < " " ? " " : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
