// The tasks `compile` and `compile:all`: one executable for this machine, or with `--all` one for each platform.

import config from "../deno.json" with { type: "json" };

const TARGETS: Record<string, string> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
  "windows-x64": "x86_64-pc-windows-msvc",
};

/** What an executable may do without asking; it never starts programs or loads libraries. */
const RIGHTS = ["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-sys", "--no-prompt"];

/** A small nursery for young objects: a third less memory for each of 10,000 connections, and no slower. */
const V8_FLAGS = config.tasks.serve.command.split(" ").filter((word) => word.startsWith("--v8-flags="));

/**
 * Deno 2.7 reads every file of an npm package, and overflows its usual 2 MiB at a sample of 100,000 numbers in bintrees,
 * which prom-client brings along.
 */
const ENOUGH_STACK = { RUST_MIN_STACK: String(32 * 1024 * 1024) };

async function compile(output: string, target: string[] = []): Promise<void> {
  const args = ["compile", "--no-check", ...V8_FLAGS, ...RIGHTS, ...target, "--output", output, "main.ts"];
  const cwd = new URL("../", import.meta.url);
  const { code } = await new Deno.Command(Deno.execPath(), { args, cwd, env: ENOUGH_STACK }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

if (Deno.args.includes("--all")) {
  for (const [name, triple] of Object.entries(TARGETS)) await compile(`dist/confab-${name}`, ["--target", triple]);
} else {
  await compile("confab");
}
