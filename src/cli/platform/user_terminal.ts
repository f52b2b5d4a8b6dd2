/**
 * The user's terminal: questions that are answered by a line, and hyperlinks. The terminal itself
 * edits the line, except on Windows, where it would lose characters.
 */

import { ConsoleLines } from "../../terminal/input/console_lines.ts";
import { isConsole, keyboard, readKeyboard } from "../../terminal/screen/keyboard.ts";

/** Ctrl-D and Ctrl-Z on terminals that send them as characters. */
const END = new RegExp("[\x04\x1a]");

/** The lines of a console of Windows; `undefined` where the terminal itself edits lines. */
export const consoleLines: ConsoleLines | undefined = isConsole
  ? new ConsoleLines({ keyboard, echo: writeNow })
  : undefined;

function writeNow(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Whether the user can be asked: input and output are a terminal. */
export function isAtTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/**
 * Reads the next line; `undefined` if the user leaves with Ctrl-C or Ctrl-D, or the terminal is
 * gone. Nothing is read beyond the line, because a terminal delivers one line at a time.
 */
export async function typedLine(): Promise<string | undefined> {
  if (consoleLines !== undefined) return (await consoleLines.next())?.trimEnd();
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

/** Prints the prompt and reads a line. */
export async function askLine(prompt: string): Promise<string | undefined> {
  writeNow(prompt);
  return await typedLine();
}

/** Prints the prompt and reads a line that is not shown. `undefined` if the user leaves, or no line can be hidden. */
export async function askSecretLine(prompt: string): Promise<string | undefined> {
  if (!isAtTerminal()) return undefined;
  if (consoleLines === undefined) {
    // Some versions of this module look for a terminal while they load.
    const { promptSecret } = await import("@std/cli/prompt-secret");
    return promptSecret(prompt, { clear: true }) ?? undefined;
  }
  using _hidden = consoleLines.hide();
  writeNow(`${prompt} `);
  return await consoleLines.next();
}

async function readLine(): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let line = "";
  // A read that began in raw mode may end in CR.
  while (!/[\r\n]$/.test(line)) {
    const chunk = await readKeyboard();
    if (chunk === null || chunk.length === 0) return undefined;
    line += decoder.decode(chunk, { stream: true });
    if (END.test(line)) return undefined;
  }
  return line.trimEnd();
}

/** VTE supports hyperlinks since 0.50. */
const VTE_SINCE = 5_000;
const PROGRAMS = new Set(["iterm.app", "wezterm", "vscode", "ghostty", "rio", "mintty", "tabby", "hyper"]);
const TERMINALS = /^(xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)/;

/** Whether the terminal is known to support hyperlinks (OSC 8). Others might show the escape sequence. */
export function supportsHyperlinks(variable: (name: string) => string | undefined): boolean {
  const program = variable("TERM_PROGRAM")?.toLowerCase() ?? "";
  if (program === "tmux") return Number.parseFloat(variable("TERM_PROGRAM_VERSION") ?? "") >= 3.4;
  if (PROGRAMS.has(program) || TERMINALS.test(variable("TERM") ?? "")) return true;
  if (variable("WT_SESSION") !== undefined || variable("KONSOLE_VERSION") !== undefined) return true;
  return Number(variable("VTE_VERSION")) >= VTE_SINCE;
}
