import { StoreError } from "../../history/store.ts";
import type { Arguments, Environment } from "../args/arguments.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";

export const DATA_OPTION: OptionSpec = {
  name: "data",
  value: "DIR",
  default: "your data folder",
  help: "Folder for messages and members",
};

/** Opens the history in the folder that was asked for. What the store cannot do ends the program with its sentence. */
export function openInFolder<T>(args: Arguments, open: (folder: string) => T): T {
  try {
    return open(chooseFolder(args));
  } catch (error) {
    throw asFailure(error);
  }
}

/** The same for work that takes its time. */
export async function workInFolder(args: Arguments, work: (folder: string) => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work(chooseFolder(args));
  } catch (error) {
    throw asFailure(error);
  }
}

/** Where the history lies. Throws where the environment does not tell, or may not be read. */
export function chooseFolder(args: Arguments): string {
  // Here a variable is needed, not merely welcome: where Deno has to ask for the right to read it, it asks.
  return args.text("data") ?? defaultDataFolder(Deno.build.os, (variable) => Deno.env.get(variable));
}

function asFailure(error: unknown): unknown {
  if (error instanceof StoreError) return new Failure(EXIT.cannotStore, error.message, { cause: error });
  if (!(error instanceof Deno.errors.NotCapable)) return error;
  return new Failure(EXIT.cannotStore, `Cannot open the data folder: ${explain(error)}`, { cause: error });
}

/** Where programs keep a user's data on this system. Throws a usage failure where the environment does not tell. */
export function defaultDataFolder(os: typeof Deno.build.os, env: Environment): string {
  const folder = dataFolder(os, env);
  if (folder !== undefined) return folder;
  const variable = os === "windows" ? "LOCALAPPDATA" : "HOME";
  throw new Failure(EXIT.usage, `No data folder is known because ${variable} is not set: choose a folder with --data`);
}

function dataFolder(os: typeof Deno.build.os, env: Environment): string | undefined {
  if (os === "windows") return under(env("LOCALAPPDATA") || env("APPDATA"), "Confab", "\\");
  if (os === "darwin") return under(env("HOME"), "Library/Application Support/Confab");
  const xdg = env("XDG_DATA_HOME");
  // A relative path there is to be ignored: XDG Base Directory Specification.
  return xdg?.startsWith("/") ? under(xdg, "confab") : under(env("HOME"), ".local/share/confab");
}

function under(parent: string | undefined, path: string, separator = "/"): string | undefined {
  return parent ? `${parent.replace(/[/\\]+$/, "")}${separator}${path}` : undefined;
}
