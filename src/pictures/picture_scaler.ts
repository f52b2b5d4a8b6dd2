/** Makes a small picture of the bytes of a file. */

import { isCheckedMedia, mediaTypeOf } from "../protocol/files/media_types.ts";
import { PICTURE_HEAD_BYTES, pictureSize } from "../protocol/files/picture_size.ts";
import { MAX_PICTURE_PIXELS } from "../protocol/limits.ts";
import type { PictureAnswer, PictureJob, ScaledPicture } from "./picture_jobs.ts";

/** The size of a box in pixels, and what a picture becomes: 3 bytes for each pixel, red, green and blue, or a JPEG file. */
interface Form {
  readonly width: number;
  readonly height: number;
  /** `quality` is from 0 to 100. */
  readonly as: "pixels" | { readonly quality: number };
  /** Larger pictures are refused. Default: `MAX_PICTURE_PIXELS`. */
  readonly maxPixels?: number;
}

type ScaleJob = Extract<PictureJob, { type: "scale" }>;

/**
 * Decodes a PNG, JPEG, GIF or WebP file and makes it as small as the box, or leaves it if it is smaller. Rejects with an Error for
 * any other file, for a picture that is too large, for one that cannot be decoded, and when `signal` is aborted.
 */
export async function scalePicture(
  file: Uint8Array,
  form: Form,
  signal: AbortSignal,
): Promise<ScaledPicture> {
  const bytes = new Uint8Array(file);
  const job = {
    type: "scale" as const,
    ...form,
    bytes,
    media: checkedMedia(bytes, form.maxPixels ?? MAX_PICTURE_PIXELS),
  };
  signal.throwIfAborted();
  const worker = new Worker(new URL("./picture_worker.ts", import.meta.url), { type: "module", name: "picture" });
  try {
    const answer = await answerOf(worker, job, signal);
    if ("fault" in answer) throw new Error(`The picture cannot be decoded: ${answer.fault}`);
    return answer;
  } finally {
    worker.terminate();
  }
}

/** The declared size decides before a decoder gets the bytes. */
function checkedMedia(bytes: Uint8Array, maxPixels: number): ScaleJob["media"] {
  const media = mediaTypeOf(bytes);
  const size = pictureSize(bytes.subarray(0, PICTURE_HEAD_BYTES));
  if (!isCheckedMedia(media) || !isPicture(media) || size === undefined) throw new Error("The file is no picture");
  const { width, height } = size;
  if (width > 0 && height > 0 && width * height <= maxPixels) return media;
  throw new Error(`The picture has ${width} × ${height} pixels: it is not decoded`);
}

function isPicture(media: string): media is ScaleJob["media"] {
  return media.startsWith("image/");
}

function answerOf(worker: Worker, job: ScaleJob, signal: AbortSignal): Promise<PictureAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PictureAnswer>();
  const abort = () => reject(new Error("The picture took too long to decode"));
  signal.addEventListener("abort", abort, { once: true });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    // Otherwise the error would end the program.
    event.preventDefault();
    reject(new Error(`The decoder has failed: ${event.message}`));
  };
  worker.postMessage(job, [job.bytes.buffer]);
  return promise.finally(() => signal.removeEventListener("abort", abort));
}
