/**
 * Files in the terminal: `chat_files.ts` performs the commands, with `path_words.ts` for what users type and drop,
 * `shown_files.ts` for the numbers of messages, `earlier_uploads.ts` for what the last start left, `transfer_rows.ts` for the progress and `media_names.ts` for files that are opened.
 * `local_files.ts` is the port of this machine's files, which `src/cli/files` implements.
 * @module
 */

export { ChatFiles } from "./chat_files.ts";
export type { FileSetup, LocalFiles } from "./local_files.ts";
