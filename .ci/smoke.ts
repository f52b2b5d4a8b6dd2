// Tests a compiled executable from outside, as a user runs it:
//   deno run --allow-read --allow-write --allow-net --allow-run --allow-env .ci/smoke.ts ./confab
// An executable for another processor comes after the words that start its emulator:
//   … .ci/smoke.ts qemu-aarch64-static -L /usr/aarch64-linux-gnu dist/confab-linux-arm64
// Ends with the line `N passed, N failed`, and exits 1 if a check failed.
import { smallPicture } from "../tests/helpers/small_pictures.ts";
import config from "../deno.json" with { type: "json" };
import { TOPICS } from "../src/manual/topics.ts";

/** The variable is for the result of plain `deno compile`, which embeds 7 MB of package files that nothing reads. */
const SIZE_LIMIT_MB = Number(Deno.env.get("SIZE_LIMIT_MB") ?? 113);
const emulator = Deno.args.slice(0, -1);
/** Time limit of a check. None should take a second, but an emulator takes ten to start the program, and a minute for the page. */
const PATIENCE_MS = emulator.length === 0 ? 20_000 : 240_000;
/** Starts at the same time: as many as the machines of the CI have cores. */
const STARTS_AT_ONCE = 2;

const executable = await Deno.realPath(Deno.args.at(-1) ?? "confab");
const [command = executable, ...commandArgs] = [...emulator, executable];
const home = await Deno.makeTempDir({ prefix: "confab-smoke-" });
const running: Program[] = [];
let passed = 0;
let failed = 0;
/** The server's address, once it listens. */
let address = "";

interface Exit {
  code: number;
  stdout: string;
  stderr: string;
}

/** A running executable whose output can be awaited line by line. */
class Program {
  readonly exit: Promise<Exit>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: string[] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;

  constructor(...args: string[]) {
    // The user's own settings must not affect the checks.
    const env = { PATH: Deno.env.get("PATH") ?? "", SystemRoot: Deno.env.get("SystemRoot") ?? "", NO_COLOR: "1" };
    this.#child = new Deno.Command(command, {
      args: [...commandArgs, ...args],
      cwd: home,
      env: {
        ...env,
        HOME: home,
        USERPROFILE: home,
        LOCALAPPDATA: home,
        APPDATA: home,
        USER: "smoke",
        USERNAME: "smoke",
      },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.exit = this.#collect();
    running.push(this);
  }

  async #collect(): Promise<Exit> {
    const [status, stderr] = await Promise.all([
      this.#child.status,
      new Response(this.#child.stderr).text(),
      this.#readLines(),
    ]);
    return { code: status.code, stdout: this.#lines.join("\n"), stderr };
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.#lines.push(...lines);
      this.#wakeWaiters();
    }
    this.#ended = true;
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** Resolves with the first line of standard output that passes the test. */
  async line(matches: (line: string) => boolean): Promise<string> {
    for (let next = 0;; next++) {
      while (next >= this.#lines.length) {
        if (this.#ended) throw new Error(`Ended without the expected line: ${JSON.stringify(await this.exit)}`);
        await this.#wake.promise;
      }
      if (matches(this.#lines[next]!)) return this.#lines[next]!;
    }
  }

  async type(text: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(text));
  }

  async closeInput(): Promise<void> {
    await this.#stdin.close().catch(() => {});
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // The process has already ended.
    }
  }
}

async function run(...args: string[]): Promise<Exit> {
  const program = new Program(...args);
  await program.closeInput();
  return await program.exit;
}

async function check(name: string, body: () => unknown): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No result after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  try {
    await Promise.race([body(), late.promise]);
    passed++;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n        ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
  }
}

type Check = readonly [name: string, body: () => unknown];

/** Checks that need nothing from each other. */
async function checkAll(checks: readonly Check[]): Promise<void> {
  const waiting = checks.values();
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, async () => {
    for (const [name, body] of waiting) await check(name, body);
  }));
}

function expectExit(exit: Exit, code: number): void {
  const traced = /^\s+at .*:\d+:\d+\)?$/m.test(exit.stderr);
  if (exit.code !== code || traced) {
    throw new Error(`Expected exit code ${code} and no stack trace, got ${JSON.stringify(exit)}`);
  }
}

function isMessage(line: string, text: string): boolean {
  try {
    const event = JSON.parse(line) as { type?: string; text?: string };
    return event.type === "message" && event.text === text;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  await using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Fetches a page. An emulator may need longer to build it than the server waits, so it is asked for again. */
async function fetchPage(path: string): Promise<{ readonly status: number; readonly html: string }> {
  for (const signal = AbortSignal.timeout(PATIENCE_MS);;) {
    try {
      const page = await fetch(`http://${address}${path}`, { signal });
      return { status: page.status, html: await page.text() };
    } catch (error) {
      if (emulator.length === 0 || signal.aborted) throw error;
    }
  }
}

await check(`the executable has at most ${SIZE_LIMIT_MB} MB`, async () => {
  const { size } = await Deno.stat(executable);
  if (size > SIZE_LIMIT_MB * 1_000_000) throw new Error(`It has ${size} bytes`);
});

await checkAll([
  ["--version prints the version and exits 0", async () => {
    const exit = await run("--version");
    expectExit(exit, 0);
    if (!exit.stdout.includes(config.version)) throw new Error(`Expected ${config.version} in ${exit.stdout}`);
  }],
  ["--help exits 0", async () => expectExit(await run("--help"), 0)],
  ["an unknown option exits 2", async () => expectExit(await run("serve", "--no-such-option"), 2)],
  ["an unknown command exits 2", async () => expectExit(await run("no-such-command"), 2)],
  ["an invalid link exits 2", async () => expectExit(await run("confab://--data"), 2)],
  ["an invalid link does not become an option", async () => {
    expectExit(await run("confab://127.0.0.1/#.secret", "--json"), 2);
  }],
]);

if (Deno.build.os === "linux") {
  await check("register-links writes a desktop file for the executable, and --remove deletes it", async () => {
    const path = `${home}/.local/share/applications/confab.desktop`;
    expectExit(await run("register-links"), 0);
    const entry = await Deno.readTextFile(path);
    if (!entry.includes(`Exec="${executable}" %u`)) throw new Error(`Expected ${executable} in ${entry}`);
    expectExit(await run("register-links", "--remove"), 0);
    if ([...Deno.readDirSync(`${home}/.local/share/applications`)].length > 0) throw new Error(`${path} still exists`);
  });
}

const server = new Program("serve", "--port", "0", "--metrics", "0");
await check("serve prints its address", async () => {
  const line = await server.line((line) => /127\.0\.0\.1:\d+/.test(line));
  address = /127\.0\.0\.1:\d+/.exec(line)![0];
});

await check("serve on a port in use exits 3", async () => {
  expectExit(await run("serve", "--memory", "--port", address.split(":")[1]!), 3);
});

await check("a second server on the same data folder exits 7", async () => {
  expectExit(await run("serve", "--port", "0"), 7);
});

await check("top shows what --metrics serves", async () => {
  const line = await server.line((line) => line.startsWith("Metrics on "));
  const exit = await run("top", "--once", line.slice("Metrics on ".length));
  expectExit(exit, 0);
  if (!/^connections +0 /m.test(exit.stdout)) throw new Error(`Expected no connections in ${exit.stdout}`);
});

await check("a browser gets the complete page, and a script that it loads later", async () => {
  const { status, html } = await fetchPage("/r/lobby");
  const [, script] = /"([\da-f]+\/\d+\.js)"/.exec(html) ?? [];
  if (status !== 200 || !html.includes("</html>") || script === undefined) throw new Error(`${status}: ${html}`);
  const part = await fetchPage(`/scripts/${script}`);
  if (part.status !== 200 || !part.html.includes("export {")) throw new Error(`${part.status}: ${part.html}`);
});

await checkAll(
  TOPICS.map(({ name: topic }) => [`the manual has the page ${topic}, in the terminal and in a browser`, async () => {
    const exit = await run("help", topic);
    expectExit(exit, 0);
    if (!/^[\w ]+\n=+\n/.test(exit.stdout)) throw new Error(`Expected the page ${topic}, got ${exit.stdout}`);
    const { status, html } = await fetchPage(`/help/${topic}`);
    if (status !== 200 || !html.includes("</html>")) throw new Error(`${status}: ${html}`);
  }]),
);

await check("connect to a closed port exits 4", async () => {
  expectExit(await run("connect", `127.0.0.1:${await freePort()}`, "--name", "ada"), 4);
});

const bob = new Program("connect", address, "--name", "bob", "--json");
await check("connect joins a room", () => bob.line((line) => line.includes('"joined"')));

await check("a message from a pipe reaches the other member, and the pipe's end exits 0", async () => {
  const ada = new Program("connect", address, "--name", "ada", "--json");
  await ada.type("hello from ada\n");
  await ada.closeInput();
  await bob.line((line) => isMessage(line, "hello from ada"));
  expectExit(await ada.exit, 0);
});

await check("send delivers one message and exits 0", async () => {
  expectExit(await run("send", address, "sent", "once"), 0);
  await bob.line((line) => isMessage(line, "sent once"));
});

await check("a picture that is sent has a thumbnail, which the embedded decoder has made", async () => {
  const path = `${home}/sky.png`;
  await Deno.writeFile(path, smallPicture("image/png"));
  expectExit(await run("send", address, "--file", path, "a picture"), 0);
  const line = await bob.line((line) => isMessage(line, "a picture"));
  const { thumbnail } = JSON.parse(line).file;
  if (thumbnail?.width !== 8 || thumbnail.height !== 6) throw new Error(`Expected a thumbnail in ${line}`);
});

await check("a message is echoed to its author as JSON", async () => {
  await bob.type("hello from bob\n");
  await bob.line((line) => isMessage(line, "hello from bob"));
});

await check("the end of standard input exits 0", async () => {
  await bob.closeInput();
  expectExit(await bob.exit, 0);
});

// On Windows every signal ends a process at once.
if (Deno.build.os !== "windows") {
  await check("SIGTERM ends the server with exit code 0", async () => {
    server.kill("SIGTERM");
    expectExit(await server.exit, 0);
  });
}

for (const program of running) program.kill("SIGKILL");
await Promise.all(running.map((program) => program.exit));
await Deno.remove(home, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
