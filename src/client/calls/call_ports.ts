/** What a call needs of the machine: camera, microphone, loudspeaker, and Opus. The command line and the page have their own. */

import type { VideoForm, VideoPicture } from "../../protocol/calls/media_frame.ts";

export type { VideoForm, VideoPicture };

export interface Camera {
  /**
   * Takes pictures until `signal` is aborted; then it ends. They have at most the size of `form`, in the camera's own shape.
   * Throws a `DeviceError` if there is no camera, or when it stops.
   */
  pictures(form: VideoForm, signal: AbortSignal): AsyncIterable<VideoPicture>;
}

/** 20 ms of sound: 960 samples of one channel at 48 kHz, from -1 to 1. */
export type SoundBlock = Float32Array<ArrayBuffer>;

export interface Microphone {
  /** Records until `signal` is aborted; then it ends. Throws a `DeviceError` if there is no microphone, or when it stops. */
  blocks(signal: AbortSignal): AsyncIterable<SoundBlock>;
}

export interface Loudspeaker {
  /**
   * Plays until `signal` is aborted. It asks for the `next` block when it needs one: the source answers at once, with silence if
   * it has none. Rejects with a `DeviceError` if there is no loudspeaker, or when it stops.
   */
  play(next: () => SoundBlock, signal: AbortSignal): Promise<void>;
}

export interface VoiceEncoder {
  /**
   * Calls `take` with one Opus packet, at once or a few milliseconds later, in the order of the blocks; never after `close`.
   */
  encode(block: SoundBlock, take: (packet: Uint8Array<ArrayBuffer>) => void): void;
  close(): void;
}

export interface VoiceDecoder {
  /** Decodes an Opus packet of 20 ms; `undefined` stands for a lost one, whose gap is concealed. Throws an Error for other bytes. */
  decode(packet: Uint8Array | undefined): SoundBlock;
  close(): void;
}

/** A WebSocket to `MEDIA_PATH` of the server of the chat. */
export interface MediaSocket {
  /** What the server sends, until the link ends. For one reader. */
  readonly messages: AsyncIterable<string | Uint8Array<ArrayBuffer>>;
  /** Bytes that wait to be written. */
  readonly queuedBytes: number;
  /** Queues a message. Ignored after the end. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** A second call does nothing. */
  close(): void;
}

/** Opens a media socket. Rejects with an Error if that fails, or `signal` is aborted. */
export type OpenMediaSocket = (signal: AbortSignal) => Promise<MediaSocket>;

/** What this machine has for calls. A sentence in place of a device says why there is none; `undefined`: the user wants none. */
export interface CallDevices {
  readonly camera: Camera | string | undefined;
  readonly microphone: Microphone | string | undefined;
  readonly loudspeaker: Loudspeaker | string | undefined;
  readonly makeEncoder: () => Promise<VoiceEncoder>;
  readonly makeDecoder: () => Promise<VoiceDecoder>;
}

export function isDevice<D extends object>(device: D | string | undefined): device is D {
  return typeof device === "object";
}

/** A device, or the program for it, is missing, busy, forbidden, or has ended. The message is a sentence with the next step. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}
