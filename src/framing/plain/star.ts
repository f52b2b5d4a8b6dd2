import { sanitizeLine } from "../../protocol/text/sanitize.ts";

/** One line of the server's own for people on `nc` and telnet, marked with a star. */
export function star(text: string): string {
  return `* ${unpadded(sanitizeLine(text))}\n`;
}

const MAX_BLANKS = 8;
const PADDING = new RegExp(`(?<=\\S[\\p{Zs}\\t]{${MAX_BLANKS}})[\\p{Zs}\\t]+(?=\\S)`, "gu");

/**
 * The text with at most `MAX_BLANKS` blanks in a row between its words. A terminal goes on in the first column when a row is
 * full: with blanks up to there, a text could show what looks like a line of another member.
 */
export function unpadded(text: string): string {
  return text.replace(PADDING, "");
}
