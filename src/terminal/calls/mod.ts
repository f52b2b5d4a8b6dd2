/**
 * Calls in the terminal. `chat_calls.ts` performs the commands and tells what rings, with drawing or without. `call_pictures.ts`
 * decodes the pictures of the members, and `call_screen.ts` shows them in the first rows of the live region. It may not know
 * cameras, sound, or programs: `call_setup.ts` has the ports.
 *
 * @module
 */

export { ChatCalls } from "./chat_calls.ts";
export type { CallSetup } from "./call_setup.ts";
