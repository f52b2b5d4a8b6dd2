/** The program itself, run as its users run it: from the checkout with the rights of `deno.json`, or as an executable. */

import { assertEquals, assertNotMatch } from "@std/assert";
import { newFolder } from "./e2e_home.ts";
import { type Exit, isInstalled, Program, type ProgramOptions, run } from "./process.ts";
import { inTime } from "./process_lines.ts";
import { flagsOf } from "./task_flags.ts";

/** The executable to test in place of the checkout. */
export const BINARY = Deno.env.get("CONFAB_E2E_BINARY");
export const WINDOWS = Deno.build.os === "windows";
/** Only OpenBSD's has Unix sockets, and the same options everywhere. */
export const HAS_NC = !WINDOWS && isInstalled("nc", ["-h"], /OpenBSD/);
export const HAS_NCAT = !WINDOWS && isInstalled("ncat", ["--version"], /Ncat/);
export const HAS_TMUX = !WINDOWS && isInstalled("tmux", ["-V"], /^tmux/);
export const HAS_BASH = !WINDOWS && isInstalled("bash", ["--version"], /bash/);

export const HAS_PERL = !WINDOWS && isInstalled("perl", ["-v"], /perl/);

const MAIN = import.meta.resolve("../../main.ts");
const ROOT = new URL("../../", import.meta.url);

/** A command line that starts the program, words apart. */
export function commandLine(args: readonly string[]): [string, ...string[]] {
  if (BINARY !== undefined) return [BINARY, ...args];
  return [Deno.execPath(), "run", "--no-prompt", ...flagsOf(args[0] ?? "start"), MAIN, ...args];
}

type ConfabOptions = Omit<ProgramOptions, "args">;

/** Starts the program with these arguments. */
export function confab(args: readonly string[], options: ConfabOptions = {}): Program {
  const [command, ...words] = commandLine(args);
  return new Program(command, { cwd: ROOT, ...options, args: words });
}

/** Runs it to its end. */
export async function runConfab(
  args: readonly string[],
  options: ConfabOptions & { readonly input?: string | Uint8Array<ArrayBuffer> } = {},
): Promise<Exit> {
  const [command, ...words] = commandLine(args);
  return await run(command, { cwd: ROOT, ...options, args: words });
}

/** A server that listens. */
export class Served implements AsyncDisposable {
  readonly program: Program;
  /** As `connect` takes it. */
  readonly address: string;
  /** Where it keeps its history, unless in memory. */
  readonly folder: string;

  constructor(program: Program, address: string, folder: string) {
    this.program = program;
    this.address = address;
    this.folder = folder;
  }

  get host(): string {
    return this.address.slice(0, this.address.lastIndexOf(":"));
  }

  get port(): number {
    return Number(this.address.slice(this.address.lastIndexOf(":") + 1));
  }

  /** Drains it, and sees to it that it never was in trouble. */
  async stop(): Promise<void> {
    this.program.kill("SIGTERM");
    const exit = await this.program.exit();
    // Windows ends a process at once, whatever the signal.
    if (!WINDOWS) assertEquals(exit.code, 0, exit.stderr);
    assertUntroubled(exit.stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}

/** `serve` with these options: on a free port and an empty folder of its own unless they name others. */
export async function serve(...options: readonly string[]): Promise<Served> {
  const folder = valueOf("--data", options) ?? newFolder();
  const port = options.includes("--port") ? [] : ["--port", "0"];
  const data = options.includes("--memory") || options.includes("--data") ? [] : ["--data", folder];
  const program = confab(["serve", ...port, ...data, ...options]);
  try {
    const line = await program.stdout.next("Listening on ");
    return new Served(program, line.slice("Listening on ".length), folder);
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same on a system that gives the server no more than so many descriptors, which Windows cannot. */
export async function serveWithDescriptors(descriptors: number, ...options: readonly string[]): Promise<Served> {
  const folder = newFolder();
  const words = commandLine(["serve", "--port", "0", "--data", folder, ...options]);
  const script = 'ulimit -n "$0" && exec "$@"';
  const program = new Program("sh", { args: ["-c", script, String(descriptors), ...words] });
  const line = await program.stdout.next("Listening on ");
  return new Served(program, line.slice("Listening on ".length), folder);
}

/** The server that was there, on its port and its folder, once the one before has ended. */
export async function serveAgain({ program, port, folder }: Served, ...options: readonly string[]): Promise<Served> {
  await program.exit();
  return await serve("--port", String(port), "--data", folder, ...options);
}

function valueOf(option: string, words: readonly string[]): string | undefined {
  const index = words.indexOf(option);
  return index < 0 ? undefined : words[index + 1];
}

/** What a browser gets from there. */
export async function fetchPage(address: string): Promise<{ status: number; type: string | null; body: string }> {
  const fetching = fetch(`http://${address}/?q`).then(async (response) => {
    const { status, headers } = response;
    return { status, type: headers.get("content-type"), body: await response.text() };
  });
  return await inTime(fetching, () => `a page from ${address}`);
}

/** No fault of the program's own, and no stack trace. */
export function assertUntroubled(stderr: string): void {
  assertNotMatch(stderr, /\bbug\b|\berror: |Uncaught|^\s+at .+:\d+:\d+/m);
}

/** One line that is no stack trace. */
export function assertOneLine(stderr: string): void {
  assertEquals(stderr.split("\n").length, 1, stderr);
  assertNotMatch(stderr, /Uncaught|^\s+at /);
}
