/**
 * Files on the page. `files_loader.ts`, `file_intake.ts` and `file_card.ts` belong to the first load: they listen, and draw the
 * cards of messages. All else is loaded when the user first chooses, shows or saves a file, or sees a thumbnail, from
 * `file_session.ts` on: `uploads/` sends files, `thumbnail_loader.ts` fills the thumbnails of messages, and `file_access.ts`
 * shows, plays and saves the files of others.
 *
 * @module
 */

export { fileCard } from "./file_card.ts";
export { FilesLoader } from "./files_loader.ts";
