/**
 * The files of this machine for the terminal client and `send`: start with `file_setup.ts`. `disk_files.ts` implements the terminal's port with
 * `disk_source.ts` and `disk_sink.ts`, `download_folder.ts` finds the user's downloads, `file_launcher.ts` starts the system's
 * program for a file.
 * @module
 */

export { fileSetup } from "./file_setup.ts";
