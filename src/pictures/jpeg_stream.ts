/** Decodes the pictures of one stream, which may be hostile. */

import { PICTURE_HEAD_BYTES, pictureSize } from "../protocol/files/picture_size.ts";
import { MAX_VIDEO_HEIGHT, MAX_VIDEO_WIDTH } from "../protocol/limits.ts";
import { type CodecTimer, PictureCodec } from "./picture_codec.ts";
import type { PictureBox, ScaledPicture } from "./picture_jobs.ts";

/** A JPEG file that is said to have this size. */
export interface StreamPicture {
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

interface Waiting {
  readonly picture: StreamPicture;
  readonly box: PictureBox;
  readonly done: PromiseWithResolvers<ScaledPicture | undefined>;
}

/**
 * A decoder of JPEG pictures in a worker of its own. One picture is in work, and the newest one waits; older ones are dropped.
 * Disposing ends the worker.
 */
export class JpegStream implements Disposable {
  readonly #codec: PictureCodec;
  #waiting: Waiting | undefined;
  #busy = false;

  constructor(timer: CodecTimer, codec = new PictureCodec(timer)) {
    this.#codec = codec;
  }

  /**
   * Makes a picture as large as the box, in its own shape: 3 bytes for each pixel. `undefined` if a newer one came before its turn.
   * Rejects with an Error for a picture that is damaged, too large, or of another size than said, and after the end.
   */
  decode(picture: StreamPicture, box: PictureBox): Promise<ScaledPicture | undefined> {
    const done = Promise.withResolvers<ScaledPicture | undefined>();
    this.#waiting?.done.resolve(undefined);
    this.#waiting = { picture, box, done };
    if (!this.#busy) void this.#work();
    return done.promise;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
      this.#waiting = undefined;
      const { picture, box, done } = next;
      await this.#decodeNow(picture, box).then(done.resolve, done.reject);
    }
    this.#busy = false;
  }

  async #decodeNow({ width, height, jpeg }: StreamPicture, box: PictureBox): Promise<ScaledPicture> {
    // Its own memory, which goes to the worker.
    const bytes = jpeg.slice();
    checkSize(bytes, { width, height });
    return await this.#codec.perform({ type: "fill", bytes, ...box }, [bytes.buffer]);
  }

  [Symbol.dispose](): void {
    this.#codec[Symbol.dispose]();
  }
}

/** The size in the file decides before a decoder gets it. */
function checkSize(jpeg: Uint8Array, said: PictureBox): void {
  const size = jpeg[0] === 0xff ? pictureSize(jpeg.subarray(0, PICTURE_HEAD_BYTES)) : undefined;
  if (size === undefined) throw new Error("The picture is no JPEG file");
  const { width, height } = size;
  if (width !== said.width || height !== said.height) {
    throw new Error(`The picture has ${width} × ${height} pixels and not ${said.width} × ${said.height} as said`);
  }
  if (width < 1 || height < 1 || width > MAX_VIDEO_WIDTH || height > MAX_VIDEO_HEIGHT) {
    throw new Error(
      `The picture has ${width} × ${height} pixels: the most are ${MAX_VIDEO_WIDTH} × ${MAX_VIDEO_HEIGHT}`,
    );
  }
}
