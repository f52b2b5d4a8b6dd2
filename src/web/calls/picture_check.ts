import type { VideoPicture } from "../../protocol/calls/media_frame.ts";
import { pictureSize } from "../../protocol/files/picture_size.ts";
import { MAX_VIDEO_BYTES, MAX_VIDEO_HEIGHT, MAX_VIDEO_WIDTH } from "../../protocol/limits.ts";

/** Whether the picture is a JPEG file of exactly the size that it is said to have, within the limits of a call. */
export function isPictureOf({ width, height, jpeg }: VideoPicture): boolean {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8 || jpeg.length > MAX_VIDEO_BYTES) return false;
  if (width > MAX_VIDEO_WIDTH || height > MAX_VIDEO_HEIGHT) return false;
  const size = pictureSize(jpeg);
  return size !== undefined && size.width === width && size.height === height;
}
