/** Writing a message in the editor that `VISUAL` or `EDITOR` names. */

import { join } from "node:path";
import { readVariable, windowsProgram } from "./program.ts";
import { explain } from "./system_errors.ts";
import { decodeForeign } from "./foreign_text.ts";

/** The only programs that the executable may start for an editor or a pager. Windows has the second one. */
export const SHELL = "/bin/sh";
export const NOTEPAD = "notepad.exe";

/** Far more than the limit of a message. */
const MAX_FILE_BYTES = 1024 * 1024;
const NOT_FOUND = 127;
/** Notepad keeps the encoding of a file with a mark. It may save others in a code page, which loses characters. */
const BYTE_ORDER_MARK = Deno.build.os === "windows" ? "\ufeff" : "";
/** Windows has no variable for the editor. */
const NEXT = Deno.build.os === "windows" ? "write the message here instead" : "set EDITOR to another editor";

interface Command {
  /** The editor as the user named it. */
  readonly editor: string;
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Opens the text in the user's editor, which takes over the terminal, and resolves with the saved
 * text. Aborting ends the editor. Rejects with an Error for the user.
 */
export async function runEditor(text: string, signal: AbortSignal): Promise<string> {
  const command = chooseCommand();
  if (Deno.permissions.querySync({ name: "run", command: command.program }).state !== "granted") {
    throw new Error(`Cannot start an editor: run Deno with --allow-run=${command.program}`);
  }
  const folder = await Deno.makeTempDir({ prefix: "confab-" });
  const path = join(folder, "message.txt");
  // On Windows another program may still hold the file. The system cleans this folder up later.
  const remove = () => Deno.remove(folder, { recursive: true }).catch(() => {});
  try {
    await Deno.writeTextFile(path, BYTE_ORDER_MARK + text, { mode: 0o600 });
    await run(command, path, signal);
  } catch (error) {
    await remove();
    throw error;
  }
  if ((await Deno.stat(path)).size > MAX_FILE_BYTES) {
    throw new Error(`The text is too long for a message; it is still in ${path}`);
  }
  const written = await readWritten(path);
  await remove();
  return written;
}

async function readWritten(path: string): Promise<string> {
  try {
    // Editors put a line break at the end, and Notepad may write CRLF.
    return decodeForeign(await Deno.readFile(path)).replaceAll("\r\n", "\n").replace(/\n$/, "");
  } catch (error) {
    throw new Error(`Cannot read the text in ${path}: ${explain(error)}; save it in UTF-8`, { cause: error });
  }
}

/** The variable may contain arguments, such as `code --wait`, so a shell reads it, as with git. */
function chooseCommand(): Command {
  if (Deno.build.os === "windows") return { editor: NOTEPAD, program: windowsProgram(NOTEPAD), args: [] };
  const editor = readVariable("VISUAL") || readVariable("EDITOR") || "vi";
  // Ctrl-C is for the editor; the shell ignores it and waits.
  return { editor, program: SHELL, args: ["-c", `trap : INT QUIT; ${editor} "$1"`, "sh"] };
}

async function run({ editor, program, args }: Command, path: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Error("The editor was not started because the program is exiting");
  const streams = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  const command = new Deno.Command(program, { args: [...args, path], signal, ...streams });
  const { code } = await start(command, editor).status;
  if (code === 0) return;
  const what = code === NOT_FOUND ? "was not found" : `ended with ${code}`;
  throw new Error(`The editor ${JSON.stringify(editor)} ${what}, and your line is unchanged: ${NEXT}`);
}

function start(command: Deno.Command, editor: string): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    throw new Error(`Cannot start the editor ${JSON.stringify(editor)} (${explain(error)}): ${NEXT}`);
  }
}
