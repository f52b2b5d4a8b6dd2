import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { BODY_BUFFER_MAX_BYTES, READ_BUFFER_MAX_BYTES, READ_BUFFER_MIN_BYTES } from "../../src/protocol/limits.ts";
import { LineSource, lineStream, type Readable } from "../../src/transports/line_source.ts";

const ENCODER = new TextEncoder();
const LF = 0x0a;

/** Gives so many bytes of line feeds at each read, or as many as fit, and notes how large the buffers were. */
class Tap implements Readable {
  readonly buffers: number[] = [];
  readonly #counts: number[];

  constructor(...counts: number[]) {
    this.#counts = counts;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.buffers.push(buffer.length);
    const wanted = this.#counts.shift();
    if (wanted === undefined) return Promise.resolve(null);
    const count = Math.min(wanted, buffer.length);
    buffer.fill(LF, 0, count);
    return Promise.resolve(count);
  }
}

/** Gives a text at each read, when the test says so. */
class Script implements Readable {
  #waiting: ((text: string | null) => void) | undefined;

  /** Whether a read is waiting, once everything that is to happen by itself has. */
  async asked(): Promise<boolean> {
    await settled();
    return this.#waiting !== undefined;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#waiting !== undefined) throw new Error("Two reads at a time");
    return new Promise((resolve) => {
      this.#waiting = (text) => resolve(text === null ? null : ENCODER.encodeInto(text, buffer).written);
    });
  }

  /** To the read that waits. */
  async give(text: string | null): Promise<void> {
    await settled();
    const waiting = this.#waiting!;
    this.#waiting = undefined;
    waiting(text);
    await settled();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function batches(tap: Readable): Promise<(readonly unknown[])[]> {
  return await Array.fromAsync(lineStream(new LineSource(tap)));
}

Deno.test("a batch is what one read ended, and a read that ends no line is followed by another", async () => {
  const script = new Script();
  const read = batches(script);
  for (const text of ["a\nb\nc", "d", "\n", "rest"]) await script.give(text);
  await script.give(null);
  assertEquals(await read, [["a", "b"], ["cd"]]);
});

Deno.test("the first byte is known before its line is whole", async () => {
  const script = new Script();
  const source = new LineSource(script);
  const reader = lineStream(source).getReader();
  const first = reader.read();
  assertEquals(source.firstByte, undefined);
  await script.give("{half");
  assertEquals(source.firstByte, "{".charCodeAt(0));
  await script.give(" a line\n");
  assertEquals((await first).value, ["{half a line"]);
});

Deno.test("nothing is read before the reader asks, nor during another read", async () => {
  const script = new Script();
  const reader = lineStream(new LineSource(script)).getReader();
  assertEquals(await script.asked(), false);
  const both = [reader.read(), reader.read()];
  assertEquals(await script.asked(), true);
  await script.give("one\n");
  await script.give("two\n");
  assertEquals((await Promise.all(both)).map(({ value }) => value), [["one"], ["two"]]);
  assertEquals(await script.asked(), false);
});

Deno.test("a line or the end after a cancel is dropped", async () => {
  for (const text of ["late\n", null]) {
    const script = new Script();
    const reader = lineStream(new LineSource(script)).getReader();
    const read = reader.read();
    assertEquals(await script.asked(), true);
    await reader.cancel();
    await script.give(text);
    assertEquals(await read, { done: true, value: undefined });
    assertEquals(await script.asked(), false);
  }
});

Deno.test("the buffer doubles while it is filled, up to its largest size", async () => {
  const tap = new Tap(...Array<number>(10).fill(Infinity));
  await batches(tap);
  const sizes = [0.5, 1, 2, 4, 8, 16, 32, 64, 64, 64, 64].map((kib) => kib * 1_024);
  assertEquals(tap.buffers, sizes);
  assertEquals([sizes[0], sizes.at(-1)], [READ_BUFFER_MIN_BYTES, READ_BUFFER_MAX_BYTES]);
});

Deno.test("the buffer shrinks again when little comes, down to its smallest size", async () => {
  const tap = new Tap(Infinity, Infinity, Infinity, 1, 1, 1, 1, 1);
  await batches(tap);
  assertEquals(tap.buffers.map((bytes) => bytes / 1_024), [0.5, 1, 2, 4, 2, 1, 0.5, 0.5, 0.5]);
});

Deno.test("the buffer grows further while a body arrives, and is small again after it", async () => {
  const head = "PUT / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n";
  let left = 2_000_000;
  const buffers: number[] = [];
  const source: Readable = {
    read: (buffer) => {
      buffers.push(buffer.length);
      if (buffers.length === 1) return Promise.resolve(ENCODER.encodeInto(head, buffer).written);
      const count = Math.min(left, buffer.length);
      left -= count;
      return Promise.resolve(count === 0 ? null : count);
    },
  };
  const parts = await batches(source);
  assertEquals(parts.length, buffers.length - 1);
  assertEquals([buffers[0], Math.max(...buffers), buffers.at(-1)], [
    READ_BUFFER_MIN_BYTES,
    BODY_BUFFER_MAX_BYTES,
    READ_BUFFER_MIN_BYTES,
  ]);
});

/** A body in reads of `atOnce` bytes at most, after which nothing comes. Returns the lengths of its parts. */
async function partsOf(bodyBytes: number, atOnce: number): Promise<number[]> {
  const head = `PUT / HTTP/1.1\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
  let left = bodyBytes;
  let begun = false;
  const source: Readable = {
    read: (buffer) => {
      if (!begun) {
        begun = true;
        return Promise.resolve(ENCODER.encodeInto(head, buffer).written);
      }
      if (left === 0) return new Promise(() => {});
      const count = Math.min(left, atOnce, buffer.length);
      left -= count;
      return Promise.resolve(count);
    },
  };
  const reader = lineStream(new LineSource(source)).getReader();
  const lengths: number[] = [];
  for (let sum = 0; sum < bodyBytes;) {
    for (const frame of (await reader.read()).value!) {
      if (typeof frame !== "object" || !("type" in frame) || frame.type !== "body") continue;
      lengths.push(frame.bytes.length);
      sum += frame.bytes.length;
    }
  }
  return lengths;
}

Deno.test("short reads of a long body are passed on together, and its end is not waited for beyond the body", async () => {
  const record = 16 * 1_024;
  for (const bytes of [60 * record, 64 * record, 64 * record + 1, 100 * record - 1]) {
    const lengths = await partsOf(bytes, record);
    assertEquals(lengths.reduce((sum, each) => sum + each), bytes);
    assertEquals(Math.max(...lengths), BODY_BUFFER_MAX_BYTES);
    assert(lengths.length < 30, `${lengths.length} parts of ${bytes} bytes`);
  }
  assertEquals(Math.max(...await partsOf(50 * 1_000, 1_000)), 1_000);
});

Deno.test("what was gathered of a body is passed on when the link ends", async () => {
  let reads = 0;
  const source: Readable = {
    read: (buffer) => {
      reads++;
      if (reads === 1) {
        return Promise.resolve(ENCODER.encodeInto("PUT / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n", buffer).written);
      }
      if (reads > 12) return Promise.reject(new Deno.errors.ConnectionReset("reset"));
      return Promise.resolve(Math.min(buffer.length, 16 * 1_024));
    },
  };
  const parts = (await batches(source)).flat().slice(1) as { readonly bytes: Uint8Array }[];
  assert(parts.length < 12);
  assert(parts.reduce((sum, { bytes }) => sum + bytes.length, 0) > 60 * 1_024);
});

Deno.test("a link that breaks ends the stream as one that is closed", async () => {
  const broken: Readable = { read: () => Promise.reject(new Deno.errors.ConnectionReset("reset")) };
  assertEquals(await batches(broken), []);
  let reads = 0;
  const later: Readable = {
    read: (buffer) => {
      if (++reads > 1) return Promise.reject(new Deno.errors.BrokenPipe("broken"));
      return Promise.resolve(ENCODER.encodeInto("whole\nhalf", buffer).written);
    },
  };
  assertEquals(await batches(later), [["whole"]]);
});
