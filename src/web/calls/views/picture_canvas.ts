/** Draws the newest picture of a member. Pictures come from others: only JPEG files of the size that was said are decoded. */

import type { VideoPicture } from "../../../protocol/calls/media_frame.ts";
import { isPictureOf } from "../picture_check.ts";

export class PictureCanvas {
  readonly element = document.createElement("canvas");
  #empty = true;
  #busy = false;
  /** The picture to draw next. */
  #newest: VideoPicture | undefined;

  constructor() {
    this.element.hidden = true;
    this.element.ariaHidden = "true";
  }

  /** Whether nothing has been drawn since the last `clear`. */
  get isEmpty(): boolean {
    return this.#empty;
  }

  /** Draws the picture, or drops it: if it is none, or a newer one comes before it can be drawn. */
  async draw(picture: VideoPicture): Promise<void> {
    if (!isPictureOf(picture)) return;
    this.#newest = picture;
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const bitmap = await createImageBitmap(new Blob([next.jpeg], { type: "image/jpeg" })).catch(() => undefined);
      if (bitmap?.width === next.width && bitmap.height === next.height) this.#show(bitmap);
      bitmap?.close();
    }
    this.#busy = false;
  }

  #take(): VideoPicture | undefined {
    const picture = this.#newest;
    this.#newest = undefined;
    return picture;
  }

  clear(): void {
    this.#empty = true;
  }

  #show(bitmap: ImageBitmap): void {
    const { element } = this;
    const { width, height } = bitmap;
    if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
    element.getContext("2d")!.drawImage(bitmap, 0, 0);
    this.#empty = false;
  }
}
