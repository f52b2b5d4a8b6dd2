/** What a worker does with pictures, and its answers. */

import type { Pixels } from "./pixels.ts";

export interface PictureBox {
  readonly width: number;
  readonly height: number;
}

/** A small picture: 3 bytes for each pixel, red, green and blue, or a JPEG file. */
export interface ScaledPicture {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type PictureJob =
  /** Decodes a file and makes it as small as the box, or leaves it if it is smaller. `quality` is from 0 to 100. */
  | PictureBox & {
    readonly type: "scale";
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly media: `image/${"png" | "jpeg" | "gif" | "webp"}`;
    readonly as: "pixels" | { readonly quality: number };
  }
  /** Decodes a JPEG file and makes it as large as the box, in its own shape: pixels. */
  | PictureBox & { readonly type: "fill"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Makes a JPEG file of pixels. */
  | { readonly type: "encode"; readonly picture: Pixels; readonly quality: number };

export type PictureAnswer = ScaledPicture | { readonly fault: string };
