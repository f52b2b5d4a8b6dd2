/**
 * Bundles a TypeScript module and all its imports into one script: strips types and comments, and adds a small loader.
 */

import { transform } from "sucrase";
import { dataModule, packageFile } from "./source_files.ts";

interface Module {
  /** The path below the root, or below a package's name. Other modules require it by this. */
  readonly id: string;
  readonly code: string;
}

/** Runs each module once, with a `require` that resolves relative paths. */
const LOADER = `"use strict";
const loaded = {};
const load = (id) => {
  if (loaded[id] === undefined) {
    const module = loaded[id] = { exports: Object.defineProperty({}, "__esModule", { value: true }) };
    modules[id]((name) => load(name.startsWith(".") ? new URL(name, "file:///" + id).pathname.slice(1) : name),
      module.exports, module);
  }
  return loaded[id].exports;
};`;

/** With this sucrase begins each module. The loader does the same once, for all of them. */
const PROLOGUE = `"use strict";Object.defineProperty(exports, "__esModule", {value: true});`;

/** Returns one script that runs `entry`, a path below `root`. Rejects if a source cannot be read or parsed. */
export async function bundle(root: URL, entry: string): Promise<string> {
  const modules = new Map<string, Module>();
  await gather(root, entry, modules);
  const parts = Array.from(
    modules.values(),
    ({ id, code }) => `${JSON.stringify(id)}(require, exports, module) {\n${code}\n}`,
  );
  return inScript(`${LOADER}\nconst modules = {\n${parts.join(",\n")}\n};\nload(${JSON.stringify(entry)});\n`);
}

async function gather(root: URL, id: string, modules: Map<string, Module>): Promise<void> {
  if (modules.has(id)) return;
  const module = { id, code: await codeOf(root, id) };
  modules.set(id, module);
  for (const name of requiredBy(module.code)) {
    const isRelative = name.startsWith(".");
    await gather(root, isRelative ? new URL(name, new URL(id, root)).href.slice(root.href.length) : name, modules);
  }
}

async function codeOf(root: URL, id: string): Promise<string> {
  const data = dataModule(id);
  if (data !== undefined) return data;
  const isOurs = id.endsWith(".ts");
  const file = isOurs ? new URL(id, root) : packageFile(id);
  const source = await Deno.readTextFile(file);
  if (file.pathname.endsWith(".cjs")) return source;
  const { code } = transform(source, {
    transforms: isOurs ? ["typescript", "imports"] : ["imports"],
    disableESTransforms: true,
    filePath: id,
  });
  const body = withoutComments(code.startsWith(PROLOGUE) ? code.slice(PROLOGUE.length) : code);
  return body.split("\n").some(mayContinueText) ? body : body.replace(/^\s+/gm, "");
}

/** Whether a text in backquotes may go on in the next line, where spaces at the start belong to it. */
function mayContinueText(line: string): boolean {
  return line.split("`").length % 2 === 0;
}

/** Removes comments that are lines of their own. No text in backquotes may have a line that begins as a comment does. */
function withoutComments(code: string): string {
  return code.replace(/^[ \t]*(?:\/\*(?:(?!\*\/)[^])*\*\/|\/\/.*)[ \t]*\n/gm, "");
}

/** The modules of `import` and of `await import`, which sucrase writes with different quotes. */
function requiredBy(code: string): string[] {
  return Array.from(code.matchAll(/\brequire\((['"])([^'"]+)\1\)/g), ([, , name]) => name!);
}

/** Escapes text that would end the script element. It occurs only in strings and patterns, where the escape means the same. */
function inScript(code: string): string {
  return code.replace(/<(?=\/script|!--)/gi, "\\x3c");
}
