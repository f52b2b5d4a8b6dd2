/** A real terminal in tmux that a test types into and reads. */

import { assertEquals } from "@std/assert";
import { commandLine } from "./e2e.ts";
import { homeVariables } from "./e2e_home.ts";
import { run } from "./process.ts";
import { type Match, matches, poll } from "./process_lines.ts";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A shell in a terminal, with the program on its path: as `confab` with the permissions of one command, and as `guided` with those that
 * it has without arguments. Disposing ends all its processes.
 */
export class Tmux implements AsyncDisposable {
  readonly #socket: string;
  readonly #folder: string;

  private constructor(socket: string, folder: string) {
    this.#socket = socket;
    this.#folder = folder;
  }

  static async open(
    { columns, rows }: TerminalSize = { columns: 80, rows: 24 },
    command: "connect" | "serve" | "mirror" = "connect",
  ): Promise<Tmux> {
    const folder = await Deno.makeTempDir({ prefix: "confab-tmux-" });
    const tmux = new Tmux(`confab-${crypto.randomUUID()}`, folder);
    try {
      await writeScript(folder, "confab", commandLine([command]).slice(0, -1));
      await writeScript(folder, "guided", commandLine([]));
      // dash and others leave the modes of the terminal alone, which the editor of bash does not.
      const shell = ["env", "-i", ...environment(folder), "sh"];
      await tmux.#run("-f", "/dev/null", "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`, ...shell);
      await tmux.until(/^\$ ?$/m);
    } catch (error) {
      await tmux[Symbol.asyncDispose]();
      throw error;
    }
    return tmux;
  }

  /** The home folder of the programs that run in it. */
  get folder(): string {
    return this.#folder;
  }

  /** Types as a person does, characters one by one. */
  async type(text: string): Promise<void> {
    await this.#run("send-keys", "-l", "--", text);
  }

  /** Presses keys by tmux's names: `Enter`, `C-c`, `Up`, `Tab`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run("send-keys", ...keys);
  }

  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.press("Enter");
  }

  /** Sends bytes that a terminal itself may send. */
  async send(text: string): Promise<void> {
    const bytes = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16));
    await this.#run("send-keys", "-H", ...bytes);
  }

  /** Pastes, in brackets if the program asked for them. */
  async paste(text: string): Promise<void> {
    await this.#run("set-buffer", "--", text);
    await this.#run("paste-buffer", "-p");
  }

  /** Resolves once the programs inside can know of it: tmux may tell them later than it redraws. */
  async resize({ columns, rows }: TerminalSize): Promise<void> {
    await this.#run("resize-window", "-x", `${columns}`, "-y", `${rows}`);
    const args = ["-c", 'stty size <"$0"', await this.state("pane_tty")];
    const size = `${rows} ${columns}`;
    await poll(async () => (await run("sh", { args })).stdout === size, () => `a terminal of ${size}`);
  }

  /** Returns the visible rows without trailing blanks. */
  async screen(): Promise<string> {
    return (await this.#run("capture-pane", "-p")).trimEnd();
  }

  /** The same with what has left the window at its top, lines that the terminal wrapped as one. */
  async scrollback(): Promise<string> {
    return (await this.#run("capture-pane", "-p", "-J", "-S", "-")).trimEnd();
  }

  /** The same as the screen, with colours as escape sequences. */
  async colors(): Promise<string> {
    return await this.#run("capture-pane", "-p", "-e");
  }

  /** The same with the blanks at the end of rows, which may have a background. */
  async cells(): Promise<string> {
    return await this.#run("capture-pane", "-p", "-e", "-N");
  }

  /** Gives all that programs write to the terminal from now on, escape sequences included, once it matches. */
  async record(): Promise<(match: Match) => Promise<string>> {
    const path = `${this.#folder}/written-${crypto.randomUUID()}`;
    await Deno.writeTextFile(path, "");
    await this.#run("pipe-pane", `exec cat >>'${path}'`);
    return async (match) => {
      let written = "";
      const look = async () => matches(written = await Deno.readTextFile(path), match);
      await poll(look, () => `output that matches ${match}\n${JSON.stringify(written)}`);
      return written;
    };
  }

  /** Returns a variable of tmux, such as `cursor_x` or `cursor_flag`. */
  async state(name: string): Promise<string> {
    return (await this.#run("display-message", "-p", `#{${name}}`)).trim();
  }

  /** The screen once it matches. */
  async until(match: Match): Promise<string> {
    let screen = "";
    await poll(async () => {
      screen = await this.screen();
      return matches(screen, match);
    }, () => `a screen that matches ${match}\n${screen.replace(/^/gm, "  | ")}`);
    return screen;
  }

  /** Resolves to the screen once its last row is exactly this: the prompt and the typed text. */
  async untilPrompt(row: string): Promise<string> {
    const match = (screen: string) => screen.split("\n").at(-1) === row.trimEnd();
    return await this.until(Object.assign(match, { toString: () => `${JSON.stringify(row)} in its last row` }));
  }

  /** Returns the process id of the program started last. */
  async programId(): Promise<number> {
    return Number(await Deno.readTextFile(`${this.#folder}/id`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("tmux", { args: ["-L", this.#socket, "kill-server"] });
    // The programs in it are told to end, and may still be saving what they know.
    await poll(() => removed(this.#folder), () => `the end of the programs that write to ${this.#folder}`);
  }

  async #run(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run("tmux", { args: ["-u", "-L", this.#socket, ...args], env: UTF8 });
    assertEquals(code, 0, `tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  }
}

const UTF8 = { LC_ALL: "C.UTF-8", TERM: "xterm-256color" };

function environment(folder: string): string[] {
  const home = Object.entries(homeVariables(folder)).map(([name, value]) => `${name}=${value}`);
  const temporary = Deno.env.get("TMPDIR");
  if (temporary !== undefined) home.push(`TMPDIR=${temporary}`);
  const path = `${folder}:${Deno.env.get("PATH")}`;
  return [...home, `PATH=${path}`, "LC_ALL=C.UTF-8", "TERM=xterm-256color", "PS1=$ ", "USER=tester", "TZ=UTC"];
}

/** A command that leaves its process id behind. */
async function writeScript(folder: string, name: string, commandLine: readonly string[]): Promise<void> {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const words = commandLine.map(quote).join(" ");
  await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\necho $$ >${quote(`${folder}/id`)}\nexec ${words} "$@"\n`);
  await Deno.chmod(`${folder}/${name}`, 0o755);
}

async function removed(folder: string): Promise<boolean> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    return false;
  }
  return true;
}
