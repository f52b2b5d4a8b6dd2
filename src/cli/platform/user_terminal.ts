/** Lines that a person types at a terminal, one for each question; the terminal itself edits them. */

import { readStdin } from "../../terminal/screen/stdin.ts";

/** Ctrl-D and Ctrl-Z, where a terminal takes them for characters, as that of Windows does. */
const END = new RegExp("[\x04\x1a]");

/** Whether there is somebody to ask. */
export function isAtTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** Whether there is, and Deno was given what a chat takes: nobody is to be asked for rights before anything else. */
export function canGuide(): boolean {
  return isAtTerminal() && Deno.permissions.querySync({ name: "net" }).state === "granted";
}

/**
 * The next line; undefined where the person leaves, by Ctrl-C or Ctrl-D, or the terminal is gone. Nothing is read beyond the
 * line, for a terminal gives one at a time.
 */
export async function typedLine(): Promise<string | undefined> {
  const left = Promise.withResolvers<undefined>();
  const leave = () => left.resolve(undefined);
  Deno.addSignalListener("SIGINT", leave);
  try {
    const line = await Promise.race([readLine(), left.promise]);
    if (line === undefined) console.log();
    return line;
  } finally {
    Deno.removeSignalListener("SIGINT", leave);
  }
}

/** Shows the prompt on the line that is typed. */
export async function askLine(prompt: string): Promise<string | undefined> {
  Deno.stdout.writeSync(new TextEncoder().encode(prompt));
  return await typedLine();
}

async function readLine(): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let line = "";
  // A read that began in raw mode may end with CR.
  while (!/[\r\n]$/.test(line)) {
    const chunk = await readStdin();
    if (chunk === null || chunk.length === 0) return undefined;
    line += decoder.decode(chunk, { stream: true });
    if (END.test(line)) return undefined;
  }
  return line.trimEnd();
}

/** VTE takes them since 0.50. */
const VTE_SINCE = 5_000;
const PROGRAMS = new Set(["iterm.app", "wezterm", "vscode", "ghostty", "rio", "mintty", "tabby", "hyper"]);
const TERMINALS = /^(xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)/;

/** Whether the terminal is known to take links as OSC 8; what it would make of them otherwise nobody knows. */
export function takesHyperlinks(variable: (name: string) => string | undefined): boolean {
  const program = variable("TERM_PROGRAM")?.toLowerCase() ?? "";
  if (program === "tmux") return Number.parseFloat(variable("TERM_PROGRAM_VERSION") ?? "") >= 3.4;
  if (PROGRAMS.has(program) || TERMINALS.test(variable("TERM") ?? "")) return true;
  if (variable("WT_SESSION") !== undefined || variable("KONSOLE_VERSION") !== undefined) return true;
  return Number(variable("VTE_VERSION")) >= VTE_SINCE;
}
