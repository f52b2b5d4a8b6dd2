/** Runs the program as users do: from the checkout with the permissions of `deno.json`, or as an executable. */

import { assertEquals, assertNotMatch } from "@std/assert";
import { newFolder } from "./e2e_home.ts";
import { packedPageFlags } from "./packed_pages.ts";
import { type Exit, isInstalled, Program, type ProgramOptions, run } from "./process.ts";
import { inTime } from "./process_lines.ts";
import { flagsOf } from "./task_flags.ts";

/** The executable to test in place of the checkout. */
export const BINARY = Deno.env.get("CONFAB_E2E_BINARY");
export const WINDOWS = Deno.build.os === "windows";
/** OpenBSD's nc: only it has Unix sockets, and the same options everywhere. */
export const HAS_NC = !WINDOWS && isInstalled("nc", ["-h"], /OpenBSD/);
export const HAS_NCAT = !WINDOWS && isInstalled("ncat", ["--version"], /Ncat/);
export const HAS_TMUX = !WINDOWS && isInstalled("tmux", ["-V"], /^tmux/);
export const HAS_FFMPEG = !WINDOWS && isInstalled("ffmpeg", ["-version"], /^ffmpeg/);
export const HAS_BASH = !WINDOWS && isInstalled("bash", ["--version"], /bash/);

export const HAS_PERL = !WINDOWS && isInstalled("perl", ["-v"], /perl/);

const MAIN = import.meta.resolve("../../main.ts");
const ROOT = new URL("../../", import.meta.url);

/** The words of a command line that starts the program, with further flags of `deno run`, or with another Deno. */
export function commandLine(
  args: readonly string[],
  flags: readonly string[] = [],
  deno = Deno.execPath(),
): [string, ...string[]] {
  if (BINARY !== undefined) return [BINARY, ...args];
  return [deno, "run", "--no-prompt", ...flagsOf(args[0] ?? "start"), ...flags, MAIN, ...args];
}

type ConfabOptions = Omit<ProgramOptions, "args">;

/** Starts the program with these arguments. */
export function confab(args: readonly string[], options: ConfabOptions = {}): Program {
  const [command, ...words] = commandLine(args);
  return new Program(command, { cwd: ROOT, ...options, args: words });
}

/** Runs the program to its end. */
export async function runConfab(
  args: readonly string[],
  options: ConfabOptions & { readonly input?: string | Uint8Array<ArrayBuffer> } = {},
): Promise<Exit> {
  const [command, ...words] = commandLine(args);
  return await run(command, { cwd: ROOT, ...options, args: words });
}

/** A listening server. */
export class Served implements AsyncDisposable {
  readonly program: Program;
  /** The address, as `connect` takes it. */
  readonly address: string;
  /** The data folder; `undefined` if the history is in memory. */
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

  /** Drains the server, and checks that it logged no internal error. */
  async stop(): Promise<void> {
    this.program.kill("SIGTERM");
    const exit = await this.program.exit();
    // Windows terminates a process at once on any signal.
    if (!WINDOWS) assertEquals(exit.code, 0, exit.stderr);
    assertUntroubled(exit.stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}

/** A program that differs from that of the checkout. */
export interface OtherProgram {
  /** Addresses of modules, with those that take their places. */
  readonly modules?: Readonly<Record<string, string>>;
  /** The Deno that runs it. */
  readonly deno?: string | undefined;
}

/**
 * Starts `serve` with these options, by default on a free port with an empty data folder. All servers started so share the
 * packed page.
 */
export async function serve(...options: readonly string[]): Promise<Served> {
  return await serveBy({}, ...options);
}

/** The same by another program. */
export async function serveBy({ modules, deno }: OtherProgram, ...options: readonly string[]): Promise<Served> {
  const folder = valueOf("--data", options) ?? newFolder();
  const port = options.includes("--port") ? [] : ["--port", "0"];
  const data = options.includes("--memory") || options.includes("--data") ? [] : ["--data", folder];
  const [command, ...words] = commandLine(["serve", ...port, ...data, ...options], packedPageFlags(modules), deno);
  const program = new Program(command, { cwd: ROOT, args: words });
  try {
    const line = await program.stdout.next("Listening on ");
    return new Served(program, line.slice("Listening on ".length), folder);
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same with a descriptor limit, which Windows does not have. */
export async function serveWithDescriptors(descriptors: number, ...options: readonly string[]): Promise<Served> {
  const folder = newFolder();
  const words = commandLine(["serve", "--port", "0", "--data", folder, ...options]);
  const script = 'ulimit -n "$0" && exec "$@"';
  const program = new Program("sh", { args: ["-c", script, String(descriptors), ...words] });
  const line = await program.stdout.next("Listening on ");
  return new Served(program, line.slice("Listening on ".length), folder);
}

/** Restarts a server on its port and folder after the earlier one has ended. */
export async function serveAgain({ program, port, folder }: Served, ...options: readonly string[]): Promise<Served> {
  await program.exit();
  return await serve("--port", String(port), "--data", folder, ...options);
}

function valueOf(option: string, words: readonly string[]): string | undefined {
  const index = words.indexOf(option);
  return index < 0 ? undefined : words[index + 1];
}

/** Fetches a path as a browser does. */
export async function fetchPage(address: string): Promise<{ status: number; type: string | null; body: string }> {
  const fetching = fetch(`http://${address}/?q`).then(async (response) => {
    const { status, headers } = response;
    return { status, type: headers.get("content-type"), body: await response.text() };
  });
  return await inTime(fetching, () => `a page from ${address}`);
}

/** Checks that the output has no internal error and no stack trace. */
export function assertUntroubled(stderr: string): void {
  assertNotMatch(stderr, /\binternal error\b|\berror: |Uncaught|^\s+at .+:\d+:\d+/m);
}

/** Checks that the output is one line without a stack trace. */
export function assertOneLine(stderr: string): void {
  assertEquals(stderr.split("\n").length, 1, stderr);
  assertNotMatch(stderr, /Uncaught|^\s+at /);
}
