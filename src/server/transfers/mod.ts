/**
 * Uploads and downloads of files by HTTP: `PUT`, `PATCH` and `HEAD` of `/files/ID` with a token, `GET` and `HEAD` of
 * `/files/ID/GRANT`. Names of headers and of the media type are those of the IETF's draft on resumable uploads.
 *
 * Start with `file_connection.ts`, the owner of a connection, and `file_request.ts`, what a client can ask. Then come
 * `upload_desk.ts`, `upload_exchange.ts` and `piece_writer.ts`, `download_desk.ts` and `download.ts`. `transfer_service.ts` has what all connections share:
 * the store, the quota, the log, and the pace that divides their work among the turns of the event loop. `file_desk.ts` is the port to the chat, which decides who may upload and fetch what.
 * This folder knows neither rooms nor messages, nor how files are stored.
 * @module
 */

export type { FileDesk, FileGrant, UploadSlot } from "./file_desk.ts";
export { type FileParts, TransferService } from "./transfer_service.ts";
