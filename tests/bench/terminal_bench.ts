/**
 * The terminal client in a pseudo-terminal (`script` of util-linux), with the real server: the time to its first
 * prompt, to draw a key while others write, to print 10,000 messages, and its memory after very many.
 * Usage: deno run -A tests/bench/terminal_bench.ts [MESSAGES]. CONFAB_E2E_BINARY names the executable to measure.
 * Prints one JSON object; times in milliseconds, memory in MB.
 */

import { GARBAGE_QUIET_MS } from "../../src/protocol/limits.ts";
import { commandLine } from "../helpers/e2e.ts";
import { homeVariables } from "../helpers/e2e_home.ts";

const KEYS = 400;
const RATE_PER_SECOND = 200;
const AT_ONCE = 10_000;
/** Messages in one portion while memory is measured. */
const PORTION = 1_000;
/** Milliseconds in which the client collects its garbage. */
const QUIET_MS = 2 * GARBAGE_QUIET_MS + 500;
const PROMPT = "#lobby> ";
const encoder = new TextEncoder();
const home = await Deno.makeTempDir({ prefix: "confab-terminal-bench-" });

/** A process whose output is read as it arrives. */
class Watched {
  readonly child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  /** The last part of the output. */
  #tail = "";
  #wake = Promise.withResolvers<void>();

  constructor(command: string, args: readonly string[]) {
    const streams = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
    const env = { ...homeVariables(home), TERM: "xterm-256color", LC_ALL: "C.UTF-8" };
    this.child = new Deno.Command(command, { args: [...args], env, ...streams }).spawn();
    this.#input = this.child.stdin.getWriter();
    void this.#watch();
  }

  async #watch(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.child.stdout) {
      this.#tail = (this.#tail + decoder.decode(chunk, { stream: true })).slice(-16_384);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }
  }

  async type(text: string): Promise<void> {
    await this.#input.write(encoder.encode(text));
  }

  /** Resolves to the last part of the output once it contains a text. */
  async until(text: string): Promise<string> {
    while (!this.#tail.includes(text)) await this.#wake.promise;
    return this.#tail;
  }

  forget(): void {
    this.#tail = "";
  }

  async end(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.status;
    await this.#input.close().catch(() => {});
  }
}

function program(...args: string[]): [string, string[]] {
  const [command, ...words] = commandLine(args);
  return [command, words];
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

function client(address: string): Watched {
  const [command, words] = program("connect", address, "--name", "ada", "--no-state");
  const line = ["stty cols 100 rows 30; echo $$; exec", command, ...words.map(quoted)].join(" ");
  return new Watched("script", ["-qfec", line, "/dev/null"]);
}

/** A client that sends without limits, and reads so that nothing piles up. */
class Writer {
  readonly #conn: Deno.Conn;
  #seq = 0;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
    void conn.readable.pipeTo(new WritableStream()).catch(() => {});
  }

  static async join(host: string, port: number): Promise<Writer> {
    const writer = new Writer(await Deno.connect({ hostname: host, port }));
    await writer.#send({ type: "join", room: "lobby", name: "bob" });
    return writer;
  }

  /** Returns the number of the last message. */
  async say(count: number): Promise<number> {
    let lines = "";
    for (let index = 0; index < count; index++) {
      lines += `${JSON.stringify({ type: "message", room: "lobby", text: `message number ${++this.#seq}.` })}\n`;
    }
    await this.#write(lines);
    return this.#seq;
  }

  close(): void {
    this.#conn.close();
  }

  #send(command: object): Promise<void> {
    return this.#write(`${JSON.stringify(command)}\n`);
  }

  async #write(text: string): Promise<void> {
    for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(await this.#conn.write(rest));
  }
}

/** Resident memory, and the private part of it. The rest is the executable, which all processes share. */
function memory(id: number): { mb: number; ownMb: number } {
  const status = Deno.readTextFileSync(`/proc/${id}/status`);
  const read = (field: string) =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)![1]) / 1024);
  return { mb: read("VmRSS"), ownMb: read("RssAnon") };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

async function firstPrompts(address: string, times: number): Promise<number> {
  const found: number[] = [];
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    const watched = client(address);
    await watched.until(PROMPT);
    found.push(performance.now() - began);
    await watched.end();
  }
  return rounded(found.sort((a, b) => a - b)[times >> 1]!);
}

async function keyTimes(watched: Watched, writer: Writer): Promise<Record<string, number>> {
  const timer = setInterval(() => void writer.say(1), 1_000 / RATE_PER_SECOND);
  const found: number[] = [];
  let text = "";
  for (let key = 0; key < KEYS; key++) {
    if (text.length === 20) {
      await watched.type("\x15");
      text = "";
    }
    const char = String.fromCharCode(97 + key % 26);
    text += char;
    await new Promise((resolve) => setTimeout(resolve, 3 + key % 11));
    watched.forget();
    const began = performance.now();
    await watched.type(char);
    await watched.until(`> \x1b[22m${text}`);
    found.push(performance.now() - began);
  }
  clearInterval(timer);
  await watched.type("\x15");
  found.sort((a, b) => a - b);
  const at = (share: number) => rounded(found[Math.floor((found.length - 1) * share)]!);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function burst(watched: Watched, writer: Writer): Promise<number> {
  await watched.type("half a line");
  await watched.until("half a line");
  const began = performance.now();
  const last = await writer.say(AT_ONCE);
  const tail = await watched.until(`message number ${last}.`);
  if (!tail.slice(tail.indexOf(`message number ${last}.`)).includes("half a line")) await watched.until("half a line");
  return rounded(performance.now() - began);
}

async function flood(watched: Watched, writer: Writer, id: number, messages: number): Promise<Record<string, number>> {
  const began = performance.now();
  for (let sent = 0; sent < messages; sent += PORTION) {
    const last = await writer.say(PORTION);
    await watched.until(`message number ${last}.`);
  }
  return { messages, ...memory(id), seconds: Math.round((performance.now() - began) / 1_000) };
}

const messages = Number(Deno.args[0] ?? 1_000_000);
const server = new Watched(...program("serve", "--memory", "--port", "0", "--rate", "0", "--quiet"));
const address = /Listening on (\S+)\n/.exec(await server.until("\n"))![1]!;
const [host, port] = address.split(":") as [string, string];
const firstPrompt = await firstPrompts(address, 5);
const writer = await Writer.join(host, Number(port));

/** A client at its prompt, and its process id. */
async function started(): Promise<[Watched, number]> {
  const watched = client(address);
  const id = Number(/(\d+)\r?\n/.exec(await watched.until(PROMPT))![1]);
  return [watched, id];
}

const [typist] = await started();
const key = await keyTimes(typist, writer);
const atOnce = await burst(typist, writer);
await typist.end();
const [reader, id] = await started();
const before = memory(id);
const after = await flood(reader, writer, id, messages);
await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
const quiet = memory(id);
console.log(JSON.stringify({ firstPrompt, key, atOnce, memory: { before, after, quiet } }, null, 2));
writer.close();
await reader.end();
await server.end();
await Deno.remove(home, { recursive: true });
