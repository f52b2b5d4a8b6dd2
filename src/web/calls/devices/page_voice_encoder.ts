/** Opus by the browser's own encoder (WebCodecs). */

import { DeviceError, type SoundBlock, type VoiceEncoder } from "../../../client/calls/call_ports.ts";
import { NEEDS_HTTPS } from "./device_faults.ts";

const BLOCK_MICROSECONDS = 20_000;

const CONFIG = {
  codec: "opus",
  sampleRate: 48_000,
  numberOfChannels: 1,
  bitrate: 28_000,
  opus: { frameDuration: BLOCK_MICROSECONDS, application: "voip", signal: "voice" },
} as const;

type TakePacket = (packet: Uint8Array<ArrayBuffer>) => void;

/** A browser that has no Opus: it shows the pictures of a call only. */
export const NEEDS_NEWER_BROWSER = "This browser has no sound for calls: use a newer one, or call from the program";

/** Throws a `DeviceError` if the browser cannot encode or decode Opus. */
export function checkVoiceCodecs(): void {
  if (!globalThis.isSecureContext) throw new DeviceError(NEEDS_HTTPS);
  if (!("AudioEncoder" in globalThis && "AudioDecoder" in globalThis)) throw new DeviceError(NEEDS_NEWER_BROWSER);
}

export class PageVoiceEncoder implements VoiceEncoder {
  readonly #encoder: AudioEncoder;
  /** Of the blocks that are being encoded. */
  readonly #waiting: TakePacket[] = [];
  #timestamp = 0;

  constructor() {
    checkVoiceCodecs();
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
