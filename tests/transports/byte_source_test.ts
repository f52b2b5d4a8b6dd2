import { assert, assertEquals } from "@std/assert";
import { READ_BUFFER_MAX_BYTES, READ_BUFFER_MIN_BYTES } from "../../src/protocol/limits.ts";
import { byteSource, type Readable } from "../../src/transports/byte_source.ts";

/** Gives so many bytes at each read, or as many as fit, and notes how large the buffers were. */
class Tap implements Readable {
  readonly buffers: number[] = [];
  readonly #counts: number[];
  #next = 0;

  constructor(...counts: number[]) {
    this.#counts = counts;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.buffers.push(buffer.length);
    const wanted = this.#counts.shift();
    if (wanted === undefined) return Promise.resolve(null);
    const count = Math.min(wanted, buffer.length);
    for (let index = 0; index < count; index++) buffer[index] = this.#next++ & 0xff;
    return Promise.resolve(count);
  }
}

async function drain(tap: Readable): Promise<Uint8Array[]> {
  return await Array.fromAsync(byteSource(tap, () => {}));
}

Deno.test("chunks are copies of their own, in order", async () => {
  const chunks = await drain(new Tap(3, 2, 1));
  assertEquals(chunks.map((chunk) => [...chunk]), [[0, 1, 2], [3, 4], [5]]);
});

Deno.test("every chunk is shown before it is read", async () => {
  const shown: number[] = [];
  const source = byteSource(new Tap(3, 2), (chunk) => shown.push(chunk.length));
  const reader = source.getReader();
  await reader.read();
  assertEquals(shown, [3]);
  await reader.cancel();
});

Deno.test("nothing is read before somebody asks", () => {
  const tap = new Tap(1);
  byteSource(tap, () => {});
  assertEquals(tap.buffers, []);
});

Deno.test("the buffer doubles while it is filled, up to its largest size", async () => {
  const tap = new Tap(...Array<number>(10).fill(Infinity));
  await drain(tap);
  const sizes = [1, 2, 4, 8, 16, 32, 64, 64, 64, 64, 64].map((kib) => kib * 1_024);
  assertEquals(tap.buffers, sizes);
  assertEquals([sizes[0], sizes.at(-1)], [READ_BUFFER_MIN_BYTES, READ_BUFFER_MAX_BYTES]);
});

Deno.test("the buffer shrinks again when little comes, down to its smallest size", async () => {
  const tap = new Tap(Infinity, Infinity, Infinity, 1, 1, 1, 1, 1);
  await drain(tap);
  assertEquals(tap.buffers.map((bytes) => bytes / 1_024), [1, 2, 4, 8, 4, 2, 1, 1, 1]);
});

Deno.test("a link that breaks ends the stream as one that is closed", async () => {
  const broken: Readable = { read: () => Promise.reject(new Deno.errors.ConnectionReset("reset")) };
  assertEquals(await drain(broken), []);
  let reads = 0;
  const later: Readable = {
    read: () => ++reads === 1 ? Promise.resolve(1) : Promise.reject(new Deno.errors.BrokenPipe("broken")),
  };
  assert((await drain(later)).length === 1);
});
