/** Long output: through the user's pager, or as it is. */

import { readVariable } from "./program.ts";
import { SHELL } from "./text_editor.ts";

/** Shows escape sequences as colours, and ends at once if the page fits: the options that git gives to less. */
const LESS_OPTIONS = "FRX";

/**
 * Prints the lines to standard output. They go through `PAGER` if that is set, standard output is a
 * terminal, and the lines are more than its rows. Resolves also if the reader of a pipe is gone; rejects if standard output cannot be written otherwise.
 */
export async function showPaged(lines: readonly string[]): Promise<void> {
  const text = `${lines.join("\n")}\n`;
  const pager = readVariable("PAGER") ?? "";
  if (!needsPager(lines.length, terminalSize()?.rows, pager) || !mayRunShell() || !await runPager(pager, text)) {
    await writeAll(text);
  }
}

/** The size of the terminal at standard output; `undefined` if it is not a terminal, or its size is unknown. */
export function terminalSize(): { readonly columns: number; readonly rows: number } | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  try {
    return Deno.consoleSize();
  } catch {
    return undefined;
  }
}

/** True if a pager is set and the lines, with the shell's prompt below them, do not fit on the terminal. */
export function needsPager(lines: number, terminalRows: number | undefined, pager: string): boolean {
  return pager.trim() !== "" && terminalRows !== undefined && lines >= terminalRows;
}

/** An executable for Windows has no permission to start a pager. */
function mayRunShell(): boolean {
  if (Deno.build.os === "windows") return false;
  return Deno.permissions.querySync({ name: "run", command: SHELL }).state === "granted";
}

/** `PAGER` may have arguments, so a shell reads it. Resolves with `false` if the shell could not start it. */
async function runPager(pager: string, text: string): Promise<boolean> {
  const env = { LESS: readVariable("LESS") ?? LESS_OPTIONS };
  const child = new Deno.Command(SHELL, { args: ["-c", pager], stdin: "piped", env }).spawn();
  // Ctrl-C is for the pager.
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  try {
    const writer = child.stdin.getWriter();
    // A pager that is quit before the end closes the pipe.
    await writer.write(new TextEncoder().encode(text)).then(() => writer.close()).catch(() => {});
    const { code } = await child.status;
    return code !== NOT_FOUND && code !== NOT_EXECUTABLE;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

/** Exit codes of a POSIX shell (2.8.2). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** A reader that has seen enough, such as `head`, closes the pipe. */
async function writeAll(text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
