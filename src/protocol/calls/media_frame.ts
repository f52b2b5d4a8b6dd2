/**
 * The binary messages of a media connection: one kind, the stream and the time in six bytes, then what the kind has. Numbers are
 * unsigned and big endian.
 */

import { ProtocolError } from "../errors.ts";
import {
  MAX_CALL_MEMBERS,
  MAX_SOUND_PACKET_BYTES,
  MAX_VIDEO_BYTES,
  MAX_VIDEO_HEIGHT,
  MAX_VIDEO_WIDTH,
} from "../limits.ts";

/** The size and rate of pictures. */
export interface VideoForm {
  readonly width: number;
  readonly height: number;
  /** Pictures a second; 0 for none. */
  readonly rate: number;
}

/** A picture as a JPEG file of exactly this size. */
export interface VideoPicture {
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

interface Stamp {
  /**
   * From the server, the stream of the member that the frame is from. From a client, in `demand` and `got` the stream that it
   * is about, else 0.
   */
  readonly stream: number;
  /** Milliseconds since the sender began, modulo 2^32. */
  readonly time: number;
}

/** A picture of a member's camera. */
export type VideoFrame = Stamp & VideoPicture & { readonly kind: "video" };
/** 20 ms of a member's voice: one Opus packet (RFC 6716) of 48 kHz, one channel. Silence is not sent. */
export type SoundFrame = Stamp & { readonly kind: "sound"; readonly packet: Uint8Array<ArrayBuffer> };
/** What the receiver can draw of a stream. */
export type DemandFrame = Stamp & VideoForm & { readonly kind: "demand" };
/** The receiver has taken the frame `of` this kind, stream and time. */
export type GotFrame = Stamp & { readonly kind: "got"; readonly of: "video" | "sound" };
/** Whether the member's camera and microphone are on. */
export type StateFrame = Stamp & { readonly kind: "state"; readonly camera: boolean; readonly microphone: boolean };

export type MediaFrame = VideoFrame | SoundFrame | DemandFrame | GotFrame | StateFrame;

/** By the first byte, less 1. */
const KINDS = ["video", "sound", "demand", "got", "state"] as const;
const STAMP_BYTES = 6;
const SIZE_BYTES = 4;
const DEMAND_BYTES = 5;
const CAMERA = 1;
const MICROPHONE = 2;

/** The longest binary message. */
export const MAX_MEDIA_FRAME_BYTES = STAMP_BYTES + SIZE_BYTES + MAX_VIDEO_BYTES;

export function encodeMediaFrame(frame: MediaFrame): Uint8Array<ArrayBuffer> {
  switch (frame.kind) {
    case "video": {
      const bytes = stamped(frame, SIZE_BYTES + frame.jpeg.length);
      putSize(bytes, frame);
      bytes.set(frame.jpeg, STAMP_BYTES + SIZE_BYTES);
      return bytes;
    }
    case "sound": {
      const bytes = stamped(frame, frame.packet.length);
      bytes.set(frame.packet, STAMP_BYTES);
      return bytes;
    }
    case "demand": {
      const bytes = stamped(frame, DEMAND_BYTES);
      putSize(bytes, frame);
      bytes[STAMP_BYTES + SIZE_BYTES] = frame.rate;
      return bytes;
    }
    case "got": {
      const bytes = stamped(frame, 1);
      bytes[STAMP_BYTES] = numberOf(frame.of);
      return bytes;
    }
    case "state": {
      const bytes = stamped(frame, 1);
      bytes[STAMP_BYTES] = (frame.camera ? CAMERA : 0) | (frame.microphone ? MICROPHONE : 0);
      return bytes;
    }
    default:
      return frame satisfies never;
  }
}

/**
 * Decodes a whole message. The bytes of a picture or a packet are a part of `bytes`, not a copy. Throws `bad_frame` for an unknown
 * kind or stream, a wrong length, and sizes beyond the limits. Whether a picture is a JPEG file of that size is for the decoder.
 */
export function decodeMediaFrame(bytes: Uint8Array<ArrayBuffer>): MediaFrame {
  const kind = KINDS[(bytes[0] ?? 0) - 1];
  if (kind === undefined || bytes.length < STAMP_BYTES) throw badFrame("it has no known kind");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stamp = { stream: bytes[1]!, time: view.getUint32(2) };
  if (stamp.stream >= MAX_CALL_MEMBERS) throw badFrame(`a call has ${MAX_CALL_MEMBERS} streams`);
  const length = bytes.length - STAMP_BYTES;
  switch (kind) {
    case "video": {
      const size = sizeIn(view, length > SIZE_BYTES && length <= SIZE_BYTES + MAX_VIDEO_BYTES);
      if (size.width === 0 || size.height === 0) throw badFrame("the picture is empty");
      return { kind, ...stamp, ...size, jpeg: bytes.subarray(STAMP_BYTES + SIZE_BYTES) };
    }
    case "sound":
      checkLength(length > 0 && length <= MAX_SOUND_PACKET_BYTES);
      return { kind, ...stamp, packet: bytes.subarray(STAMP_BYTES) };
    case "demand":
      return { kind, ...stamp, ...sizeIn(view, length === DEMAND_BYTES), rate: bytes[STAMP_BYTES + SIZE_BYTES]! };
    case "got":
      checkLength(length === 1);
      return { kind, ...stamp, of: kindOf(bytes[STAMP_BYTES]!) };
    case "state": {
      checkLength(length === 1);
      const flags = bytes[STAMP_BYTES]!;
      return { kind, ...stamp, camera: (flags & CAMERA) !== 0, microphone: (flags & MICROPHONE) !== 0 };
    }
    default:
      return kind satisfies never;
  }
}

/** Sets the stream of an encoded frame. */
export function restamp(bytes: Uint8Array, stream: number): void {
  bytes[1] = stream;
}

/** Whether `time` is later than `other`, both modulo 2^32. */
export function isLater(time: number, other: number): boolean {
  const distance = (time - other) >>> 0;
  return distance !== 0 && distance < 0x8000_0000;
}

function stamped({ kind, stream, time }: MediaFrame, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STAMP_BYTES + payloadBytes);
  bytes[0] = numberOf(kind);
  bytes[1] = stream;
  new DataView(bytes.buffer).setUint32(2, time);
  return bytes;
}

function numberOf(kind: MediaFrame["kind"]): number {
  return KINDS.indexOf(kind) + 1;
}

function kindOf(number: number): "video" | "sound" {
  const kind = KINDS[number - 1];
  if (kind === "video" || kind === "sound") return kind;
  throw badFrame("it confirms another kind than video and sound");
}

function putSize(
  bytes: Uint8Array<ArrayBuffer>,
  { width, height }: { readonly width: number; readonly height: number },
) {
  const view = new DataView(bytes.buffer);
  view.setUint16(STAMP_BYTES, width);
  view.setUint16(STAMP_BYTES + 2, height);
}

function sizeIn(view: DataView, fits: boolean): { readonly width: number; readonly height: number } {
  checkLength(fits);
  const [width, height] = [view.getUint16(STAMP_BYTES), view.getUint16(STAMP_BYTES + 2)];
  if (width > MAX_VIDEO_WIDTH || height > MAX_VIDEO_HEIGHT) {
    throw badFrame(`pictures have at most ${MAX_VIDEO_WIDTH} × ${MAX_VIDEO_HEIGHT} pixels`);
  }
  return { width, height };
}

function checkLength(fits: boolean): void {
  if (!fits) throw badFrame("its length does not suit its kind");
}

function badFrame(why: string): ProtocolError {
  return new ProtocolError("bad_frame", `Media frame is invalid: ${why}`);
}
