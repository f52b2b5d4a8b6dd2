/** Sizes of pictures, in pixels and in bytes. */

import type { PictureSize } from "../../../protocol/files/picture_size.ts";

/** A picture of 160 × 90 takes 2 to 3 KB. */
const MIN_BYTES_PER_PIXEL = 0.14;
const MAX_BYTES_PER_PIXEL = 0.2;
const MIN_QUALITY = 0.2;
const MAX_QUALITY = 0.85;

/** The largest size of the source's shape that fits, at least one pixel in each direction. */
export function fittedSize(source: PictureSize, space: PictureSize): PictureSize {
  const scale = Math.min(space.width / source.width, space.height / source.height);
  const fit = (length: number, most: number) => Math.max(1, Math.min(Math.round(length * scale), most));
  return { width: fit(source.width, space.width), height: fit(source.height, space.height) };
}

/** The quality of the next picture, after one that took so many bytes for each pixel. */
export function nextQuality(quality: number, bytesPerPixel: number): number {
  if (bytesPerPixel > MAX_BYTES_PER_PIXEL) return Math.max(quality * 0.85, MIN_QUALITY);
  if (bytesPerPixel < MIN_BYTES_PER_PIXEL) return Math.min(quality + 0.05, MAX_QUALITY);
  return quality;
}
