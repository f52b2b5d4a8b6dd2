/**
 * Files that the user sends from the page. `attachments.ts` holds what goes with the next message, `upload_queue.ts` sends one
 * after the other: `queued_file.ts` is one of them, `slice_upload.ts` its way into a slot, `thumbnail_maker.ts` its thumbnail.
 *
 * @module
 */

export { Attachments } from "./attachments.ts";
export { UploadQueue } from "./upload_queue.ts";
