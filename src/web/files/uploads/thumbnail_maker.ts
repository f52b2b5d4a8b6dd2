/** Makes the thumbnail of a picture that the user sends. */

import { PICTURE_HEAD_BYTES, pictureSize } from "../../../protocol/files/picture_size.ts";
import type { MadeThumbnail } from "./queued_file.ts";
import { MAX_PICTURE_PIXELS, MAX_THUMBNAIL_BYTES, MAX_THUMBNAIL_PIXELS } from "../../../protocol/limits.ts";

/** The qualities that are tried, until one fits in `MAX_THUMBNAIL_BYTES`. */
const QUALITIES = [0.8, 0.5, 0.2];
/** JPEG has no transparent pixels. */
const BACKGROUND = "#fff";

/** `undefined` for a file that is no picture, is too large for a decoder, or cannot be decoded. */
export async function makeThumbnail(file: Pick<File, "slice">): Promise<MadeThumbnail | undefined> {
  const whole = file.slice();
  const size = pictureSize(new Uint8Array(await whole.slice(0, PICTURE_HEAD_BYTES).arrayBuffer()));
  if (size === undefined || size.width * size.height > MAX_PICTURE_PIXELS) return undefined;
  try {
    const picture = await createImageBitmap(whole);
    const canvas = drawn(picture);
    picture.close();
    return await encoded(canvas);
  } catch {
    return undefined;
  }
}

function drawn(picture: ImageBitmap): HTMLCanvasElement {
  const { width, height } = picture;
  const scale = Math.min(1, MAX_THUMBNAIL_PIXELS / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d")!;
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encoded(canvas: HTMLCanvasElement): Promise<MadeThumbnail | undefined> {
  const { width, height } = canvas;
  for (const quality of QUALITIES) {
    const bytes = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (bytes !== null && bytes.size <= MAX_THUMBNAIL_BYTES) return { bytes, width, height };
  }
  return undefined;
}
