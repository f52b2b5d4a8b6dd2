/** Runs in a worker: decodes one picture, scales it, and answers. Its end ends the decoder, whatever that does. */

import { decode, encodeJpeg } from "./decoders.ts";
import type { PictureAnswer, PictureJob } from "./picture_scaler.ts";
import { fitted, type Pixels, scaled } from "./pixels.ts";

/** The greys that show through transparent pixels. Text on a screen is mostly on black; thumbnails are shown on any colour. */
const BLACK = 0;
const WHITE = 255;

async function perform({ bytes, media, as, ...box }: PictureJob): Promise<PictureAnswer> {
  const picture = await decode(bytes, media);
  const small = scaled(picture, fitted(picture, box), as === "pixels" ? BLACK : WHITE);
  if (as === "pixels") return { width: small.width, height: small.height, bytes: opaque(small) };
  return { width: small.width, height: small.height, bytes: await encodeJpeg(small, as.quality) };
}

/** Three bytes for each pixel. */
function opaque({ data }: Pixels): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length / 4 * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) bytes.set(data.subarray(from, from + 3), to);
  return bytes;
}

/** The types are those of the main thread, which has no such functions. */
const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<PictureJob>) => void;
  postMessage(answer: PictureAnswer): void;
};

// Complaints of decoders would be drawn on the user's screen.
for (const method of ["log", "info", "warn", "error", "debug"] as const) console[method] = () => {};

worker.onmessage = async ({ data }) => {
  worker.postMessage(await perform(data).catch((error) => ({ fault: String(error) })));
};
