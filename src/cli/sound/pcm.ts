/** The bytes in which programs of sound speak: samples of 16 bits, little endian, 48 kHz, one channel. */

import type { SoundBlock } from "../../client/calls/call_ports.ts";
import { BLOCK_SAMPLES, SAMPLE_RATE } from "../../client/voice/mod.ts";

const SAMPLE_BYTES = 2;
const BLOCK_BYTES = BLOCK_SAMPLES * SAMPLE_BYTES;
const FULL_SCALE = 0x7fff;
/** The length of sound that has no end yet, in the head of a file. */
const ENDLESS_BYTES = 0x7fff_ff00;
const HEAD_BYTES = 44;

/** Cuts a stream of bytes into blocks. What is left at the end, less than a block, is dropped. */
export async function* blocksOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<SoundBlock> {
  const bytes = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  for await (const chunk of stream) {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + BLOCK_BYTES - filled);
      bytes.set(part, filled);
      from += part.length;
      filled = (filled + part.length) % BLOCK_BYTES;
      if (filled === 0) yield decodePcm(bytes);
    }
  }
}

function decodePcm(bytes: Uint8Array<ArrayBuffer>): SoundBlock {
  const view = new DataView(bytes.buffer);
  const sample = (_: unknown, index: number) => view.getInt16(index * SAMPLE_BYTES, true) / (FULL_SCALE + 1);
  return Float32Array.from({ length: BLOCK_SAMPLES }, sample);
}

export function encodePcm(block: SoundBlock): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(block.length * SAMPLE_BYTES));
  block.forEach((sample, index) => {
    view.setInt16(index * SAMPLE_BYTES, Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE), true);
  });
  return new Uint8Array(view.buffer);
}

/** The head of a WAV file (RIFF) with so many blocks; `undefined`: it goes on without an end. */
export function waveHead(blocks?: number): Uint8Array<ArrayBuffer> {
  const bytes = blocks === undefined ? ENDLESS_BYTES : Math.min(blocks * BLOCK_BYTES, ENDLESS_BYTES);
  const view = new DataView(new ArrayBuffer(HEAD_BYTES));
  const text = (at: number, word: string) =>
    [...word].forEach((char, index) => view.setUint8(at + index, char.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, HEAD_BYTES - 8 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // PCM of one channel.
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLE_RATE, true);
  view.setUint32(28, SAMPLE_RATE * SAMPLE_BYTES, true);
  view.setUint16(32, SAMPLE_BYTES, true);
  view.setUint16(34, 8 * SAMPLE_BYTES, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  return new Uint8Array(view.buffer);
}
