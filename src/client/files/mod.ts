/**
 * Files beside the chat: sending one, and receiving one, over a connection of its own that speaks HTTP to the same server.
 *
 * Start with `file_transfers.ts`: it is all that a view needs, with the ports in `file_ports.ts`. `file_upload.ts` and
 * `file_download.ts` are one attempt each, `transfer_retries.ts` repeats them. `http_link.ts` is the HTTP, whose parsing is in
 * `framing/http/http_reply.ts`; it believes nothing that a server says. `chat_requests.ts` asks for slots and paths.
 * Views load this folder when a user sends or receives a file first: the first load of the page does not contain it.
 * It knows neither Deno nor the DOM.
 * @module
 */

export type { FileHash, FileLink, FileSink, FileSource, OpenFileLink } from "./file_ports.ts";
export { FileTransfers } from "./file_transfers.ts";
export { TransferError } from "./transfer_error.ts";
