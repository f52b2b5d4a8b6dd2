import { placed, spawnLogging } from "./processes.ts";
import type { ServerSpec } from "./servers.ts";

const START_LIMIT_MS = 15_000;
const START_PAUSE_MS = 20;

export interface Place {
  readonly checkout: string;
  readonly tools: string;
  readonly descriptors: number;
  /** `undefined` if processes cannot be pinned. */
  readonly core: number | undefined;
}

/** A server that listens on a free port of 127.0.0.1. Disposing kills the process and removes its folder. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  #ended = false;

  private constructor(child: Deno.ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
    void child.status.then(() => this.#ended = true);
  }

  get pid(): number {
    return this.#child.pid;
  }

  static async start(spec: ServerSpec, place: Place): Promise<ServerProcess> {
    const folder = await Deno.makeTempDir({ prefix: "confab-bench-" });
    const site = { port: freePort(), folder: `${folder}/own`, checkout: place.checkout, tools: place.tools };
    await Deno.mkdir(site.folder);
    for (const [name, text] of Object.entries(spec.files?.(site) ?? {})) {
      await Deno.writeTextFile(`${site.folder}/${name}`, text);
    }
    const words = placed(spec.command(site), place.descriptors, place.core);
    const server = new ServerProcess(spawnLogging(words, `${folder}/log`, folder), site.port, folder);
    try {
      await server.#listening();
    } catch (error) {
      const cause = new Error(await server.#lastWords(), { cause: error });
      await server[Symbol.asyncDispose]();
      throw new Error(`${spec.name} does not start: ${cause.message}`, { cause });
    }
    return server;
  }

  async #listening(): Promise<void> {
    const end = performance.now() + START_LIMIT_MS;
    while (!await this.#accepts()) {
      if (this.#ended) throw new Error("It has ended");
      if (performance.now() > end) throw new Error("It does not listen");
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
  }

  async #accepts(): Promise<boolean> {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return false;
      throw error;
    }
  }

  /** The last lines of its output. */
  async #lastWords(): Promise<string> {
    const text = await Deno.readTextFile(`${this.#folder}/log`).catch(() => "");
    return text.trim().split("\n").slice(-3).join(" / ").slice(-500) || "it says nothing";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Another process can take the port before the server does; the server then fails to start. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
