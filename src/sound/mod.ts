/**
 * Codes sound as Opus and decodes it, which is what a call carries. For the terminal: the page's policy allows no WebAssembly, and
 * browsers have Opus of their own. It may not know the call, devices, Deno or the document.
 *
 * `src/client/voice/opus_packet.ts` bounds a packet from a stranger before the decoder gets it.
 *
 * @module
 */

export { MAX_VOICE_PACKET_BYTES } from "../client/voice/opus_packet.ts";
export { openVoiceDecoder, openVoiceEncoder } from "./voice_codec.ts";
