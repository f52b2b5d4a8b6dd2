/** The ports of a call: what takes pictures and sound, and what plays and codes them. */

export interface VideoForm {
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly rate: number;
}

/** A picture as a JPEG file of exactly this size. */
export interface VideoPicture {
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

export interface Camera {
  /**
   * Takes pictures until `signal` is aborted; then it ends. Throws `DeviceError` with one sentence for the user if there is
   * no camera, or it stops.
   */
  pictures(form: VideoForm, signal: AbortSignal): AsyncIterable<VideoPicture>;
}

/** 20 ms of sound: 960 samples of one channel at 48 kHz, from -1 to 1. */
export type SoundBlock = Float32Array<ArrayBuffer>;

export interface Microphone {
  /** Ends after `signal` is aborted. Throws `DeviceError` if there is no microphone, or it stops. */
  blocks(signal: AbortSignal): AsyncIterable<SoundBlock>;
}

export interface Loudspeaker {
  /**
   * Plays blocks until `signal` is aborted; asks for the next block when it needs one: the source answers at once, with
   * silence if it has none. Rejects with `DeviceError` if nothing plays, or it stops.
   */
  play(next: () => SoundBlock, signal: AbortSignal): Promise<void>;
}

export interface VoiceEncoder {
  encode(block: SoundBlock): Uint8Array<ArrayBuffer>;
  close(): void;
}

export interface VoiceDecoder {
  /** Throws for a packet that is not Opus. `undefined`: the packet was lost; returns what conceals the gap. */
  decode(packet: Uint8Array | undefined): SoundBlock;
  close(): void;
}

/** A device or its program is missing, busy, forbidden, or has ended. The message is one sentence with the next step. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}
