/** Opus by the browser's own encoder (WebCodecs). */

import { DeviceError, type SoundBlock, type VoiceEncoder } from "../../../client/calls/call_ports.ts";
import { NEEDS_NEWER_BROWSER } from "./device_faults.ts";

const BLOCK_MICROSECONDS = 20_000;

const CONFIG = {
  codec: "opus",
  sampleRate: 48_000,
  numberOfChannels: 1,
  bitrate: 28_000,
  opus: { frameDuration: BLOCK_MICROSECONDS, application: "voip", signal: "voice" },
} as const;

type TakePacket = (packet: Uint8Array<ArrayBuffer>) => void;

/** Only where the browser has `AudioEncoder`. */
export class PageVoiceEncoder implements VoiceEncoder {
  readonly #encoder: AudioEncoder;
  /** Of the blocks that are being encoded. */
  readonly #waiting: TakePacket[] = [];
  #timestamp = 0;

  constructor() {
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        this.#waiting.shift()?.(packet);
      },
      error: () => this.#waiting.length = 0,
    });
    this.#encoder.configure(CONFIG);
  }

  encode(block: SoundBlock, take: TakePacket): void {
    if (this.#encoder.state !== "configured") throw new DeviceError(NEEDS_NEWER_BROWSER);
    const data = new AudioData({
      format: "f32-planar",
      sampleRate: CONFIG.sampleRate,
      numberOfFrames: block.length,
      numberOfChannels: 1,
      timestamp: this.#timestamp,
      data: block,
    });
    this.#timestamp += BLOCK_MICROSECONDS;
    this.#waiting.push(take);
    this.#encoder.encode(data);
    data.close();
  }

  close(): void {
    this.#waiting.length = 0;
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}
