/**
 * The store of files in a folder: `partial/ID` for uploads, `ab/ab12…` for blobs, by their SHA-256 in hexadecimal.
 * Read `disk_file_store.ts` first, then `disk_upload.ts`. Other files in the folder are never touched.
 *
 * @module
 */

export { type DiskFilesOptions, DiskFileStore } from "./disk_file_store.ts";
