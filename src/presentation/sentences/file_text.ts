/** A file as a line of text describes it: in the terminal, on nc and in pipes. */

import type { MessageFile } from "../../protocol/messages/messages.ts";

const UNITS = ["KB", "MB", "GB", "TB"] as const;
const UNIT_BYTES = 1_024;

/** `1 byte`, `980 bytes`, `1.2 KB`, `45 MB`: units of 1,024, with two digits at least. */
export function sizeText(bytes: number): string {
  let value = Math.round(bytes);
  if (value < UNIT_BYTES) return value === 1 ? "1 byte" : `${value} bytes`;
  let unit = -1;
  // A value that would be written as 1024 belongs to the next unit.
  while (value >= UNIT_BYTES - 0.5 && unit + 1 < UNITS.length) {
    value /= UNIT_BYTES;
    unit++;
  }
  const text = value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${text} ${UNITS[unit]}`;
}

/** `File report.pdf (1.2 MB)`. Not sanitised. */
export function fileText({ name, size }: Pick<MessageFile, "name" | "size">): string {
  return `File ${name} (${sizeText(size)})`;
}
