import { sanitizeLine } from "../protocol/sanitize.ts";

/** One line of the server's own for people on `nc` and telnet, marked with a star. */
export function star(text: string): string {
  return `* ${sanitizeLine(text)}\n`;
}
