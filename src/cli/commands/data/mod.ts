/**
 * The commands that read and write the data folder of a server: `export`, `import` and `backup`.
 *
 * @module
 */

export { BACKUP } from "./backup.ts";
export { EXPORT } from "./export.ts";
export { IMPORT } from "./import.ts";
