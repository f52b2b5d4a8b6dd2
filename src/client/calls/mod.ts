/**
 * Calls, for the terminal and the page alike. `call_ports.ts` says what the machine gives. `client_calls.ts` follows the chat:
 * what rings, and the one call that this client is in. `active_call.ts` is that call: `media_link.ts` connects it,
 * `call_video.ts` and `call_sound.ts` send and receive, and `video_pacer.ts` keeps the camera at what the link takes.
 * `raw_media_socket.ts` is the WebSocket of clients that are no browser.
 *
 * @module
 */

export { ClientCalls } from "./client_calls.ts";
export type { Camera, Loudspeaker, Microphone } from "./call_ports.ts";
