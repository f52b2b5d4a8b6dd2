/** The editor that a person has chosen by `VISUAL` or `EDITOR`, for a message that is easier to write there. */

import { join } from "node:path";
import { readVariable } from "./program.ts";
import { explain } from "./system_errors.ts";

/** The only programs that may be started for it: on Windows no other than that one. */
export const SHELL = "/bin/sh";
export const NOTEPAD = "C:\\Windows\\System32\\notepad.exe";

/** Far more than a message may have. */
const MAX_FILE_BYTES = 1024 * 1024;
const NOT_FOUND = 127;

interface Command {
  /** As the person named it. */
  readonly editor: string;
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Has a text written in that editor, which gets the terminal, and resolves with what was saved. Aborting ends the editor.
 * Rejects with an Error for people.
 */
export async function writeElsewhere(text: string, signal: AbortSignal): Promise<string> {
  const command = chooseCommand();
  if (Deno.permissions.querySync({ name: "run", command: command.program }).state !== "granted") {
    throw new Error(`Cannot start an editor: run Deno with --allow-run=${command.program}`);
  }
  const folder = await Deno.makeTempDir({ prefix: "confab-" });
  const path = join(folder, "message.txt");
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    await run(command, path, signal);
  } catch (error) {
    await remove();
    throw error;
  }
  if ((await Deno.stat(path)).size > MAX_FILE_BYTES) {
    throw new Error(`The text is too long for a message; it is still in ${path}`);
  }
  // Editors put a line break at the end.
  const written = (await Deno.readTextFile(path)).replace(/\r?\n$/, "");
  await remove();
  return written;
}

/** What is chosen may have arguments of its own, such as `code --wait`: as with git, a shell reads it. */
function chooseCommand(): Command {
  if (Deno.build.os === "windows") return { editor: NOTEPAD, program: NOTEPAD, args: [] };
  const editor = readVariable("VISUAL") || readVariable("EDITOR") || "vi";
  // Ctrl-C is for the editor: the shell waits for how that ends.
  return { editor, program: SHELL, args: ["-c", `trap : INT QUIT; ${editor} "$1"`, "sh"] };
}

async function run({ editor, program, args }: Command, path: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Error("The editor was not started because the program is exiting");
  const streams = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  const command = new Deno.Command(program, { args: [...args, path], signal, ...streams });
  const { code } = await start(command, editor).status;
  if (code === 0) return;
  const what = code === NOT_FOUND ? "was not found" : `ended with ${code}`;
  throw new Error(
    `The editor ${JSON.stringify(editor)} ${what}, and your line is unchanged: set EDITOR to another editor`,
  );
}

function start(command: Deno.Command, editor: string): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    throw new Error(
      `Cannot start the editor ${JSON.stringify(editor)} (${explain(error)}): set EDITOR to another editor`,
    );
  }
}
