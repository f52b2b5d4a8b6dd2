/** A program of a cluster under chaos, which is killed, stopped and started again. */
export class KillableProcess {
  readonly name: string;
  readonly #commandLine: readonly string[];
  /** Called when it has ended by itself, with what it wrote to standard error in this life. */
  readonly #endedByItself: (code: number, errors: string) => void;
  #child: Deno.ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #errors = "";
  /** Where the errors of this life begin. */
  #bornAt = 0;
  #frozen = false;

  constructor(
    name: string,
    commandLine: readonly string[],
    endedByItself: (code: number, errors: string) => void,
  ) {
    this.name = name;
    this.#commandLine = commandLine;
    this.#endedByItself = endedByItself;
  }

  /** All that it has written to standard error so far, in all its lives. */
  get errors(): string {
    return this.#errors;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    const [command, ...args] = this.#commandLine;
    const child = new Deno.Command(command!, { args, stdin: "null", stdout: "null", stderr: "piped" }).spawn();
    this.#child = child;
    this.#bornAt = this.#errors.length;
    this.#ended = this.#follow(child);
  }

  /** Starts it unless it runs. */
  ensureRuns(): void {
    if (!this.isRunning) this.start();
  }

  /** Sends SIGKILL. Resolves when the process has ended. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Sends SIGTERM. Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.thaw();
    await this.#end("SIGTERM");
  }

  freeze(): void {
    if (this.#child === undefined) return;
    this.#child.kill("SIGSTOP");
    this.#frozen = true;
  }

  thaw(): void {
    if (this.#frozen) this.#child?.kill("SIGCONT");
    this.#frozen = false;
  }

  async #end(signal: Deno.Signal): Promise<void> {
    this.#child?.kill(signal);
    this.#child = undefined;
    this.#frozen = false;
    await this.#ended;
  }

  async #follow(child: Deno.ChildProcess): Promise<void> {
    const [{ code }] = await Promise.all([child.status, this.#collect(child.stderr)]);
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#frozen = false;
    this.#endedByItself(code, this.#errors.slice(this.#bornAt));
  }

  async #collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#errors += text;
  }
}
