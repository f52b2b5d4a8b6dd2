/**
 * Decodes pictures of members, which may be hostile: in a worker of its own for each file and for each stream of pictures, which ends
 * with it. A decoder that crashes or never ends takes nothing else along. The folder may not know the chat, the screen or files.
 *
 * Read `picture_scaler.ts` first: it bounds a picture, and asks a worker. `jpeg_stream.ts` does so for the pictures of a call,
 * `jpeg_encoder.ts` the other way round; both have a `picture_codec.ts`. `picture_worker.ts` runs in the worker: `decoders.ts`
 * makes pixels of the bytes, and `pixels.ts` scales them.
 *
 * @module
 */

export { scalePicture } from "./picture_scaler.ts";
export { JpegStream } from "./jpeg_stream.ts";
export { JpegEncoder } from "./jpeg_encoder.ts";
export { testPicture } from "./test_picture.ts";
