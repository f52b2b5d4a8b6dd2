/** Draws pictures of a video into a canvas, and encodes them as JPEG files of a size that suits a call. */

import type { VideoForm, VideoPicture } from "../../../protocol/calls/media_frame.ts";
import type { PictureSize } from "../../../protocol/files/picture_size.ts";
import { MAX_VIDEO_BYTES } from "../../../protocol/limits.ts";
import { fittedSize, nextQuality } from "./picture_form.ts";

const FIRST_QUALITY = 0.6;

export class PictureEncoder {
  readonly #canvas = document.createElement("canvas");
  #quality = FIRST_QUALITY;

  /** Resolves with `undefined` if the video has no picture yet, or one that takes too many bytes; the next one takes fewer. */
  async encode(video: HTMLVideoElement, form: VideoForm): Promise<VideoPicture | undefined> {
    if (video.videoWidth === 0) return undefined;
    const size = fittedSize({ width: video.videoWidth, height: video.videoHeight }, form);
    const blob = await this.#draw(video, size);
    if (blob === null) return undefined;
    this.#quality = nextQuality(this.#quality, blob.size / (size.width * size.height));
    if (blob.size > MAX_VIDEO_BYTES) return undefined;
    return { ...size, jpeg: new Uint8Array(await blob.arrayBuffer()) };
  }

  #draw(video: HTMLVideoElement, { width, height }: PictureSize): Promise<Blob | null> {
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d")!.drawImage(video, 0, 0, width, height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", this.#quality));
  }
}
