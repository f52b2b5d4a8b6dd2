import { READ_BUFFER_MAX_BYTES, READ_BUFFER_MIN_BYTES } from "../protocol/limits.ts";

/** What is read from: the part of `Deno.Conn` that this needs. */
export interface Readable {
  read(buffer: Uint8Array): Promise<number | null>;
}

/**
 * Chunks as they arrive, each a copy of its own. Its buffer doubles when full and halves when nearly empty, and a link that
 * breaks ends it as one that is closed. A connection's own `readable` would cost some 100 KiB for each connection.
 */
export function byteSource(source: Readable, onChunk: (chunk: Uint8Array) => void): ReadableStream<Uint8Array> {
  let buffer = new Uint8Array(READ_BUFFER_MIN_BYTES);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const count = await source.read(buffer).catch(() => null);
      if (count === null) return controller.close();
      const chunk = buffer.slice(0, count);
      onChunk(chunk);
      controller.enqueue(chunk);
      if (count === buffer.length && count < READ_BUFFER_MAX_BYTES) {
        buffer = new Uint8Array(2 * count);
      } else if (4 * count < buffer.length && buffer.length > READ_BUFFER_MIN_BYTES) {
        buffer = new Uint8Array(buffer.length / 2);
      }
    },
  }, { highWaterMark: 0 });
}
