/** Draws the newest picture of a member. Pictures come from others: only JPEG files of the size that was said are decoded. */

import type { VideoPicture } from "../../../protocol/calls/media_frame.ts";
import { isPictureOf } from "../picture_check.ts";

export class PictureCanvas {
  readonly element = document.createElement("canvas");
  #empty = true;
  #busy = false;

  constructor() {
    this.element.hidden = true;
    this.element.ariaHidden = "true";
  }

  /** Whether nothing has been drawn since the last `clear`. */
  get isEmpty(): boolean {
    return this.#empty;
  }

  /** Resolves when the picture is drawn, or dropped since it is none or one is being drawn. */
  async draw(picture: VideoPicture): Promise<void> {
    if (this.#busy || !isPictureOf(picture)) return;
    this.#busy = true;
    const bitmap = await createImageBitmap(new Blob([picture.jpeg], { type: "image/jpeg" })).catch(() => undefined);
    this.#busy = false;
    if (bitmap === undefined) return;
    if (bitmap.width === picture.width && bitmap.height === picture.height) this.#show(bitmap);
    bitmap.close();
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
    element.hidden = false;
  }
}
