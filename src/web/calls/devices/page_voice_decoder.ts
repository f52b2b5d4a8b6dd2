/** Opus by the browser's own decoder (WebCodecs), which answers a few milliseconds later: a block comes with the call after. */

import type { SoundBlock, VoiceDecoder } from "../../../client/calls/call_ports.ts";
import { checkVoicePacket } from "../../../client/voice/opus_packet.ts";
import { BLOCK_SAMPLES } from "../../../client/voice/sound_block.ts";

const BLOCK_MICROSECONDS = 20_000;
/** More decoded blocks than that would only be late. */
const MAX_DECODED_BLOCKS = 2;

/** Only where the browser has `AudioDecoder`. */
export class PageVoiceDecoder implements VoiceDecoder {
  #decoder: AudioDecoder | undefined;
  readonly #decoded: SoundBlock[] = [];
  /** The last block, which fades out over a gap. */
  #last: SoundBlock | undefined;
  #timestamp = 0;

  /** Returns the block of the packet before: sound is 20 ms later than with a decoder that answers at once. */
  decode(packet: Uint8Array | undefined): SoundBlock {
    if (packet !== undefined) this.#feed(packet);
    const block = this.#decoded.shift();
    if (block === undefined) return this.#fadeOut();
    return this.#last = block;
  }

  close(): void {
    if (this.#decoder?.state === "configured") this.#decoder.close();
    this.#decoder = undefined;
    this.#decoded.length = 0;
  }

  #feed(packet: Uint8Array): void {
    checkVoicePacket(packet);
    if (this.#decoder?.state !== "configured") this.#decoder = this.#open();
    this.#timestamp += BLOCK_MICROSECONDS;
    this.#decoder.decode(
      new EncodedAudioChunk({ type: "key", timestamp: this.#timestamp, data: packet as BufferSource }),
    );
  }

  /** An error closes the decoder. The next packet opens another one. */
  #open(): AudioDecoder {
    const decoder = new AudioDecoder({ output: (data) => this.#take(data), error: () => {} });
    decoder.configure({ codec: "opus", sampleRate: 48_000, numberOfChannels: 1 });
    return decoder;
  }

  #take(data: AudioData): void {
    const block = new Float32Array(BLOCK_SAMPLES);
    const frameCount = Math.min(data.numberOfFrames, BLOCK_SAMPLES);
    data.copyTo(block.subarray(0, frameCount), { planeIndex: 0, format: "f32-planar", frameCount });
    data.close();
    // A hostile packet decodes to millions.
    for (const [index, sample] of block.entries()) block[index] = Math.max(-1, Math.min(1, sample || 0));
    this.#decoded.push(block);
    if (this.#decoded.length > MAX_DECODED_BLOCKS) this.#decoded.shift();
  }

  #fadeOut(): SoundBlock {
    const last = this.#last;
    this.#last = undefined;
    return last === undefined
      ? new Float32Array(BLOCK_SAMPLES)
      : last.map((sample, index) => sample * (1 - index / BLOCK_SAMPLES) / 2);
  }
}
