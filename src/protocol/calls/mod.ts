/**
 * The wire of a call's sound and pictures, beside the chat. `media_frame.ts` has the frames, `media_handshake.ts` how a connection
 * begins, and `media_outbox.ts` how both sides bound what is on its way. The commands and events of calls are in `messages/call_schemas.ts`.
 *
 * @module
 */

export { decodeMediaFrame, encodeMediaFrame, MAX_MEDIA_FRAME_BYTES } from "./media_frame.ts";
export { MEDIA_PATH, parseMediaHello, parseMediaWelcome } from "./media_handshake.ts";
