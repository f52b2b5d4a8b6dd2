/** The decoders of the kinds of pictures that clients show, and the encoder of thumbnails. They run in a worker only. */

import { GifReader } from "omggif";
import type { CheckedMediaType } from "../protocol/files/media_types.ts";
import type { Pixels } from "./pixels.ts";

type PictureType = Extract<CheckedMediaType, `image/${string}`>;

/** Rejects with an Error for bytes that are no such picture. A GIF has its first frame. */
export async function decode(bytes: Uint8Array<ArrayBuffer>, type: PictureType): Promise<Pixels> {
  switch (type) {
    case "image/jpeg": {
      const decoder = await import("@jsquash/jpeg/decode.js");
      await prepare("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", decoder.init);
      return pixelsOf(await decoder.default(bytes.buffer, { preserveOrientation: true }));
    }
    case "image/png": {
      const decoder = await import("@jsquash/png/decode.js");
      await prepare("@jsquash/png/codec/pkg/squoosh_png_bg.wasm", decoder.init);
      return pixelsOf(await decoder.default(bytes.buffer));
    }
    case "image/webp": {
      const decoder = await import("@jsquash/webp/decode.js");
      await prepare("@jsquash/webp/codec/dec/webp_dec.wasm", decoder.init);
      return pixelsOf(await decoder.default(bytes.buffer));
    }
    case "image/gif":
      return firstFrame(bytes);
    default:
      return type satisfies never;
  }
}

function pixelsOf({ width, height, data: { buffer } }: ImageData): Pixels {
  return { width, height, data: new Uint8Array(buffer) };
}

function firstFrame(bytes: Uint8Array): Pixels {
  const reader = new GifReader(bytes);
  const { width, height } = reader;
  const frame = reader.frameInfo(0);
  if (frame.x + frame.width > width || frame.y + frame.height > height) {
    throw new Error("A frame is outside the picture");
  }
  const data = new Uint8Array(4 * width * height);
  reader.decodeAndBlitFrameRGBA(0, data);
  return { width, height, data };
}

/** `quality` is from 0 to 100. */
export async function encodeJpeg({ width, height, data }: Pixels, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = await import("@jsquash/jpeg/encode.js");
  await prepare("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm", encoder.init);
  const picture = new ImageData(new Uint8ClampedArray(data), width, height);
  return new Uint8Array(await encoder.default(picture, { quality }));
}

const modules = new Map<string, Promise<WebAssembly.Module>>();
const prepared = new Set<string>();

/** Makes a codec ready, once. */
async function prepare(specifier: string, init: (module: WebAssembly.Module) => Promise<unknown>): Promise<void> {
  if (prepared.has(specifier)) return;
  const module = modules.getOrInsertComputed(specifier, compiled);
  await init(await module);
  prepared.add(specifier);
}

/** Gives up the codecs with their memory: a damaged picture may have left anything in it. */
export function resetCodecs(): void {
  prepared.clear();
}

/** A file of a package as a module of WebAssembly. */
async function compiled(specifier: string): Promise<WebAssembly.Module> {
  return await WebAssembly.compile(await Deno.readFile(new URL(import.meta.resolve(specifier))));
}
