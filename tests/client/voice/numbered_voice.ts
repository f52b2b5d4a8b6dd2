/** A voice whose packets are numbers, and a decoder that says which of them it got. */

import type { SoundBlock, VoiceDecoder } from "../../../src/client/calls/call_ports.ts";
import { BLOCK_SAMPLES } from "../../../src/client/voice/mod.ts";

/** What conceals a lost packet. */
export const CONCEALED = 0.001;

export function numbered(number: number): Uint8Array {
  return Uint8Array.of(number >> 8, number & 0xff);
}

/** A decoder of such packets: all samples of the block are the number divided by 1,000. It refuses all others. */
export class NumberDecoder implements VoiceDecoder {
  readonly decoded: number[] = [];
  closed = false;

  decode(packet: Uint8Array | undefined): SoundBlock {
    if (packet === undefined) return new Float32Array(BLOCK_SAMPLES).fill(CONCEALED);
    if (packet.length !== 2) throw new Error("no packet");
    const number = packet[0]! << 8 | packet[1]!;
    this.decoded.push(number);
    return new Float32Array(BLOCK_SAMPLES).fill(number / 1_000);
  }

  close(): void {
    this.closed = true;
  }
}

/** Returns what a block shows: its number, `-` for silence, `?` for what conceals a loss. */
export function shown(block: SoundBlock | undefined): string {
  if (block === undefined) return "-";
  const first = block[0]!;
  return Math.abs(first - CONCEALED) < 1e-6 ? "?" : String(Math.round(first * 1_000));
}
