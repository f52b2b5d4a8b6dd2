/** The thumbnail of a picture that is sent. */

import { isPicture } from "../../protocol/files/media_types.ts";
import { MAX_THUMBNAIL_BYTES, MAX_THUMBNAIL_PIXELS, MAX_THUMBNAILED_BYTES } from "../../protocol/limits.ts";
import type { FileSource, ScalePicture, SmallPicture } from "./file_ports.ts";

/** The qualities that are tried, until one fits in `MAX_THUMBNAIL_BYTES`. */
const QUALITIES = [80, 50, 20];
const BOX = { width: MAX_THUMBNAIL_PIXELS, height: MAX_THUMBNAIL_PIXELS };

/** `undefined` for a file that is no picture, is too large, or cannot be decoded. `media` is what the server found. */
export async function thumbnailOf(
  source: FileSource,
  media: string,
  scale: ScalePicture,
  signal: AbortSignal,
): Promise<SmallPicture | undefined> {
  if (!isPicture(media) || source.size > MAX_THUMBNAILED_BYTES) return undefined;
  try {
    const bytes = new Uint8Array(source.size);
    if (await source.read(0, bytes) < bytes.length) return undefined;
    for (const quality of QUALITIES) {
      const picture = await scale(bytes, { ...BOX, as: { quality } }, signal);
      if (picture.bytes.length <= MAX_THUMBNAIL_BYTES) return picture;
    }
  } catch {
    // The picture is sent without one.
  }
  return undefined;
}

/** The bytes as a file to be sent. */
export function memorySource(name: string, bytes: Uint8Array): FileSource {
  return {
    name,
    size: bytes.length,
    read: (offset, buffer) => {
      const part = bytes.subarray(offset, offset + buffer.length);
      buffer.set(part);
      return Promise.resolve(part.length);
    },
    close: () => {},
  };
}
