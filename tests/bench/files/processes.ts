/** Programs of the bench of files, and their processor time. */

import { TextLineStream } from "@std/streams/text-line-stream";
import type { Usage } from "./driver_command.ts";

/** Seconds of a tick of the clock in /proc on Linux. */
const TICK_SECONDS = 1 / 100;

/** Processor time of a process so far, user and system, in seconds. Linux only. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name in parentheses may have blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

/** Resident memory of a process in MB: all of it, and the part that belongs to no file. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024;
}

/** Runs a shell command to its end. Throws if it fails. */
export async function shell(command: string): Promise<Usage> {
  const start = performance.now();
  const script = `TIMEFORMAT='cpu %U %S'; time { ${command}; }`;
  const { success, stderr } = await new Deno.Command("bash", { args: ["-c", script], stdout: "null", stderr: "piped" })
    .output();
  const text = new TextDecoder().decode(stderr);
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(text) ?? [];
  if (!success || user === undefined) throw new Error(`${command} has failed: ${text}`);
  return { seconds: (performance.now() - start) / 1_000, cpuSeconds: Number(user) + Number(system) };
}

/** A Deno program of this folder that answers lines with lines. */
export class LineProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(words: readonly [string, ...string[]]) {
    const [program, ...args] = words;
    this.#child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
    this.#input = this.#child.stdin.getWriter();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The next line. Throws at the end of the program. */
  async line(): Promise<string> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new Error("A program of the bench has ended");
    return value;
  }

  async write(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#lines.cancel();
    await this.#input.abort().catch(() => {});
  }
}

/** The words that run a Deno program of this folder. */
export function denoProgram(file: string, ...args: readonly string[]): [string, ...string[]] {
  return [Deno.execPath(), "run", "-A", "--quiet", "--no-check", new URL(file, import.meta.url).href, ...args];
}
