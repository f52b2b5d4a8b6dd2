/**
 * Codes sound as Opus and decodes it, which is what a call carries. Runs wherever WebAssembly does: in the terminal, and on
 * the page where the browser has no encoder of its own. It may not know the call, devices, Deno or the document.
 *
 * Read `voice_codec.ts` first. `opus_packet.ts` bounds a packet from a stranger before the decoder gets it.
 *
 * @module
 */

export { MAX_VOICE_PACKET_BYTES } from "./opus_packet.ts";
export { openVoiceDecoder, openVoiceEncoder } from "./voice_codec.ts";
