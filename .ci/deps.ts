// The task `deps`: puts the JSR packages of `deno.json` into `vendor/`, where Deno looks first.
// If JSR does not answer, it uses the stand-ins in `.ci/jsr.io/` instead. It needs no package itself.
//   --jsr-only   asks JSR again if the stand-ins are in use, and fails with the reason if it does not answer
//
// It also copies the lock files of the npm packages to `vendor/`. Deno checks each download against them, and adds the
// packages from JSR or from the stand-ins, so the copies are not committed.
//
// `vendor/.made-of` is written last: an incomplete `vendor/` lacks it and is built again.

const ROOT = new URL("../", import.meta.url);
const VENDOR = new URL("vendor/", ROOT);
const STAMP = new URL(".made-of", VENDOR);
const STAND_INS = new URL(".ci/jsr.io/", ROOT);

/** Lock files in `vendor/`, and the committed file of each. */
const LOCKS = { "run.lock": ".ci/npm-run.lock", "test.lock": ".ci/npm-test.lock" };

/** JSR counts as unreachable if Deno reports no progress of its downloads for this long. */
const SILENCE_LIMIT_MS = 30_000;

/** Time after which the task says what it waits for. */
const PATIENCE_MS = 3_000;

type Source = "jsr" | "stand-ins";

interface Package {
  /** A name such as `@std/cli`. */
  name: string;
  /** The request in `deno.json`, such as `jsr:@std/cli@^1.0.0`. */
  request: string;
  /** The stand-in's list of files and exports as text, which changes with each of them. */
  meta: string;
}

function readPackages(): Package[] {
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT))) as {
    imports: Record<string, string>;
  };
  const requests = Object.entries(imports).filter(([, request]) => request.startsWith("jsr:"));
  return requests.map(([name, request]) => ({ name, request, meta: readMeta(name) }));
}

function readMeta(name: string): string {
  const folder = new URL(`${name}/`, STAND_INS);
  const { latest } = JSON.parse(Deno.readTextFileSync(new URL("meta.json", folder))) as { latest: string };
  return Deno.readTextFileSync(new URL(`${latest}_meta.json`, folder));
}

/** Describes the content of a current `vendor/`. For JSR's own packages only the requests count. */
function stampFor(source: Source, packages: Package[]): string {
  const parts = packages.map(({ request, meta }) => source === "jsr" ? request : `${request} ${meta}`);
  return [source, ...parts].join("\n");
}

function isCurrent(packages: Package[], sources: Source[]): boolean {
  try {
    const stamp = Deno.readTextFileSync(STAMP);
    return sources.some((source) => stamp === stampFor(source, packages));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Lets Deno fetch the packages from JSR into `vendor/`. Returns the reason if that fails. */
async function fetchFromJsr(packages: Package[]): Promise<string | undefined> {
  const entrypoints = packages.flatMap(({ request, meta }) => exportsOf(meta).map((path) => request + path.slice(1)));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["install", "--entrypoint", ...entrypoints],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const silence = new AbortController();
  const output = readUntilSilent(child.stderr, silence);
  silence.signal.addEventListener("abort", () => child.kill(), { once: true });
  const notice = setTimeout(() => console.error("Waiting for JSR…"), PATIENCE_MS);
  const [{ success }, text] = await Promise.all([child.status, output]);
  clearTimeout(notice);
  if (success) return undefined;
  if (silence.signal.aborted) return `no download progressed for ${SILENCE_LIMIT_MS / 1000} s`;
  return /^error: (.*)/m.exec(text)?.[1] ?? "deno install failed";
}

function exportsOf(meta: string): string[] {
  return Object.keys((JSON.parse(meta) as { exports: Record<string, string> }).exports);
}

/** Reads to the end, and aborts `silence` if nothing arrives for too long. */
async function readUntilSilent(stream: ReadableStream<Uint8Array>, silence: AbortController): Promise<string> {
  const start = () => setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
  let timer = start();
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    clearTimeout(timer);
    timer = start();
    text += chunk;
  }
  clearTimeout(timer);
  return text;
}

function copyFolder(from: URL, to: URL): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
    else Deno.copyFileSync(new URL(name, from), new URL(name, to));
  }
}

function emptyVendor(): void {
  try {
    Deno.removeSync(VENDOR, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function makeVendor(packages: Package[], jsrOnly: boolean): Promise<void> {
  emptyVendor();
  const failure = await fetchFromJsr(packages);
  if (failure !== undefined) {
    if (jsrOnly) {
      console.error(`JSR did not answer: ${failure}`);
      Deno.exit(1);
    }
    console.error("JSR did not answer: using the stand-ins in .ci/jsr.io. To try JSR again: deno task deps --jsr-only");
    emptyVendor();
    copyFolder(STAND_INS, new URL("jsr.io/", VENDOR));
  }
  Deno.mkdirSync(VENDOR, { recursive: true });
  Deno.writeTextFileSync(STAMP, stampFor(failure === undefined ? "jsr" : "stand-ins", packages));
}

/** Deno adds every import to a lock file: packages of tests would otherwise get into the executable. */
function restoreLocks(): void {
  for (const [name, source] of Object.entries(LOCKS)) {
    const committed = Deno.readTextFileSync(new URL(source, ROOT));
    if (npmPart(readLock(name)) !== npmPart(committed)) writeWhole(new URL(name, VENDOR), committed);
  }
}

function readLock(name: string): string {
  try {
    return Deno.readTextFileSync(new URL(name, VENDOR));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "{}";
    throw error;
  }
}

function npmPart(lock: string): string {
  return JSON.stringify((JSON.parse(lock) as { npm?: unknown }).npm);
}

/** Replaces a file so that another Deno reads either the old or the new one. */
function writeWhole(file: URL, text: string): void {
  const draft = new URL(`${file.href}.${Deno.pid}`);
  Deno.writeTextFileSync(draft, text);
  Deno.renameSync(draft, file);
}

const jsrOnly = Deno.args.includes("--jsr-only");
const sources: Source[] = jsrOnly ? ["jsr"] : ["jsr", "stand-ins"];
const packages = readPackages();
if (!isCurrent(packages, sources)) {
  // Two tasks that start at once on a fresh machine must not build the folder at the same time.
  using lock = Deno.openSync(new URL(".ci/.deps.lock", ROOT), { create: true, write: true });
  await lock.lock(true);
  if (!isCurrent(packages, sources)) await makeVendor(packages, jsrOnly);
}
restoreLocks();
