/** The files of npm packages that browsers run, in Deno's cache or embedded in the executable. */

import * as valibot from "valibot";

/** Builds that browsers run without changes. */
const FILES: Readonly<Record<string, () => URL>> = {
  valibot: () => new URL("index.min.cjs", folderOfValibot()),
};

/** Throws for a package that is not in the table. */
export function packageFile(name: string): URL {
  const find = FILES[name];
  if (find === undefined) {
    throw new Error(`Cannot pack ${name} for browsers: src/page/package_file.ts does not know it`);
  }
  return find();
}

/** Deno does not tell where a package lies. The stack of an error from the package does, in all versions of Deno. */
function folderOfValibot(): string {
  try {
    valibot.parse(valibot.never(), undefined);
  } catch (error) {
    const [folder] = /file:\/\/[^\n]*\/valibot\/[^\n]*\/dist\//.exec((error as Error).stack ?? "") ?? [];
    if (folder !== undefined) return folder;
  }
  throw new Error("Cannot find the files of valibot");
}
