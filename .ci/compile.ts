// The tasks `compile` and `compile:all`: one executable for this machine, or with `--all` one for each platform.

import config from "../deno.json" with { type: "json" };
import { REG, XDG_MIME } from "../src/cli/link_handler.ts";
import { NOTEPAD, SHELL } from "../src/cli/text_editor.ts";

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

/** A small nursery for young objects: a third less memory for each of 10,000 connections, and no slower. */
const V8_FLAGS = config.tasks.serve.command.split(" ").filter((word) => word.startsWith("--v8-flags="));

const ROOT = new URL("../", import.meta.url);

/** What `src/page` reads while the program runs. */
const INCLUDED = ["src/web", "src/client", "src/protocol", "src/framing"].flatMap((folder) => ["--include", folder]);

/**
 * What nobody needs of packages, by their names, and `deno compile` would embed. prom-client brings along bintrees with 2 MB of
 * samples for its tests, at one of which, of 100,000 numbers, Deno 2.7 overflows its stack. sucrase is here without its
 * command line, and without all that comes with that. valibot's types are twice as long as all that it does.
 */
const UNNEEDED: Readonly<Record<string, readonly string[]>> = {
  "@noble/hashes": ["src"],
  "bintrees": ["test"],
  // Of its four builds two are used: index.mjs here, and index.min.cjs on the page.
  "valibot": ["dist/index.cjs", "dist/index.d.cts", "dist/index.d.mts", "dist/index.min.mjs"],
  "sucrase": ["bin", "register", "ts-node-plugin", "dist/cli.js", "dist/esm", "dist/types"],
  ...Object.fromEntries(
    [
      "any-promise",
      "commander",
      "fdir",
      "mz",
      "object-assign",
      "picomatch",
      "pirates",
      "thenify",
      "thenify-all",
      "tinyglobby",
    ]
      .map((name) => [name, ["."]]),
  ),
};

async function leftOut(): Promise<string[]> {
  await deno("cache", "--quiet", "main.ts");
  const { npmCache } = JSON.parse(await deno("info", "--json")) as { npmCache: string };
  return foldersIn(npmCache).flatMap((registry) =>
    Object.entries(UNNEEDED).flatMap(([name, paths]) =>
      foldersIn(`${registry}/${name}`).flatMap((version) =>
        paths.flatMap((path) => path === "." ? entriesIn(version) : [`${version}/${path}`])
      )
    )
  );
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
  const files = [...INCLUDED, ...EXCLUDED];
  const args = [
    "compile",
    "--no-check",
    NO_CACHE,
    ...V8_FLAGS,
    ...rights,
    ...files,
    ...target,
    "--output",
    output,
    "main.ts",
  ];
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
