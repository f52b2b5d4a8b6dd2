/**
 * The size of a picture in pixels, from the beginning of its file: known before a decoder gets it. PNG (third edition, section
 * 11.2.1), JPEG (ITU-T T.81, section B.2.2), GIF (89a, section 18) and WebP (RFC 9649, section 2).
 */

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Bytes at the start of a file in which the size is found, unless a JPEG has more than that before it. */
export const PICTURE_HEAD_BYTES = 256 * 1024;

/** `undefined` if the bytes are no picture of these kinds, or end before its size. */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return sizeIn(view);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Throws a `RangeError` if the bytes end before the size. */
function sizeIn(view: DataView): PictureSize | undefined {
  const start = view.getUint32(0);
  if (start === PNG) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (start === GIF) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (start === RIFF && view.getUint32(8) === WEBP) return webpSize(view);
  return start >>> 8 === JPEG ? jpegSize(view) : undefined;
}

const PNG = 0x89504e47;
const GIF = 0x47494638;
const RIFF = 0x52494646;
const WEBP = 0x57454250;
const JPEG = 0xffd8ff;

/** By the first chunk: extended, lossless or lossy. */
function webpSize(view: DataView): PictureSize | undefined {
  switch (view.getUint32(12)) {
    case 0x56503858: {
      const [width, height] = [view.getUint32(23, true) >>> 8, view.getUint32(26, true) >>> 8];
      return { width: width + 1, height: height + 1 };
    }
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
    }
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}

/**
 * Goes from marker to marker, up to the header of a frame. What a decoder might read otherwise is no picture, because it could find
 * another size: bytes between segments, markers without a segment, and segments that are shorter than their own length.
 */
function jpegSize(view: DataView): PictureSize | undefined {
  for (let at = 2;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    const length = view.getUint16(at + 2);
    if (marker < FIRST_SEGMENT || isBare(marker) || length < 2) return undefined;
    at += 2 + length;
  }
}

/** Markers below are reserved, and may have no segment. */
const FIRST_SEGMENT = 0xc0;

/** A restart, the start of a picture, or its end. */
function isBare(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd9;
}

/** Among them are the tables C4, C8 and CC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
