import { dirname, join } from "node:path";
import type { Settings } from "../../terminal/model/settings.ts";
import { CONFIG_FILE, configFolder, parseObject } from "./config_file.ts";
import { readVariable } from "../platform/program.ts";
import { explain } from "../platform/system_errors.ts";
import { decodeForeign } from "../platform/foreign_text.ts";
import { mayUse, replacePrivateFile } from "../platform/private_file.ts";

/**
 * Writes one setting to the file, leaves the rest unchanged, and returns the path. Throws an Error
 * for the user.
 */
export function keepInConfig<K extends keyof Settings>(name: K, value: Settings[K], env = readVariable): string {
  const folder = configFolder(env);
  if (folder === undefined) {
    throw new Error("The setting cannot be saved because no folder is known for it: use /set without -keep");
  }
  if (!mayUse(folder)) {
    throw new Error(`The setting cannot be saved: run Deno with --allow-read and --allow-write for ${folder}`);
  }
  const path = join(folder, CONFIG_FILE);
  try {
    changeFile(path, name, value);
    return path;
  } catch (error) {
    throw new Error(`The setting cannot be saved in ${path}: ${explain(error)}`, { cause: error });
  }
}

function changeFile(path: string, key: string, value: unknown): void {
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const before = read(path);
  const text = JSON.stringify({ ...before === undefined ? {} : parseObject(before), [key]: value }, null, 2);
  // If the path is a link to a file elsewhere, that file is replaced and the link stays.
  replacePrivateFile(before === undefined ? path : Deno.realPathSync(path), `${text}\n`);
}

function read(path: string): string | undefined {
  try {
    return decodeForeign(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
