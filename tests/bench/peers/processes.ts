/** Runs programs on a core of their own, with enough descriptors, within a time limit. */

/** Standard output and standard error of a process that has ended. */
export interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Debian installs some servers in folders that only root's PATH contains. */
const PATH = `${Deno.env.get("PATH") ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

function command(words: readonly string[], options: Deno.CommandOptions): Deno.Command {
  const [program, ...args] = words;
  return new Deno.Command(program!, { ...options, args, env: { PATH, ...options.env }, stdin: "null" });
}

/** Runs a program to its end. A missing program counts as failed. */
export async function runToEnd(words: readonly string[], options: Deno.CommandOptions = {}): Promise<Ended> {
  try {
    const child = command(words, { ...options, stdout: "piped", stderr: "piped" }).spawn();
    const { success, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { success: false, stdout: "", stderr: `No ${words[0]}` };
    throw error;
  }
}

export async function isThere(program: string): Promise<boolean> {
  return (await runToEnd(["sh", "-c", 'command -v "$0"', program])).success;
}

/** Returns the descriptor limit of a child process that asks for `wanted`. */
export async function descriptorsFor(wanted: number): Promise<number> {
  const { stdout } = await runToEnd(["sh", "-c", `ulimit -n "$0" 2>/dev/null; ulimit -n`, String(wanted)]);
  return stdout.trim() === "unlimited" ? wanted : Number(stdout);
}

/** Returns a command with a descriptor limit, pinned to `core` if that is given. */
export function placed(words: readonly string[], descriptors: number, core: number | undefined): string[] {
  const pinned = core === undefined ? [] : ["taskset", "-c", String(core)];
  return [...pinned, "sh", "-c", 'ulimit -n "$0" && exec "$@"', String(descriptors), ...words];
}

/** Starts a process whose outputs both go to the file. The caller ends it. */
export function spawnLogging(words: readonly string[], logFile: string, cwd: string): Deno.ChildProcess {
  const logging = ["sh", "-c", 'exec "$@" >"$0" 2>&1', logFile, ...words];
  return command(logging, { cwd, stdout: "null", stderr: "null" }).spawn();
}
