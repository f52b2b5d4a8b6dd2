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

/** Opens the history in the requested folder. Turns a `StoreError` into a failure with the same message. */
export function openInFolder<T>(args: Arguments, open: (folder: string) => T): T {
  try {
    return open(chooseFolder(args));
  } catch (error) {
    throw storeFailure(error);
  }
}

/** Like `openInFolder`, for asynchronous work. */
export async function workInFolder(args: Arguments, work: (folder: string) => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work(chooseFolder(args));
  } catch (error) {
    throw storeFailure(error);
  }
}

/** The data folder. Throws if the environment does not name it or may not be read. */
export function chooseFolder(args: Arguments): string {
  // This variable is required, so Deno may ask the user for the permission to read it.
  return args.text("data") ?? defaultDataFolder(Deno.build.os, (variable) => Deno.env.get(variable));
}

/** A failure for an error of the store; other errors stay as they are. */
export function storeFailure(error: unknown): unknown {
  if (error instanceof StoreError) return new Failure(EXIT.cannotStore, error.message, { cause: error });
  if (!(error instanceof Deno.errors.NotCapable)) return error;
  return new Failure(EXIT.cannotStore, `Cannot open the data folder: ${explain(error)}`, { cause: error });
}

/** The system's folder for a user's data. Throws a usage failure if the environment does not name it. */
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
  // The XDG specification says to ignore relative paths.
  return xdg?.startsWith("/") ? under(xdg, "confab") : under(env("HOME"), ".local/share/confab");
}

function under(parent: string | undefined, path: string, separator = "/"): string | undefined {
  return parent ? `${parent.replace(/[/\\]+$/, "")}${separator}${path}` : undefined;
}
