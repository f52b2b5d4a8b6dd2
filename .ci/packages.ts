// The task `packages`: compares and renews the committed versions and checksums of npm packages.
//   deno task packages            exits 1 if deno.json asks for other packages, or npm has other contents
//   deno task packages --write    writes what deno.json asks for; packages that it does not name keep their version
//   deno task packages --update   the same, with the newest version of each package that deno.json does not name
//
// `npm-run.lock` holds the packages of the program, which executables embed; `npm-test.lock` those of the tests as well.
// Both are Deno lock files without JSR packages. The task `deps` copies them into `vendor/`, where Deno uses them.

import config from "../deno.json" with { type: "json" };

interface Package {
  readonly integrity?: string;
  readonly dependencies?: readonly string[];
}

export interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, Package>>;
  /** The imports of deno.json. If they differ, Deno trusts npm's checksums instead of the file's. */
  readonly workspace?: unknown;
}

/** The requests of deno.json, for each lock file. */
export const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  "npm-run.lock": npmRequests(config.imports),
  "npm-test.lock": [...npmRequests(config.imports), ...npmRequests(config.scopes["./tests/"])],
};

const NEXT_STEP = "If you changed deno.json, run `deno task packages --write` and read what it changes in .ci. " +
  "If you did not, npm now serves other contents: do not run them.";

const ROOT = new URL("../", import.meta.url);

function npmRequests(imports: Readonly<Record<string, string>>): string[] {
  return Object.values(imports).filter((request) => request.startsWith("npm:"));
}

/**
 * The differences between npm's packages and a committed lock file, one line each, and what to do;
 * empty if there are none.
 */
export async function differencesFrom(name: string): Promise<string[]> {
  const committed = await Deno.readTextFile(fileOf(name));
  const lock = JSON.parse(committed) as Lock;
  const found = JSON.parse(await resolve(REQUESTS[name]!, withoutOnePackage(lock))) as Lock;
  const lines = differences(lock, found).map((line) => `.ci/${name}: ${line}`);
  return lines.length === 0 ? [] : [...lines, NEXT_STEP];
}

export function differences(committed: Lock, found: Lock): string[] {
  const packages = new Set([...Object.keys(committed.npm), ...Object.keys(found.npm)]);
  const lines = [...packages].flatMap((name) => differencesOf(name, committed.npm[name], found.npm[name]));
  const isCurrent = JSON.stringify(committed.workspace) === JSON.stringify(found.workspace);
  return isCurrent ? lines : [...lines, "deno.json imports other packages"];
}

function differencesOf(name: string, expected: Package | undefined, got: Package | undefined): string[] {
  if (expected === undefined) return [`${name} is missing: Deno installs it`];
  if (got === undefined) return [`${name} is not needed: Deno does not install it`];
  if (expected.integrity !== got.integrity) {
    return [`${name} has the checksum ${got.integrity}: expected ${expected.integrity}`];
  }
  return JSON.stringify(expected) === JSON.stringify(got) ? [] : [`${name} has other dependencies`];
}

/**
 * The lock file without one package, which Deno must then look up. In doing so, Deno keeps all
 * versions but takes all checksums from npm; it would not check a complete lock file.
 */
function withoutOnePackage(lock: Lock): string {
  const dropped = Object.entries(lock.specifiers).find(([request, version]) =>
    lock.npm[`${request.slice("npm:".length, request.lastIndexOf("@"))}@${version}`]?.dependencies === undefined
  );
  const specifiers = Object.fromEntries(
    Object.entries(lock.specifiers).filter(([request]) => request !== dropped?.[0]),
  );
  return JSON.stringify({ ...lock, specifiers });
}

/**
 * The lock file that Deno makes for these requests from `lock`. Takes about 20 ms if Deno's cache
 * has all packages.
 */
async function resolve(requests: readonly string[], lock?: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "confab-npm-" });
  try {
    const path = `${folder}/deno.lock`;
    if (lock !== undefined) await Deno.writeTextFile(path, lock);
    const args = ["cache", "--quiet", "--frozen=false", `--lock=${path}`, ...requests];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
    if (!success) throw new Error(`Deno could not resolve the packages: ${new TextDecoder().decode(stderr)}`);
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function fileOf(name: string): URL {
  return new URL(name, import.meta.url);
}

async function write(name: string, update: boolean): Promise<void> {
  const committed = update ? undefined : await Deno.readTextFile(fileOf(name));
  await Deno.writeTextFile(fileOf(name), await resolve(REQUESTS[name]!, committed));
}

if (import.meta.main) {
  const update = Deno.args.includes("--update");
  const names = Object.keys(REQUESTS);
  if (update || Deno.args.includes("--write")) {
    for (const name of names) await write(name, update);
  } else {
    const lines = (await Promise.all(names.map(differencesFrom))).flat();
    for (const line of lines) console.error(line);
    if (lines.length > 0) Deno.exit(1);
  }
}
