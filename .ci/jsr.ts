// Writes the sizes and checksums of the stand-ins in `.ci/jsr.io/` into their meta files. Run it after a change there:
//   deno run --allow-read --allow-write .ci/jsr.ts
// With `--check` it writes nothing, and exits 1 if a meta file is not current.

const ROOT = new URL("./jsr.io/", import.meta.url);
const VERSION = "1.0.0";

async function metaFiles(scope: string, name: string): Promise<Array<[URL, string]>> {
  const folder = new URL(`${scope}/${name}/`, ROOT);
  const modules = await fileNames(new URL(`${VERSION}/`, folder));
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const module of modules) {
    const bytes = await Deno.readFile(new URL(`${VERSION}/${module}`, folder));
    manifest[`/${module}`] = { size: bytes.length, checksum: `sha256-${await sha256(bytes)}` };
  }
  const meta = { scope: scope.slice(1), name, latest: VERSION, versions: { [VERSION]: {} } };
  return [
    [new URL("meta.json", folder), toText(meta)],
    [new URL(`${VERSION}_meta.json`, folder), toText({ manifest, exports: exportsOf(modules) })],
  ];
}

/** A package with a `mod.ts` is imported as a whole, any other package file by file. */
function exportsOf(modules: string[]): Record<string, string> {
  if (modules.includes("mod.ts")) return { ".": "./mod.ts" };
  return Object.fromEntries(modules.map((module) => [exportName(module), `./${module}`]));
}

function exportName(module: string): string {
  return `./${module.replace(/\.ts$/, "").replaceAll("_", "-")}`;
}

async function fileNames(folder: URL): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map((entry) => entry.name).sort();
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function toText(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

const stale: string[] = [];
for (const scope of await fileNames(ROOT)) {
  for (const name of await fileNames(new URL(`${scope}/`, ROOT))) {
    for (const [file, text] of await metaFiles(scope, name)) {
      if (await Deno.readTextFile(file).catch(() => "") === text) continue;
      stale.push(`${scope}/${name}`);
      if (!Deno.args.includes("--check")) await Deno.writeTextFile(file, text);
    }
  }
}
if (stale.length > 0 && Deno.args.includes("--check")) {
  console.error(`Not current: ${stale.join(", ")}. Run: deno run --allow-read --allow-write .ci/jsr.ts`);
  Deno.exit(1);
}
