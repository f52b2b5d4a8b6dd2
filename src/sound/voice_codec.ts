/** Voice as Opus packets, and back. Both run libopus in WebAssembly, which loads at the first use. */

import { Application, createDecoder, createEncoder, type OpusDecoderHandle, Signal } from "libopus-wasm";
import type { SoundBlock, VoiceDecoder, VoiceEncoder } from "../client/calls/call_ports.ts";
import { BLOCK_SAMPLES, SAMPLE_RATE } from "../client/voice/sound_block.ts";
import { checkVoicePacket, MAX_VOICE_PACKET_BYTES } from "../client/voice/opus_packet.ts";

/** Voice in the whole band. About 70 bytes a packet. */
const BITS_PER_SECOND = 28_000;
/** From 0 to 10: 9 takes a third of a millisecond for a packet, and 5 half of that. */
const COMPLEXITY = 9;

/** The caller closes it. */
export async function openVoiceEncoder(): Promise<VoiceEncoder> {
  const encoder = await createEncoder({
    channels: 1,
    sampleRate: SAMPLE_RATE,
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate: BITS_PER_SECOND,
    complexity: COMPLEXITY,
  });
  return {
    encode: (block, take) => {
      take(new Uint8Array(encoder.encodeFloat(block, { maxPacketBytes: MAX_VOICE_PACKET_BYTES })));
    },
    close: () => encoder.free(),
  };
}

/**
 * Decodes packets of a stranger, of one or two channels. One of another length, or that libopus calls corrupt, throws an
 * Error and changes nothing. The caller closes the decoder.
 */
export async function openVoiceDecoder(): Promise<VoiceDecoder> {
  const decoder = await createDecoder({ channels: 1, sampleRate: SAMPLE_RATE, maxFrameSize: BLOCK_SAMPLES });
  return {
    decode(packet) {
      if (packet === undefined) return limited(decoder.decodePacketLossFloat(BLOCK_SAMPLES));
      checkVoicePacket(packet);
      return limited(decodeBlock(decoder, packet));
    },
    close: () => decoder.free(),
  };
}

function decodeBlock(decoder: OpusDecoderHandle, packet: Uint8Array): Float32Array {
  const samples = decoder.decodeFloat(packet, { frameSize: BLOCK_SAMPLES });
  if (samples.length !== BLOCK_SAMPLES) throw new Error(`The packet gave ${samples.length} samples`);
  return samples;
}

/** A hostile packet decodes to millions: no sample may leave -1 to 1. */
function limited(samples: Float32Array): SoundBlock {
  return new Float32Array(samples.map((sample) => Math.max(-1, Math.min(1, sample || 0))));
}
