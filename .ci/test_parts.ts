// Parts of the tests: modules that each import several test files. `deno test` loads each file that it is given in a thread of
// its own. The files of a part load the modules that they share once, which takes a third less processor time.
//   deno run --allow-read --allow-write=tests/.parts .ci/test_parts.ts COUNT FILE_OR_FOLDER...
// writes COUNT parts of these tests and prints their paths.

const ROOT = new URL("../", import.meta.url);
const PARTS = new URL("tests/.parts/", ROOT);

/** The test files at or below the paths, which are relative to the checkout, in the order of their names. */
export function testFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => path.endsWith(".ts") ? [path] : filesBelow(path).sort());
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, ROOT))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return name.startsWith(".") ? [] : filesBelow(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
}

/** Lists of as many files each, give or take one, whose neighbours stay together: those of a folder share most modules. */
export function inRuns(files: readonly string[], count: number): string[][] {
  const start = (part: number) => Math.round(part * files.length / count);
  return Array.from({ length: count }, (_, part) => files.slice(start(part), start(part + 1)));
}

/** The same, dealt out one by one: neighbours are often equally slow. */
export function inTurns(files: readonly string[], count: number): string[][] {
  return Array.from({ length: count }, (_, part) => files.filter((_, nth) => nth % count === part));
}

/** Writes a part for each list, and returns their paths in the same order. Parts of earlier runs are removed. */
export function writeParts(lists: readonly (readonly string[])[]): string[] {
  removeParts();
  Deno.mkdirSync(PARTS, { recursive: true });
  return lists.filter((files) => files.length > 0).map((files, nth) => {
    const name = `${String(nth + 1).padStart(2, "0")}.ts`;
    Deno.writeTextFileSync(new URL(name, PARTS), files.map((file) => `import "../../${file}";\n`).join(""));
    return `tests/.parts/${name}`;
  });
}

export function removeParts(): void {
  try {
    Deno.removeSync(PARTS, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) {
  const [count, ...paths] = Deno.args;
  for (const path of writeParts(inTurns(testFiles(paths), Number(count)))) console.log(path);
}
