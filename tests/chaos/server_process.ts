import { TextLineStream } from "@std/streams/text-line-stream";
import { flagsOf } from "../helpers/task_flags.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;

/** The real server, which can be killed at any moment and started again on the same port and data. */
export class ServerProcess {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #descriptors: number | undefined;
  #child: Deno.ChildProcess;
  #errors: Promise<string>;

  private constructor(port: number, args: readonly string[], child: Deno.ChildProcess, descriptors?: number) {
    this.port = port;
    this.#args = args;
    this.#descriptors = descriptors;
    this.#child = child;
    this.#errors = new Response(child.stderr).text();
  }

  get pid(): number {
    return this.#child.pid;
  }

  static start(...args: string[]): Promise<ServerProcess> {
    return ServerProcess.startWith(undefined, ...args);
  }

  /** Limit of descriptors; by default that of this process. */
  static async startWith(descriptors: number | undefined, ...args: string[]): Promise<ServerProcess> {
    const child = spawn(["--port", "0", ...args], descriptors);
    const port = Number(/:(\d+)$/.exec(await listening(child))![1]);
    return new ServerProcess(port, args, child, descriptors);
  }

  /** Sends SIGKILL and starts a new process at once. Resolves when it listens. */
  async crash(): Promise<void> {
    await this.kill();
    await this.restart();
  }

  /** Sends SIGKILL, and resolves when the process has ended. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#errors;
  }

  /** Starts a new process after `kill`. Resolves when it listens. */
  async restart(): Promise<void> {
    this.#child = spawn(["--port", String(this.port), ...this.#args], this.#descriptors);
    this.#errors = new Response(this.#child.stderr).text();
    await listening(this.#child);
  }

  /** Sends SIGTERM and waits for the end of the process. Resolves to its standard error. */
  async stop(): Promise<string> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    return await this.#errors;
  }
}

function spawn(args: readonly string[], descriptors: number | undefined): Deno.ChildProcess {
  const words = [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--quiet",
    ...flagsOf("serve"),
    MAIN,
    "serve",
    "--quiet",
    ...args,
  ];
  const bound = descriptors === undefined ? [] : ["sh", "-c", 'ulimit -n "$0" && exec "$@"', String(descriptors)];
  const [program, ...rest] = [...bound, ...words];
  return new Deno.Command(program!, {
    args: rest,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads the address from the first line, and discards the rest of the output. */
async function listening(child: Deno.ChildProcess): Promise<string> {
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const reader = lines.getReader();
  const { value } = await reader.read();
  if (value === undefined) throw new Error("The server ended before it was listening");
  void (async () => {
    while (!(await reader.read()).done);
  })();
  return value;
}
