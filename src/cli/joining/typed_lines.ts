/**
 * The lines that the user typed, for Up and Ctrl-R at the next start: a private file with one JSON
 * string per line.
 */

import { join } from "node:path";
import { MAX_TEXT_BYTES } from "../../protocol/limits.ts";
import type { TypedLines } from "../../terminal/input/input_line.ts";
import { explain } from "../platform/system_errors.ts";
import {
  mayUse,
  onceReleased,
  preparePrivateFolder,
  readPrivateFile,
  removeIfThere,
  replacePrivateFile,
} from "../platform/private_file.ts";

/** Number of lines that are restored. */
export const MAX_TYPED_LINES = 500;
/** The file is reduced to `MAX_TYPED_LINES` at a start once it has this many lines. */
const MAX_FILE_LINES = 2 * MAX_TYPED_LINES;
export const TYPED_FILE = "typed.jsonl";

/**
 * Opens the typed lines; several clients may append at once. `undefined` if Deno lacks the
 * permissions (the user is not asked), or if the file cannot be used, which `warn` reports.
 */
export function openTypedHistory(folder: string, warn: (line: string) => void): TypedLines | undefined {
  if (!mayUse(folder)) return undefined;
  const path = join(folder, TYPED_FILE);
  try {
    preparePrivateFolder(folder);
    const text = readPrivateFile(path) ?? "";
    // The file is empty or too large to read: without it, the lines of this start can be restored at the next one.
    if (text === "") removeIfThere(path);
    const all = text.split("\n").flatMap(parsed);
    const lines = all.slice(-MAX_TYPED_LINES);
    if (all.length > MAX_FILE_LINES) replacePrivateFile(path, lines.map(written).join(""));
    return { lines, add: (line) => add(path, line, warn) };
  } catch (error) {
    warn(
      `The typed lines are not kept for the next start (${explain(error)}): make ${path} writable, or use --no-state`,
    );
    return undefined;
  }
}

/** Appends with one write, so that the lines of several clients stay whole. */
function add(path: string, line: string, warn: (line: string) => void): void {
  // A longer line could not be sent again.
  if (line.length > MAX_TEXT_BYTES) return;
  try {
    using file = onceReleased(() => Deno.openSync(path, { append: true, create: true, mode: 0o600 }));
    file.writeSync(new TextEncoder().encode(written(line)));
  } catch (error) {
    warn(`Cannot save typed lines in ${path}: ${explain(error)}`);
  }
}

function written(line: string): string {
  return `${JSON.stringify(line)}\n`;
}

/** Skips damaged lines, for example after a full disk. */
function parsed(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "string" ? [value] : [];
  } catch {
    return [];
  }
}
