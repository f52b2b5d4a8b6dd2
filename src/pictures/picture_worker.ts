/** Runs in a worker: decodes or encodes one picture after the other, and answers. Its end ends the codecs, whatever they do. */

import { decode, encodeJpeg, resetCodecs } from "./decoders.ts";
import type { PictureAnswer, PictureJob, ScaledPicture } from "./picture_jobs.ts";
import { filling, fitted, opaquePixels, type Pixels, scaled } from "./pixels.ts";

/** The greys that show through transparent pixels. Text on a screen is mostly on black; thumbnails are shown on any colour. */
const BLACK = 0;
const WHITE = 255;

async function perform(job: PictureJob): Promise<ScaledPicture> {
  switch (job.type) {
    case "scale":
      return await scale(job);
    case "fill": {
      const picture = await decode(job.bytes, "image/jpeg");
      const size = filling(picture, job);
      return { ...size, bytes: opaquePixels(picture, size) };
    }
    case "encode": {
      const { width, height } = job.picture;
      return { width, height, bytes: await encodeJpeg(job.picture, job.quality) };
    }
    default:
      return job satisfies never;
  }
}

async function scale({ bytes, media, as, ...box }: Extract<PictureJob, { type: "scale" }>): Promise<ScaledPicture> {
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
  postMessage(answer: PictureAnswer, transfer: Transferable[]): void;
};

// Complaints of decoders would be drawn on the user's screen.
for (const method of ["log", "info", "warn", "error", "debug"] as const) console[method] = () => {};

// So would errors that a codec throws on its own, after its picture: that picture gets no answer, or an earlier one.
for (const type of ["error", "unhandledrejection"]) {
  globalThis.addEventListener(type, (event) => event.preventDefault());
}

worker.onmessage = async ({ data }) => {
  try {
    const small = await perform(data);
    worker.postMessage(small, [small.bytes.buffer]);
  } catch (error) {
    resetCodecs();
    worker.postMessage({ fault: String(error) }, []);
  }
};
