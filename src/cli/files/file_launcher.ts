/** Opening a file with the program that the system has for its kind. */

import { readVariable, windowsProgram } from "../platform/program.ts";
import { explain } from "../platform/system_errors.ts";
import { SHELL } from "../platform/text_editor.ts";

/** A part of Windows. The executable may start it, beside the shell of other systems. */
export const RUNDLL = "rundll32.exe";

/** Programs that open a file as a click in the system's file manager does. The path is one argument, whatever it contains. */
const OPENERS: Readonly<Record<string, string>> = { darwin: "/usr/bin/open", linux: "xdg-open" };

/** The program and the arguments that open a file. */
export function launchCommand(
  path: string,
  os: string = Deno.build.os,
  env = readVariable,
): readonly [program: string, args: readonly string[]] {
  if (os === "windows") return [windowsProgram(RUNDLL, env), ["url.dll,FileProtocolHandler", path]];
  return [SHELL, ["-c", `exec ${OPENERS[os] ?? OPENERS["linux"]} "$1"`, "sh", path]];
}

/** Resolves when the program has ended well, which may be long after. Rejects with an Error for users. */
export async function launchFile(path: string): Promise<void> {
  const [program, args] = launchCommand(path);
  if (Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") {
    throw new Error(`Cannot open ${path}: run Deno with --allow-run=${program}`);
  }
  const { success } = await start(program, args, path);
  if (!success) throw new Error(`The system has no program that opens ${path}: open it yourself`);
}

async function start(program: string, args: readonly string[], path: string): Promise<Deno.CommandStatus> {
  try {
    const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const child = new Deno.Command(program, { args: [...args], ...streams }).spawn();
    // A viewer may stay open for longer than the chat.
    child.unref();
    return await child.status;
  } catch (error) {
    throw new Error(`Cannot open ${path}: ${explain(error)}`, { cause: error });
  }
}
