/**
 * Files on the page. `files_loader.ts`, `file_intake.ts` and `file_card.ts` belong to the first load: they listen, and draw the
 * cards of messages. All else is loaded when the user first chooses, shows or saves a file, from `file_session.ts` on:
 * `attachments.ts` holds what goes with the next message, `upload_queue.ts` sends it by `slice_upload.ts`, and
 * `file_access.ts` shows and saves the files of others.
 *
 * @module
 */

export { fileCard } from "./file_card.ts";
export { FilesLoader } from "./files_loader.ts";
