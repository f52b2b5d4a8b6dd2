/** Runs many command lines in one program: each start costs more than what the command line itself does. */

import { BINARY, commandLine, runConfab } from "./e2e.ts";
import { type Exit, run } from "./process.ts";

type Environment = Readonly<Record<string, string>>;

/**
 * Command lines that print and end, without standard input. The first result that is asked for runs them all, one after
 * another, as `main.ts` does. An executable runs each in a program of its own.
 */
export class CommandBatch {
  readonly #lines: readonly (readonly string[])[];
  readonly #env: Environment;
  #exits: Promise<Map<string, Exit>> | undefined;

  constructor(lines: readonly (readonly string[])[], env: Environment = {}) {
    this.#lines = lines;
    this.#env = env;
  }

  /** The end of a command line of the batch. Rejects for any other. */
  async exitOf(args: readonly string[]): Promise<Exit> {
    if (BINARY !== undefined) return await runConfab(args, { env: this.#env });
    const exit = (await (this.#exits ??= runAll(this.#lines, this.#env))).get(keyOf(args));
    if (exit === undefined) throw new Error(`The batch has no command line ${keyOf(args)}`);
    return exit;
  }
}

function keyOf(args: readonly string[]): string {
  return JSON.stringify(args);
}

async function runAll(lines: readonly (readonly string[])[], env: Environment): Promise<Map<string, Exit>> {
  const [program, ...words] = commandLine([]);
  const main = import.meta.resolve("./batch_program.ts");
  const exit = await run(program, { args: [...words.slice(0, -1), main, ...lines.map(keyOf)], env });
  if (exit.code !== 0) throw new Error(`The batch ended with ${exit.code}: ${exit.stderr}`);
  const [outputs, errors] = [exit.stdout, exit.stderr].map(partsOf);
  return new Map(lines.map((args, nth) => {
    const { text: stdout, code } = outputs![nth]!;
    return [keyOf(args), { code, stdout, stderr: errors![nth]!.text }];
  }));
}

interface Part {
  readonly text: string;
  readonly code: number;
}

/** The output of each command line, which a line with its exit code follows. */
function partsOf(output: string): Part[] {
  const parts = `${output}\n`.split(/^\0(\d+)\n/m);
  return Array.from(
    { length: Math.floor(parts.length / 2) },
    (_, nth) => ({ text: parts[2 * nth]!.replace(/\n$/, ""), code: Number(parts[2 * nth + 1]) }),
  );
}
