/**
 * Bundles a TypeScript module and all its imports into one script: strips types, links the modules into one scope, leaves out
 * what nothing uses, and writes the rest without comments and with short names of local variables.
 */

import { transform } from "sucrase";
import { parseScript, type ScriptModule } from "./script_module.ts";
import { ScriptLinker } from "./script_linker.ts";
import { ScriptNames } from "./script_names.ts";
import { ScriptWriter } from "./script_writer.ts";
import { otherModule, packageCode } from "./source_files.ts";

/** Lets the event loop do other work. */
export type Pause = () => Promise<void>;

/**
 * Returns one script that runs `entry`, a path below `root`. It works a few milliseconds at a time, with pauses between.
 * Rejects if a source cannot be read or parsed.
 */
export async function bundle(root: URL, entry: string, pause: Pause = () => Promise.resolve()): Promise<string> {
  const modules = new Map<string, ScriptModule>();
  await gather(root, entry, modules, new Set());
  const linker = new ScriptLinker([...modules.values()], (name, { id }) => modules.get(resolve(root, id, name))!);
  const linked = linker.link();
  await pause();
  const writer = new ScriptWriter(linker, new ScriptNames(linked, linker));
  const parts: string[] = [];
  for (const module of linked) {
    await pause();
    parts.push(writer.write(module));
  }
  return inScript(`(() => {\n"use strict";\n${parts.join("")}})();\n`);
}

/** Adds a module after those that it imports. */
async function gather(
  root: URL,
  id: string,
  modules: Map<string, ScriptModule>,
  seen: Set<string>,
): Promise<void> {
  if (seen.has(id)) return;
  seen.add(id);
  const module = parseScript(id, await codeOf(root, id));
  for (const name of module.requires) await gather(root, resolve(root, id, name), modules, seen);
  modules.set(id, module);
}

/** The path below the root, or below a package's name. */
function resolve(root: URL, importer: string, name: string): string {
  if (!name.startsWith(".")) return name;
  const folder = importer.endsWith(".ts") ? root : new URL("file:///");
  return new URL(name, new URL(importer, folder)).href.slice(folder.href.length);
}

async function codeOf(root: URL, id: string): Promise<string> {
  const other = otherModule(id);
  if (other !== undefined) return other;
  if (!id.endsWith(".ts")) return await packageCode(id);
  const source = await Deno.readTextFile(new URL(id, root));
  return transform(source, { transforms: ["typescript"], disableESTransforms: true, filePath: id }).code;
}

/** Escapes text that would end the script element. It occurs only in strings and patterns, where the escape means the same. */
function inScript(code: string): string {
  return code.replace(/<(?=\/script|!--)/gi, "\\x3c");
}
