import { TextLineStream } from "@std/streams/text-line-stream";

const MAIN = new URL("../../main.ts", import.meta.url).href;

/** The real server, which can be killed at any moment and started again on the same port and data. */
export class ServerProcess {
  readonly port: number;
  readonly #args: readonly string[];
  #child: Deno.ChildProcess;
  #errors: Promise<string>;

  private constructor(port: number, args: readonly string[], child: Deno.ChildProcess) {
    this.port = port;
    this.#args = args;
    this.#child = child;
    this.#errors = new Response(child.stderr).text();
  }

  get pid(): number {
    return this.#child.pid;
  }

  static async start(...args: string[]): Promise<ServerProcess> {
    const child = spawn(["--port", "0", ...args]);
    const port = Number(/:(\d+)$/.exec(await listening(child))![1]);
    return new ServerProcess(port, args, child);
  }

  /** SIGKILL, and a new process at once. Resolves when that listens. */
  async crash(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#errors;
    await this.#restart();
  }

  /** SIGTERM, and the end of the process. Resolves with what it said on standard error. */
  async stop(): Promise<string> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    return await this.#errors;
  }

  async #restart(): Promise<void> {
    this.#child = spawn(["--port", String(this.port), ...this.#args]);
    this.#errors = new Response(this.#child.stderr).text();
    await listening(this.#child);
  }
}

function spawn(args: readonly string[]): Deno.ChildProcess {
  const rights = [
    "--allow-net",
    "--allow-env",
    "--allow-read",
    "--allow-write",
    "--allow-sys=networkInterfaces,systemMemoryInfo",
  ];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...rights, MAIN, "serve", "--quiet", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The address on the first line; the rest of the output is thrown away. */
async function listening(child: Deno.ChildProcess): Promise<string> {
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const reader = lines.getReader();
  const { value } = await reader.read();
  if (value === undefined) throw new Error("The server ended before it listened");
  void (async () => {
    while (!(await reader.read()).done);
  })();
  return value;
}
