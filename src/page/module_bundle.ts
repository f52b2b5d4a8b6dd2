/**
 * Bundles a TypeScript module and all its imports into scripts: strips types, links the modules into one scope, leaves out
 * what nothing uses, and writes the rest without comments and with short names.
 */

import { transform } from "sucrase";
import { ScriptLinker } from "./script_linker.ts";
import { parseScript, type ScriptModule } from "./script_module.ts";
import { ScriptNames } from "./script_names.ts";
import { writeParts } from "./script_parts.ts";
import { splitScripts } from "./script_splitter.ts";
import { ScriptWriter } from "./script_writer.ts";
import { otherModule, packageCode } from "./source_files.ts";

/** Lets the event loop do other work. */
export type Pause = () => Promise<void>;

export interface BundleOptions {
  readonly pause?: Pause | undefined;
  /**
   * The function that returns the address of a part for its path. The main script calls it at each import on demand.
   * Without it, packing fails if a module is imported on demand only.
   */
  readonly partAddress?: { readonly module: string; readonly name: string };
}

export interface ScriptBundle {
  /** A classic script, which runs the entry. Its declarations are global, so that the parts can name them. */
  readonly main: string;
  /** Modules by their path, such as `HASH/1.js`. The hash is that of all parts. */
  readonly parts: ReadonlyMap<string, string>;
}

/**
 * Returns a script that runs `entry`, a path below `root`, and a part for each module that is imported on demand only.
 * It works a few milliseconds at a time, with pauses between. Rejects if a source cannot be read or parsed.
 */
export async function bundle(
  root: URL,
  entry: string,
  { pause = () => Promise.resolve(), partAddress }: BundleOptions = {},
): Promise<ScriptBundle> {
  const modules = new Map<string, ScriptModule>();
  const seen = new Set<string>();
  for (const id of partAddress ? [partAddress.module, entry] : [entry]) await gather(root, id, modules, seen);
  const linker = new ScriptLinker((name, { id }) => modules.get(resolve(root, id, name))!);
  const address = partAddress && linker.exported(modules.get(partAddress.module)!, partAddress.name);
  const scripts = splitScripts([...modules.values()], modules.get(entry)!, linker, address && [address]);
  await pause();
  const names = new ScriptNames(scripts.all, linker);
  const writer = new ScriptWriter(linker, names);
  const { texts, folder, fileOf } = await writeParts(scripts.parts, { linker, names, writer, pause });
  const main = await writer.write(scripts.main, (demanded) => {
    const file = fileOf(demanded);
    if (file === undefined) return undefined;
    if (address === undefined) throw new Error(`Cannot pack ${demanded.id} as a part: no function gives its address`);
    return `${names.of(address.module, address.name)}("${folder}/${file}")`;
  }, pause);
  return {
    main: inScript(`"use strict";\n${main}`),
    parts: new Map(texts.map((text, index) => [`${folder}/${index + 1}.js`, text])),
  };
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
  for (const name of [...module.requires, ...module.demands]) {
    await gather(root, resolve(root, id, name), modules, seen);
  }
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
