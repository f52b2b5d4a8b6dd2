// The tasks `compile` and `compile:all`: one executable for this machine, or with `--all` one for each platform.

import config from "../deno.json" with { type: "json" };
import { REG, XDG_MIME } from "../src/cli/invites/link_handler.ts";
import { NOTEPAD, SHELL } from "../src/cli/platform/text_editor.ts";

const TARGETS: Record<string, string> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
  "windows-x64": "x86_64-pc-windows-msvc",
};

/** What an executable may do without asking. It loads no libraries. */
const RIGHTS = ["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-sys", "--no-prompt"];

/** The only programs that it may start, to register links and for the editor of whoever chats. Other commands give that up first. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  linux: [XDG_MIME, SHELL],
  macos: [SHELL],
  darwin: [SHELL],
  windows: [REG, NOTEPAD],
};

/**
 * A small nursery for young objects: a third less memory for each of 10,000 connections, and no slower. Maglev as the last
 * of V8's compilers: what Turbofan makes of a server is no faster, and making it costs more than a tenth of the first second.
 * It compiles what has run 2,000 times instead of 400, and a heap of less than 32 MB is not searched for garbage: both save
 * another tenth, and a fifth of what the slowest of the first messages take.
 * What lets us collect garbage: `src/terminal/memory_reclaimer.ts` after a flood, `src/server/monitor/process_memory.ts` after a crowd.
 */
const V8_FLAGS = config.tasks.start.command.split(" ").filter((word) => word.startsWith("--v8-flags="));

const ROOT = new URL("../", import.meta.url);

/**
 * Files of packages that the program never reads. Each process holds in memory what is embedded, so they cost 4 MB of both.
 * The program runs with them as well: plain `deno compile -A main.ts` embeds them. A `.` is all of a package.
 */
const UNNEEDED: Readonly<Record<string, readonly string[]>> = {
  // Only its English words are used, not what makes keys of them.
  "@noble/hashes": ["."],
  "@scure/bip39": [
    "src",
    ...["czech", "french", "italian", "japanese", "korean", "portuguese", "spanish"]
      .map((language) => `wordlists/${language}.js`),
    ...["simplified", "traditional"].map((script) => `wordlists/${script}-chinese.js`),
  ],
  "markdown-it-emoji": ["dist"],
  "marked": ["bin", "man", "lib/marked.umd.js"],
  // Of its four builds two are used: index.mjs here, and index.min.cjs on the page.
  "valibot": ["dist/index.cjs", "dist/index.min.mjs"],
  // Its command line is not used, nor the packages that only that needs.
  "sucrase": ["bin", "register", "ts-node-plugin", "dist/cli.js", "dist/esm", "dist/types"],
  ...Object.fromEntries(
    [
      ...["any-promise", "commander", "fdir", "mz", "object-assign", "picomatch"],
      ...["pirates", "thenify", "thenify-all", "tinyglobby"],
    ].map((name) => [name, ["."]]),
  ),
};

/** For people and compilers: no package needs these to run. */
const NOT_RUN = /\.d\.[cm]?ts$|\.map$|\.md$/;
/** Smaller files of that kind stay: a command line for Windows holds 32,767 characters. */
const WORTH_LEAVING_OUT_BYTES = 8 * 1024;

interface Package {
  readonly name: string;
  readonly version: string;
}

async function leftOut(): Promise<string[]> {
  await deno("cache", "--quiet", "main.ts");
  const { npmCache } = JSON.parse(await deno("info", "--json")) as { npmCache: string };
  const { npmPackages } = JSON.parse(await deno("info", "--json", "main.ts")) as {
    npmPackages: Readonly<Record<string, Package>>;
  };
  return foldersIn(npmCache).flatMap((registry) =>
    Object.values(npmPackages).flatMap(({ name, version }) =>
      unneededIn(`${registry}/${name}/${version}`, UNNEEDED[name] ?? [])
    )
  );
}

function unneededIn(folder: string, paths: readonly string[]): string[] {
  if (paths.includes(".")) return entriesIn(folder);
  const unneeded = paths.map((path) => `${folder}/${path}`);
  return [...unneeded, ...filesIn(folder, unneeded).filter(isNotRun)];
}

function isNotRun(path: string): boolean {
  return NOT_RUN.test(path) && Deno.statSync(path).size > WORTH_LEAVING_OUT_BYTES;
}

/** All below a folder, but for what lies in those named. */
function filesIn(folder: string, but: readonly string[]): string[] {
  const files = entriesIn(folder, ({ isFile }) => isFile);
  const folders = foldersIn(folder).filter((path) => !but.includes(path));
  return [...files, ...folders.flatMap((path) => filesIn(path, but))];
}

function foldersIn(path: string): string[] {
  return entriesIn(path, (entry) => entry.isDirectory);
}

function entriesIn(path: string, isMeant: (entry: Deno.DirEntry) => boolean = () => true): string[] {
  try {
    return [...Deno.readDirSync(path)].filter(isMeant).map(({ name }) => `${path}/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function deno(...args: string[]): Promise<string> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stderr: "inherit" }).output();
  if (code !== 0) Deno.exit(code);
  return new TextDecoder().decode(stdout);
}

const EXCLUDED = (await leftOut()).flatMap((path) => ["--exclude", path]);

/**
 * Without V8's cache of compiled code: Deno 2.7 makes it at each start, as the program imports JSON, and never keeps it.
 * It would lie in the system's folder for temporary files under a name that everybody knows, for others to put theirs there.
 */
const NO_CACHE = "--no-code-cache";

async function compile(output: string, os: string, target: string[] = []): Promise<void> {
  const rights = [...RIGHTS, `--allow-run=${PROGRAMS[os]?.join(",")}`];
  const options = ["--no-check", NO_CACHE, ...V8_FLAGS, ...rights, ...EXCLUDED, ...target];
  const args = ["compile", ...options, "--output", output, "main.ts"];
  const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

if (Deno.args.includes("--all")) {
  for (const [name, triple] of Object.entries(TARGETS)) {
    await compile(`dist/confab-${name}`, name.split("-")[0]!, ["--target", triple]);
  }
} else {
  await compile("confab", Deno.build.os);
}
