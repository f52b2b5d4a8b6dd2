/** Lets servers of tests share the packed page: packing takes each of them a second of CPU time. */

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { newFolder } from "./e2e_home.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES = new URL("vendor/.pages/", ROOT);
const BUILDER = new URL("src/page/page.ts", ROOT).href;

let map: string | undefined;

/**
 * The flags of a `deno run` that lets `packed_page.ts` build the page, and other modules take the places of `modules`. Only those
 * import the modules that they replace.
 */
export function packedPageFlags(modules: Readonly<Record<string, string>> = {}): string[] {
  // Other test files remove it if the sources have changed since.
  if (map === undefined || !exists(map)) map = writeMap();
  return [`--import-map=${Object.keys(modules).length === 0 ? map : writeMapWith(modules, map)}`];
}

function writeMapWith(modules: Readonly<Record<string, string>>, base: string): string {
  const file = `${newFolder()}/import_map.json`;
  const { imports, scopes }: ReturnType<typeof importMap> = JSON.parse(Deno.readTextFileSync(base));
  const own = Object.entries(modules).map(([module, other]) => [other, { [module]: module }]);
  const more = { imports: { ...imports, ...modules }, scopes: { ...scopes, ...Object.fromEntries(own) } };
  Deno.writeTextFileSync(file, JSON.stringify(more));
  return file;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Writes the import map for the sources as they are now, and returns its path. Those of earlier states are removed. */
function writeMap(): string {
  const state = stateOfSources();
  const folder = new URL(`${state}/`, PAGES);
  const file = fileURLToPath(new URL("import_map.json", folder));
  Deno.mkdirSync(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(PAGES)) if (name !== state) remove(new URL(name, PAGES));
  const part = `${file}.${crypto.randomUUID()}`;
  Deno.writeTextFileSync(part, JSON.stringify(importMap(new URL(`packed_page.ts?${state}`, import.meta.url).href)));
  Deno.renameSync(part, file);
  return file;
}

/** The imports of `deno.json`, with those of subpaths, which an import map has to name, and the other builder. */
function importMap(builder: string) {
  const subpaths = Object.entries(config.imports).map(([name, target]) =>
    [`${name}/`, `${target.replace(":", ":/")}/`] as const
  );
  return {
    imports: { ...config.imports, ...Object.fromEntries(subpaths), [BUILDER]: builder },
    scopes: { [builder]: { [BUILDER]: BUILDER } },
  };
}

/** A hash of the sizes and times of all files that the page may come from. */
function stateOfSources(): string {
  const hash = createHash("sha256");
  for (const path of [...filesIn(new URL("src/", ROOT)), new URL("deno.json", ROOT)]) {
    const { size, mtime } = Deno.statSync(path);
    hash.update(`${path} ${size} ${mtime?.getTime()}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

function filesIn(folder: URL): URL[] {
  const entries = [...Deno.readDirSync(folder)].toSorted((one, other) => one.name < other.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(new URL(`${name}/`, folder)) : [new URL(name, folder)]
  );
}

/** Another test file may remove it at the same time. */
function remove(folder: URL): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
