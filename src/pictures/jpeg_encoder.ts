import { type CodecTimer, PictureCodec } from "./picture_codec.ts";
import type { Pixels } from "./pixels.ts";

/** Makes JPEG files of pixels in a worker of its own. Disposing ends it. */
export class JpegEncoder implements Disposable {
  readonly #codec: PictureCodec;

  constructor(timer: CodecTimer) {
    this.#codec = new PictureCodec(timer);
  }

  /** `quality` is from 0 to 100. One call at a time. */
  async encode(picture: Pixels, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#codec.perform({ type: "encode", picture, quality })).bytes;
  }

  [Symbol.dispose](): void {
    this.#codec[Symbol.dispose]();
  }
}
