/** The sources of the documents for browsers: the program's own files, and builds of npm packages. */

import * as valibot from "valibot";

/** The folder that holds `src`, in a checkout or embedded in the executable. */
export const SOURCES = new URL("../../", import.meta.url);

/** Rejects with `NotCapable` if Deno may not read the program's files. Never prompts for the permission. */
export async function openSources(): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path: SOURCES });
  if (state !== "granted") throw new Deno.errors.NotCapable("The page needs --allow-read for the program's files");
}

/** For each package, the build that browsers run without changes. */
const FILES: Readonly<Record<string, () => URL>> = {
  valibot: () => new URL("index.min.cjs", folderOfValibot()),
};

/** The file of a package for browsers. Throws if the package is not in the table. */
export function packageFile(name: string): URL {
  const find = FILES[name];
  if (find === undefined) {
    throw new Error(`Cannot pack ${name} for browsers: src/page/source_files.ts does not know it`);
  }
  return find();
}

/** Deno cannot report the folder of a package, but the stack of an error from the package names it in all versions. */
function folderOfValibot(): string {
  try {
    valibot.parse(valibot.never(), undefined);
  } catch (error) {
    const [folder] = /file:\/\/[^\n]*\/valibot\/[^\n]*\/dist\//.exec((error as Error).stack ?? "") ?? [];
    if (folder !== undefined) return folder;
  }
  throw new Error("Cannot find the files of valibot");
}
