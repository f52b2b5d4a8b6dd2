/**
 * Calls, for the terminal and the page alike: who is in a call, the media connection, and how pictures and sound keep up with it.
 * Read `call_ports.ts` first: it says what the machine gives.
 *
 * @module
 */

export type { Camera, Loudspeaker, Microphone } from "./call_ports.ts";
