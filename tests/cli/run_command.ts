import { readArguments } from "../../src/cli/args/arguments.ts";
import { BACKUP } from "../../src/cli/commands/data/backup.ts";
import { EXPORT } from "../../src/cli/commands/data/export.ts";
import { Failure } from "../../src/cli/args/exit_codes.ts";
import { IMPORT } from "../../src/cli/commands/data/import.ts";

/** The outcome of a history command that ran as a program: `deno run run_command.ts export …`. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in its own process, as a user would. */
export async function runCommand(
  args: readonly string[],
  input: string | Uint8Array<ArrayBuffer> = "",
): Promise<Outcome> {
  const rights = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env"];
  const config = `${import.meta.dirname}/../../deno.json`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--config", config, ...rights, import.meta.url, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

if (import.meta.main) {
  const [name, ...rest] = Deno.args;
  const command = [EXPORT, IMPORT, BACKUP].find((candidate) => candidate.name === name)!;
  try {
    Deno.exitCode = await command.run(readArguments(rest, command, () => undefined));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    Deno.exitCode = error.code;
  }
}
