// The tasks `compile` and `compile:all`: an executable for this machine, or those for the named platforms, or all with `--all`.

import config from "../deno.json" with { type: "json" };
import { REG, XDG_MIME } from "../src/cli/invites/link_handler.ts";
import { RUNDLL } from "../src/cli/files/file_launcher.ts";
import { WINDOWS_MEDIA_PROGRAMS } from "../src/cli/platform/media_program.ts";
import { NOTEPAD, SHELL } from "../src/cli/platform/text_editor.ts";
import { SYSTEMCTL } from "../src/cli/service/systemd_unit.ts";

const TARGETS: Record<string, string> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
  "windows-x64": "x86_64-pc-windows-msvc",
};

/** The permissions of an executable on each system. */
const RIGHTS = ["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-sys", "--no-prompt"];

/** Only on Windows it calls native code, of the system, and soon gives up the right to: see `process_signals.ts`. */
const NATIVE = ["--allow-ffi"];

/**
 * The only programs that it may start, by the names of `TARGETS` and of `Deno.build.os`: one to register links, and one
 * for the user's editor, pager and files, and the programs of calls. Other commands drop this permission. Windows may be on any drive, so its programs are
 * found in `PATH` at the start; the code starts them by their full path, which must be the same.
 */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  linux: [XDG_MIME, SYSTEMCTL, SHELL],
  macos: [SHELL],
  darwin: [SHELL],
  windows: [REG, NOTEPAD, RUNDLL, ...WINDOWS_MEDIA_PROGRAMS],
};

/**
 * Flags of V8, chosen by measurement:
 * - A small nursery for young objects saves a third of the memory of each of 10,000 connections at the same speed.
 * - Maglev is the last compiler: Turbofan's code for a server is no faster, and costs a tenth of the first second.
 * - Code is compiled after 2,000 runs instead of 400, and a heap below 32 MB is not searched for garbage: both save another
 *   tenth of the first second, and a fifth of the time of the slowest first messages.
 * - Garbage collection is exposed for `src/terminal/memory_reclaimer.ts` after a flood, and for
 *   `src/server/monitor/process_memory.ts` after a crowd.
 */
const V8_FLAGS = config.tasks.start.command.split(" ").filter((word) => word.startsWith("--v8-flags="));

/**
 * An executable that was compiled so does not warn of programs that it may start and that are missing. The shell of other systems
 * is never missing.
 */
const SILENT = ["--quiet"];

const ROOT = new URL("../", import.meta.url);

/**
 * Files of packages that the program never reads; `.` means a whole package. Embedded files stay in
 * memory, so these would cost 8 MB on disk and in memory. The program also works with them: plain
 * `deno compile -A main.ts` embeds them.
 */
const UNNEEDED: Readonly<Record<string, readonly string[]>> = {
  // Thumbnails are JPEG files.
  "@jsquash/webp": ["codec/enc", "encode.js"],
  "@noble/ed25519": ["index.ts"],
  // SHA-2 and HMAC are used.
  "@noble/hashes": [
    "src",
    ...["_blake", "argon2", "blake1", "blake2", "blake3", "eskdf", "hkdf", "legacy", "pbkdf2", "scrypt", "sha3"]
      .map((module) => `${module}.js`),
    ...["sha3-addons.js", "webcrypto.js"],
  ],
  "@scure/bip39": [
    "src",
    ...["czech", "french", "italian", "japanese", "korean", "portuguese", "spanish"]
      .map((language) => `wordlists/${language}.js`),
    ...["simplified", "traditional"].map((script) => `wordlists/${script}-chinese.js`),
  ],
  // One of its five builds is used here, and another one on the page. They contain all that it needs of other packages.
  "markdown-it": [
    ...["bin", "dist/markdown-it.cjs.js"],
    "dist/browser/markdown-it.umd.min.js",
  ],
  "markdown-it-emoji": ["dist"],
  "marked": ["bin", "man", "lib/marked.umd.js"],
  // One of its four builds is used, here and on the page: index.mjs.
  "valibot": ["dist/index.cjs", "dist/index.min.cjs", "dist/index.min.mjs"],
  // Its command line is not used, and neither are the packages that only the command line needs.
  "sucrase": ["bin", "register", "ts-node-plugin", "dist/cli.js", "dist/esm", "dist/types"],
  ...Object.fromEntries(
    [
      ...["any-promise", "commander", "fdir", "mz", "object-assign", "picomatch"],
      ...["pirates", "thenify", "thenify-all", "tinyglobby"],
      ...["argparse", "entities", "linkify-it", "mdurl", "punycode.js", "uc.micro", "wasm-feature-detect"],
    ].map((name) => [name, ["."]]),
  ),
};

/** Files for people and compilers, which no package needs at run time. */
const NOT_RUN = /\.d\.[cm]?ts$|\.map$|\.md$/;
/** Smaller files of that kind are kept, because a command line of Windows is limited to 32,767 characters. */
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

/** All files below a folder, except those in the named folders. */
function filesIn(folder: string, except: readonly string[]): string[] {
  const files = entriesIn(folder, ({ isFile }) => isFile);
  const folders = foldersIn(folder).filter((path) => !except.includes(path));
  return [...files, ...folders.flatMap((path) => filesIn(path, except))];
}

function foldersIn(path: string): string[] {
  return entriesIn(path, (entry) => entry.isDirectory);
}

function entriesIn(path: string, accepts: (entry: Deno.DirEntry) => boolean = () => true): string[] {
  try {
    return [...Deno.readDirSync(path)].filter(accepts).map(({ name }) => `${path}/${name}`);
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
 * Disables V8's code cache. Deno 2.7 builds it at each start, because the program imports JSON, and
 * never keeps it. Its file would have a known name in the shared folder for temporary files, where
 * others could place their own.
 */
const NO_CACHE = "--no-code-cache";

async function compile(output: string, os: string, target: string[] = []): Promise<void> {
  const rights = [
    ...RIGHTS,
    `--allow-run=${PROGRAMS[os]?.join(",")}`,
    ...(os === "windows" ? [...NATIVE, ...SILENT] : []),
  ];
  const options = ["--no-check", NO_CACHE, ...V8_FLAGS, ...rights, ...EXCLUDED, ...target];
  const args = ["compile", ...options, "--output", output, "main.ts"];
  const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

const names = Deno.args.includes("--all") ? Object.keys(TARGETS) : Deno.args;
const unknown = names.find((name) => !(name in TARGETS));
if (unknown !== undefined) {
  console.error(`Unknown platform "${unknown}": the platforms are ${Object.keys(TARGETS).join(", ")}`);
  Deno.exit(2);
}
for (const name of names) {
  await compile(`dist/confab-${name}`, name.split("-")[0]!, ["--target", TARGETS[name]!]);
}
if (names.length === 0) await compile("confab", Deno.build.os);
