/**
 * Calls of the terminal client: `terminal_calls.ts` puts the camera, the sound and the media connection together.
 *
 * @module
 */

export { callSetup } from "./terminal_calls.ts";
