/**
 * The camera, microphone and loudspeaker of the browser, and Opus by the browser's own codecs: the ports of
 * `src/client/calls/call_ports.ts`. Nothing here knows the call, or draws.
 *
 * Read `page_camera.ts` first, then `page_microphone.ts` and `page_loudspeaker.ts`, whose samples go through the audio thread
 * (`sound_worklet.ts`), and `page_voice_encoder.ts`.
 *
 * @module
 */

export { PageCamera } from "./page_camera.ts";
export { PageLoudspeaker } from "./page_loudspeaker.ts";
export { PageMicrophone } from "./page_microphone.ts";
export { PageVoiceDecoder } from "./page_voice_decoder.ts";
export { PageVoiceEncoder } from "./page_voice_encoder.ts";
