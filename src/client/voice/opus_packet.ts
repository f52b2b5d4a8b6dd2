/** The head of an Opus packet (RFC 6716, section 3): how long its sound is. Reads two bytes and trusts none. */

import { BLOCK_SAMPLES } from "./sound_block.ts";

/** Opus codes a frame in at most so many bytes (RFC 6716, section 3.2.1); a call carries no longer packets. */
export const MAX_VOICE_PACKET_BYTES = 1_275;

/** Samples of a frame at 48 kHz, by the low bits of its configuration (RFC 6716, table 2). */
const SILK_SAMPLES = [480, 960, 1_920, 2_880] as const;
const HYBRID_SAMPLES = [480, 960] as const;
const CELT_SAMPLES = [120, 240, 480, 960] as const;

/** Throws an Error with the reason, unless the packet says that it has 20 ms of sound and is short enough. */
export function checkVoicePacket(packet: Uint8Array): void {
  if (packet.length === 0 || packet.length > MAX_VOICE_PACKET_BYTES) {
    throw new Error(`A sound packet has 1 to ${MAX_VOICE_PACKET_BYTES} bytes, not ${packet.length}`);
  }
  const samples = frameSamples(packet[0]! >> 3) * frameCount(packet);
  if (samples !== BLOCK_SAMPLES) throw new Error(`A sound packet has ${BLOCK_SAMPLES} samples, not ${samples}`);
}

function frameSamples(configuration: number): number {
  if (configuration >= 16) return CELT_SAMPLES[configuration & 3]!;
  if (configuration >= 12) return HYBRID_SAMPLES[configuration & 1]!;
  return SILK_SAMPLES[configuration & 3]!;
}

/** 0 if the count is missing. */
function frameCount(packet: Uint8Array): number {
  const code = packet[0]! & 3;
  if (code === 3) return (packet[1] ?? 0) & 0x3f;
  return code === 0 ? 1 : 2;
}
