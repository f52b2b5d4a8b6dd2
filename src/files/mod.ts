/**
 * The store of files that members send: uploads on their way, and blobs, which are named by their SHA-256.
 * `file_store.ts` is the port, and `disk/` implements it. Nothing here knows members, messages, HTTP or sockets, and only
 * `cli` chooses an implementation. `tests/contracts/file_store_contract.ts` is the contract of every store.
 *
 * @module
 */

export { type FileStore, FileStoreError, type StoredBlob, type Upload } from "./file_store.ts";
