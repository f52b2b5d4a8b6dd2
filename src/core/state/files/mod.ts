/**
 * Files that members have offered: their slots, from the offer to the message that carries the file, and the quotas.
 * Start with `uploads.ts`.
 *
 * @module
 */

export { FileQuota } from "./file_quota.ts";
export { type OfferedFile, Uploads } from "./uploads.ts";
