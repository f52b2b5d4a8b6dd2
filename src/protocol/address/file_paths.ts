/** Paths of files: `/files/ID` takes an upload, `/files/ID/GRANT` serves a file. */

import { isUuid } from "../uuid.ts";

/** The beginning of all paths of files. */
export const FILES_PATH = "/files/";

export interface FilePath {
  /** A UUID in lower case. */
  readonly id: string;
  /** The secret that lets its holder read the file; absent in the path of an upload. */
  readonly grant?: string;
}

const FILE_PATH = /^\/files\/([\da-f-]{36})(?:\/([\w-]{1,128}))?$/;

/** The parts of the path of a file; `undefined` for any other path. */
export function parseFilePath(path: string): FilePath | undefined {
  const [, id, grant] = FILE_PATH.exec(path) ?? [];
  if (id === undefined || !isUuid(id)) return undefined;
  return grant === undefined ? { id } : { id, grant };
}

export function formatFilePath({ id, grant }: FilePath): string {
  return grant === undefined ? `${FILES_PATH}${id}` : `${FILES_PATH}${id}/${grant}`;
}
