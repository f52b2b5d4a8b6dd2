/**
 * The kinds of media that are found by the first bytes of a file. Only these are ever shown or served under their own type.
 * The signatures follow the WHATWG's MIME Sniffing Standard (https://mimesniff.spec.whatwg.org, section 6); MP4, Ogg and MP3
 * are told from their relatives more strictly. SVG and HTML are not among them: both can contain scripts.
 */

export const CHECKED_MEDIA_TYPES = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "audio/mpeg",
  "audio/ogg",
  "audio/wav",
  "video/mp4",
  "video/webm",
  "application/pdf",
] as const;

export type CheckedMediaType = typeof CHECKED_MEDIA_TYPES[number];

/** Whether the type, as a server says it, is one of those that are found by the first bytes. */
export function isCheckedMedia(type: string): type is CheckedMediaType {
  return CHECKED_MEDIA_TYPES.some((checked) => checked === type);
}

/** Whether it is one of the pictures that clients show. */
export function isPicture(type: string): boolean {
  return type === "image/gif" || isThumbnailMedia(type);
}

/** Whether a thumbnail may have this type: pictures that do not move. */
export function isThumbnailMedia(type: string): boolean {
  return type === "image/jpeg" || type === "image/png" || type === "image/webp";
}

/** The type of everything else. */
export const UNCHECKED_MEDIA_TYPE = "application/octet-stream";

export const MEDIA_TYPES = [...CHECKED_MEDIA_TYPES, UNCHECKED_MEDIA_TYPE] as const;

export type MediaType = typeof MEDIA_TYPES[number];

/** Bytes at the start of a file that decide: two frames of MP3 fit in them. */
export const MEDIA_SIGNATURE_BYTES = 4_096;

/** Returns the type of a file by its first bytes. `MEDIA_SIGNATURE_BYTES` of them, or the whole file, are enough. */
export function mediaTypeOf(bytes: Uint8Array): MediaType {
  const first = bytes.subarray(0, MEDIA_SIGNATURE_BYTES);
  return SIGNATURES.find(([, matches]) => matches(first))?.[0] ?? UNCHECKED_MEDIA_TYPE;
}

const SIGNATURES: readonly (readonly [MediaType, (bytes: Uint8Array) => boolean])[] = [
  ["image/png", (bytes) => hasText(bytes, 0, "\x89PNG\r\n\x1a\n")],
  ["image/jpeg", (bytes) => hasText(bytes, 0, "\xff\xd8\xff")],
  ["image/gif", (bytes) => hasText(bytes, 0, "GIF87a") || hasText(bytes, 0, "GIF89a")],
  ["image/webp", (bytes) => isRiff(bytes, "WEBPVP8")],
  ["audio/wav", (bytes) => isRiff(bytes, "WAVE")],
  ["audio/ogg", isOggAudio],
  ["video/mp4", isMp4],
  ["video/webm", isWebm],
  ["application/pdf", (bytes) => hasText(bytes, 0, "%PDF-")],
  ["audio/mpeg", (bytes) => hasText(bytes, 0, "ID3") || isMp3(bytes)],
];

/** Whether the bytes at `offset` are the characters of `text`, all of them below U+0100. */
function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  if (bytes.length < offset + text.length) return false;
  return Array.from(text).every((char, nth) => bytes[offset + nth] === char.charCodeAt(0));
}

function isRiff(bytes: Uint8Array, form: string): boolean {
  return hasText(bytes, 0, "RIFF") && hasText(bytes, 8, form);
}

/** The first packet names the codec (RFC 3533, section 6). Ogg with a video has none of these as its first. */
function isOggAudio(bytes: Uint8Array): boolean {
  if (!hasText(bytes, 0, "OggS\0") || bytes.length <= OGG_HEADER_BYTES) return false;
  const packet = OGG_HEADER_BYTES + bytes[OGG_HEADER_BYTES - 1]!;
  return ["OpusHead", "\x01vorbis", "\x7fFLAC", "Speex   "].some((codec) => hasText(bytes, packet, codec));
}

/** Up to the number of segments, which is the last of them. The sizes of the segments follow. */
const OGG_HEADER_BYTES = 27;

/**
 * The first box, of less than 64 KiB, names the brand. Pictures (HEIC, AVIF), QuickTime and sound alone (M4A) have the same
 * form and other brands.
 */
function isMp4(bytes: Uint8Array): boolean {
  if (bytes.length < 12 || !hasText(bytes, 0, "\0\0") || !hasText(bytes, 4, "ftyp")) return false;
  return MP4_BRAND.test(String.fromCharCode(...bytes.subarray(8, 12)));
}

const MP4_BRAND = /^(?:mp4[12]|isom|iso[2-9]|avc1|M4V |dash|mmp4|MSNV)$/;

/** An EBML header with the document type `webm` (RFC 8794, section 11.2). */
function isWebm(bytes: Uint8Array): boolean {
  if (!hasText(bytes, 0, "\x1a\x45\xdf\xa3")) return false;
  for (let at = 4; at < EBML_HEADER_BYTES; at++) {
    if (hasText(bytes, at, "\x42\x82\x84webm")) return true;
  }
  return false;
}

/** The document type begins before this offset. */
const EBML_HEADER_BYTES = 64;

/** Two frames of layer III, one after the other: one alone occurs in any file. */
function isMp3(bytes: Uint8Array): boolean {
  const length = mp3FrameBytes(bytes, 0);
  return length !== undefined && mp3FrameBytes(bytes, length) !== undefined;
}

/** Length of the frame of MPEG audio, layer III, that begins at `offset` (ISO/IEC 11172-3, section 2.4.2.3). */
function mp3FrameBytes(bytes: Uint8Array, offset: number): number | undefined {
  const [sync, kind, rates] = bytes.subarray(offset, offset + 4);
  if (bytes.length < offset + 4 || sync !== 0xff || (kind! & 0xe6) !== 0xe2) return undefined;
  const version = kind! >> 3 & 3;
  const kbits = (version === 3 ? MPEG_1_KBITS : MPEG_2_KBITS)[rates! >> 4];
  const hertz = MPEG_1_HERTZ[rates! >> 2 & 3];
  if (version === 1 || kbits === undefined || hertz === undefined) return undefined;
  const [samples, divisor] = version === 3 ? [1_152, 1] : [576, version === 2 ? 2 : 4];
  return Math.floor(samples / 8 * kbits * 1_000 / (hertz / divisor)) + (rates! >> 1 & 1);
}

/** By index; the first and the last index are not allowed. */
const MPEG_1_KBITS = [undefined, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG_2_KBITS = [undefined, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const MPEG_1_HERTZ = [44_100, 48_000, 32_000];
