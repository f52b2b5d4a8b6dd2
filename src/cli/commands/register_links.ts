import type { Arguments } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { readVariable, windowsProgram } from "../platform/program.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import {
  applicationsFolder,
  DESKTOP_FILE,
  desktopEntry,
  REG,
  registryAdditions,
  registryQuery,
  registryRemoval,
  XDG_MIME,
} from "../invites/link_handler.ts";

export const REGISTER_LINKS: CommandSpec = {
  name: "register-links",
  operands: "",
  maxOperands: 0,
  summary: "Opens confab:// links with this program",
  options: [{ name: "remove", help: "Stops opening links with this program" }],
  examples: [
    { line: "register-links", what: "opens invite links on a click" },
    { line: "register-links --remove", what: "stops opening them" },
  ],
  startsPrograms: true,
  run: async (args) => await registerLinks(args, thisMachine()),
};

/** The machine that links are registered on. */
export interface Machine {
  readonly os: typeof Deno.build.os;
  /** `undefined` if the program is not compiled. */
  readonly executable: string | undefined;
  env(variable: string): string | undefined;
  print(line: string): void;
  /** Runs a program to its end and resolves with its exit code. Rejects if it cannot be started. */
  run(program: string, args: readonly string[]): Promise<number>;
}

export async function registerLinks(args: Arguments, machine: Machine): Promise<ExitCode> {
  const { os, executable } = machine;
  const remove = args.flag("remove");
  if (os === "darwin") throw new Failure(EXIT.usage, MACOS);
  if (executable === undefined) throw new Failure(EXIT.usage, NOT_COMPILED);
  const lines = await (os === "windows" ? inRegistry : inDesktopFile)(machine, executable, remove);
  for (const line of lines) machine.print(line);
  return EXIT.fine;
}

const MACOS = 'macOS opens links only with application bundles, not with a single file: run confab connect "INVITE"';
const NOT_COMPILED =
  "Links can only open the compiled program: run deno task compile, and then ./confab register-links";

type Register = (machine: Machine, executable: string, remove: boolean) => Promise<string[]>;

const inDesktopFile: Register = async ({ env, run }, executable, remove) => {
  const folder = applicationsFolder(env);
  if (folder === undefined) throw new Failure(EXIT.cannotStore, "Variable HOME is not set: set it to your home folder");
  const path = `${folder}/${DESKTOP_FILE}`;
  try {
    if (remove) return await removed(path);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(path, desktopEntry(executable));
  } catch (error) {
    throw new Failure(EXIT.cannotStore, `Cannot write ${JSON.stringify(path)}: ${explain(error)}`, { cause: error });
  }
  const done = `Links that begin with confab:// now open ${executable} (${path})`;
  const code = await run(XDG_MIME, ["default", DESKTOP_FILE, "x-scheme-handler/confab"]).catch(() => undefined);
  if (code === 0) return [done];
  return [done, `${XDG_MIME} failed: if links do not open, choose Confab in the settings of your desktop`];
};

async function removed(path: string): Promise<string[]> {
  try {
    await Deno.remove(path);
    return [`Links no longer open this program: removed ${path}`];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return ["Links did not open this program"];
    throw error;
  }
}

const inRegistry: Register = async ({ env, run }, executable, remove) => {
  const reg = windowsProgram(REG, env);
  try {
    if (remove && await run(reg, registryQuery()) !== 0) return ["Links did not open this program"];
    for (const args of remove ? [registryRemoval()] : registryAdditions(executable)) {
      const code = await run(reg, args);
      // Its own text is in the code page of the console and in the language of Windows.
      if (code !== 0) throw new Error(`${reg} ${args[0]} ended with ${code}; ask who administers this machine`);
    }
  } catch (error) {
    throw new Failure(EXIT.cannotStore, `Cannot change the registry: ${explain(error)}`, { cause: error });
  }
  return [remove ? "Links no longer open this program" : `Links that begin with confab:// now open ${executable}`];
};

function thisMachine(): Machine {
  return {
    os: Deno.build.os,
    executable: Deno.build.standalone ? Deno.execPath() : undefined,
    env: readVariable,
    print: console.log,
    async run(program, args) {
      const command = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr: "null" });
      return (await command.output()).code;
    },
  };
}
