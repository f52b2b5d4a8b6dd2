/** Where the files of a package lie, in Deno's cache or within an executable. */

import * as valibot from "valibot";

/** The builds that browsers can run as they are. */
const FILES: Readonly<Record<string, () => URL>> = {
  valibot: () => new URL("index.min.cjs", folderOfValibot()),
};

/** Throws for a package that is not known here. */
export function packageFile(name: string): URL {
  const find = FILES[name];
  if (find === undefined) {
    throw new Error(`Cannot pack ${name} for browsers: src/page/package_file.ts does not know it`);
  }
  return find();
}

/** Deno resolves packages to no files, but a fault that is thrown there tells them, the same in all of its versions. */
function folderOfValibot(): string {
  try {
    valibot.parse(valibot.never(), undefined);
  } catch (error) {
    const [folder] = /file:\/\/[^\n]*\/valibot\/[^\n]*\/dist\//.exec((error as Error).stack ?? "") ?? [];
    if (folder !== undefined) return folder;
  }
  throw new Error("Cannot find the files of valibot");
}
