/**
 * Calls on the page, with the shared logic of `src/client/calls`. `page_calls.ts` belongs to the first load: it follows the client,
 * and loads the rest with the first event of a call. From there on read `call_session.ts`: `devices/` is the camera, the
 * microphone, the loudspeaker and Opus of the browser, `page_media_socket.ts` the connection, and `views/` what the user sees.
 *
 * @module
 */

export { PageCalls } from "./page_calls.ts";
