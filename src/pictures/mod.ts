/**
 * Decodes pictures of members, which may be hostile: in a worker of its own for each picture, which ends with it. A decoder
 * that crashes or never ends takes nothing else along. The folder may not know the chat, the screen or files.
 *
 * Read `picture_scaler.ts` first: it bounds a picture, and asks the worker. `picture_worker.ts` runs in the worker: `decoders.ts`
 * makes pixels of the bytes, and `pixels.ts` scales them.
 *
 * @module
 */

export { scalePicture } from "./picture_scaler.ts";
