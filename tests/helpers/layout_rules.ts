/** The rules for names and sizes of files and folders of `src`. Pure: they read paths and sources that the caller gives. */

/** Files that a folder may hold itself; subfolders count on their own. */
export const MAX_FILES_PER_FOLDER = 20;

/** A source file: its path from the project's root, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Words in -ing that name a thing, or describe one. */
const NOUNS = /^(?:ping|string|ring|setting|heading|binding|building|thing|pending)s?$/;

/** Returns a line for each folder that has more than `MAX_FILES_PER_FOLDER` files. */
export function overfullFolders(paths: readonly string[]): string[] {
  const byFolder = Map.groupBy(paths, folderOf);
  return [...byFolder]
    .filter(([, files]) => files.length > MAX_FILES_PER_FOLDER)
    .map(([folder, files]) => `${folder} has ${files.length} files: group some of them in a folder`);
}

/** Returns a line for each folder without a `mod.ts` that begins with a `@module` comment. */
export function foldersWithoutModule(sources: readonly Source[]): string[] {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const folders = new Set(sources.map(({ path }) => folderOf(path)));
  return [...folders]
    .filter((folder) => folder !== "src")
    .filter((folder) =>
      !/^\/\*\*(?:(?!\*\/)[^])*@module\b(?:(?!\*\/)[^])*\*\//.test(texts.get(`${folder}/mod.ts`) ?? "")
    )
    .map((folder) => `${folder} needs a mod.ts that begins with a @module comment`);
}

/** Returns a line for each file that is named by an activity, such as `parsing.ts` or `parsing_lines.ts`. */
export function gerundNames(paths: readonly string[]): string[] {
  return paths.filter(isGerund).map((path) => `${path} is named by an activity: name it after the thing it holds`);
}

function isGerund(path: string): boolean {
  const words = baseName(path).split("_");
  const isActivity = (word: string) => /^[a-z]+ing$/.test(word) && !NOUNS.test(word);
  return isActivity(words.at(-1)!) || (words.length <= 2 && isActivity(words[0]!));
}

/** Returns a line for each file name that more than one folder uses. Each folder has a `mod.ts`. */
export function repeatedFileNames(paths: readonly string[]): string[] {
  const byName = Map.groupBy(paths.filter((path) => !path.endsWith("/mod.ts")), baseName);
  return [...byName]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => `${name} names several files: ${files.join(", ")}`);
}

/** Returns a line for each name that more than one file declares and exports. Re-exports do not count. */
export function repeatedExports(sources: readonly Source[]): string[] {
  const files = new Map<string, string[]>();
  for (const { path, text } of sources) {
    for (const name of new Set(exportsOf(text))) files.set(name, [...files.get(name) ?? [], path]);
  }
  return [...files]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name} is exported by several files: ${paths.join(", ")}`);
}

const EXPORT = /^export (?:declare )?(?:abstract )?(?:async )?(?:class|interface|type|function\*?|const|let) (\w+)/gm;

function exportsOf(text: string): string[] {
  return Array.from(text.matchAll(EXPORT), ([, name]) => name!);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
}
