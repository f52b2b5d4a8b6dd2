/**
 * Access to a data folder without a server, for the commands `export`, `backup` and `import`.
 * `archive.ts` reads while a server may write; `history_import.ts` writes and needs the folder's lock.
 * Both know the files of `sqlite/`, not the format of an export, which belongs to the command line.
 *
 * @module
 */

export { Archive } from "./archive.ts";
export { HistoryImport } from "./history_import.ts";
