/**
 * Sound of a call between the devices and the link: blocks of 20 ms. The terminal and the page use it alike. It may not know
 * Deno, the document, Opus, or the link, and it reads no clock.
 *
 * `sound_block.ts` is the form of all sound, and `opus_packet.ts` checks a packet before it is decoded. On the way out, `block_times.ts` gives each block its time, and `voice_gate.ts`
 * leaves out silence. On the way in, `voice_mixer.ts` has one `jitter_buffer.ts` for each stream. `sound_level.ts` says how
 * loud all of that is.
 *
 * @module
 */

export { BlockTimes } from "./block_times.ts";
export { MAX_VOICE_DELAY_MS, MIN_VOICE_DELAY_MS } from "./jitter_buffer.ts";
export { BLOCK_MS, BLOCK_SAMPLES, SAMPLE_RATE, silentBlock } from "./sound_block.ts";
export { levelOf, SoundMeter } from "./sound_level.ts";
export { type TimedBlock, VoiceGate } from "./voice_gate.ts";
export { VoiceMixer } from "./voice_mixer.ts";
