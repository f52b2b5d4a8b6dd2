/** Starts and ends real programs. */

import { homeVariables, newFolder } from "./e2e_home.ts";
import { inTime, Lines } from "./process_lines.ts";

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string | URL;
  /** The home folder, for a returning user; by default a new one each time. */
  readonly home?: string;
}

export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables to remove: the settings of the person who runs the tests must not affect them. */
const FOREIGN = /^(CONFAB_|XDG_|EDITOR$|VISUAL$|TERM$|COLORTERM$|TMUX|FORCE_COLOR$|DENO_(?!DIR|TLS|CERT|NO_))/;

/** A program with pipes for its three streams. Disposing kills it if it still runs, and waits for its end. */
export class Program implements AsyncDisposable {
  readonly stdout: Lines;
  readonly stderr: Lines;
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #exit: Promise<Exit>;
  #running = true;

  constructor(command: string, { args = [], env = {}, cwd, home = newFolder() }: ProgramOptions = {}) {
    this.#name = [command, ...args].join(" ");
    this.stdout = new Lines(() => `Standard output of ${this.#name}:`);
    this.stderr = new Lines(() => `Standard error of ${this.#name}:`);
    this.#child = new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { ...cleanEnvironment(), ...homeVariables(home), ...env },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdin.closed.catch(() => {});
    this.#exit = this.#collect();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves even if the program does not read any more. */
  async type(text: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await inTime(this.#stdin.write(bytes).catch(() => {}), () => `${this.#name} to read its standard input`);
  }

  async endInput(): Promise<void> {
    await inTime(this.#stdin.close().catch(() => {}), () => `${this.#name} to read its standard input`);
  }

  kill(signal: Deno.Signal): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Resolves when the process and both outputs have ended. */
  async exit(): Promise<Exit> {
    return await inTime(this.#exit, () => `the end of ${this.#name}\n${this.stdout}\n${this.stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.endInput();
    await this.exit();
  }

  async #collect(): Promise<Exit> {
    const status = this.#child.status.then(({ code }) => {
      this.#running = false;
      void this.#stdin.close().catch(() => {});
      return code;
    });
    const [code] = await Promise.all([
      status,
      readInto(this.stdout, this.#child.stdout),
      readInto(this.stderr, this.#child.stderr),
    ]);
    return { code, stdout: this.stdout.all.join("\n"), stderr: this.stderr.all.join("\n") };
  }
}

/** Runs a program to its end with all its input at once. */
export async function run(
  command: string,
  options: ProgramOptions & { readonly input?: string | Uint8Array<ArrayBuffer> } = {},
) {
  await using program = new Program(command, options);
  if (options.input !== undefined) await program.type(options.input);
  await program.endInput();
  return await program.exit();
}

/** Returns true if a program is installed and its output matches. */
export function isInstalled(command: string, args: readonly string[], says: RegExp): boolean {
  try {
    const { stdout, stderr } = new Deno.Command(command, { args: [...args], stdin: "null" }).outputSync();
    return [stdout, stderr].some((bytes) => says.test(new TextDecoder().decode(bytes)));
  } catch {
    return false;
  }
}

/** Tests announce nothing on the real network. */
function cleanEnvironment(): Record<string, string> {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !FOREIGN.test(name));
  return {
    ...Object.fromEntries(inherited),
    CONFAB_NO_ANNOUNCE: "1",
    NO_COLOR: "1",
    USER: "tester",
    USERNAME: "tester",
  };
}

async function readInto(lines: Lines, stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) lines.add(text);
  lines.end();
}
