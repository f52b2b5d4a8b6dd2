/**
 * The contract of every transport, on real sockets if it has
 * them. Each transport's test passes its own `Transport`.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Connection, Frame, Listener } from "../../src/transports/connection.ts";
import type { ByteStream } from "../../src/transports/stream_connection.ts";

export interface Transport {
  readonly listen: () => Listener | Promise<Listener>;
  /** Connects to the listener with the code under test. */
  readonly dial: (listener: Listener) => Promise<Connection>;
  /** Connects to the listener with a bare socket. */
  readonly dialRaw: (listener: Listener) => Promise<ByteStream>;
}

const ENCODER = new TextEncoder();

export function lines(...texts: string[]): Uint8Array {
  return ENCODER.encode(texts.map((text) => `${text}\n`).join(""));
}

/** Reads frames one by one. */
export class FrameReader {
  readonly #reader: ReadableStreamDefaultReader<readonly Frame[]>;
  #frames: Frame[] = [];

  constructor(connection: Connection) {
    this.#reader = connection.frames.getReader();
  }

  /**
   * The next frame; `undefined` at the end. An error is its code
   * in angle brackets, a control frame its kind.
   */
  async next(): Promise<string | undefined> {
    while (this.#frames.length === 0) {
      const { value } = await this.#reader.read();
      if (value === undefined) return undefined;
      this.#frames = [...value];
    }
    const frame = this.#frames.shift()!;
    return typeof frame === "string" ? frame : `<${"code" in frame ? frame.code : frame.type}>`;
  }

  async rest(): Promise<string[]> {
    const frames: string[] = [];
    for (let frame = await this.next(); frame !== undefined; frame = await this.next()) frames.push(frame);
    return frames;
  }
}

interface Ends {
  readonly here: Connection;
  readonly there: Connection;
  readonly fromHere: FrameReader;
  readonly fromThere: FrameReader;
}

export function connectionContract(name: string, transport: Transport): void {
  const test = (sentence: string, run: (ends: Ends) => Promise<void>) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      const listener = await transport.listen();
      const [accepted, here] = await Promise.all([listener.accept(), transport.dial(listener)]);
      const there = accepted!;
      try {
        await run({ here, there, fromHere: new FrameReader(there), fromThere: new FrameReader(here) });
      } finally {
        for (const end of [here, there, listener]) end.close();
      }
    });

  const testRaw = (sentence: string, run: (raw: ByteStream, there: Connection) => Promise<void>) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      const listener = await transport.listen();
      const [accepted, raw] = await Promise.all([listener.accept(), transport.dialRaw(listener)]);
      try {
        await run(raw, accepted!);
      } finally {
        for (const end of [accepted!, listener]) end.close();
        closeQuietly(raw);
      }
    });

  test("both ends count the bytes they send and receive", async ({ here, there, fromHere }) => {
    await here.write(lines("hello", "wörld"));
    await fromHere.next();
    assertEquals([here.sentBytes, here.receivedBytes, there.sentBytes, there.receivedBytes], [13, 0, 0, 13]);
  });

  test("frames arrive whole and in order in both directions", async ({ here, there, fromHere, fromThere }) => {
    await here.write(lines("one", "two"));
    await here.write(lines("three"));
    await there.write(lines("four"));
    assertEquals([await fromHere.next(), await fromHere.next(), await fromHere.next()], ["one", "two", "three"]);
    assertEquals(await fromThere.next(), "four");
  });

  test("a write larger than the system's buffers arrives whole", async ({ here, fromHere }) => {
    const texts = Array.from({ length: 256 }, (_, index) => `${index} `.padEnd(32_768, "x"));
    const written = here.write(lines(...texts)).then(() => here.end());
    const frames = await fromHere.rest();
    await written;
    assertEquals(frames.length, texts.length);
    assert(frames.every((frame, index) => frame === texts[index]));
  });

  test("a chunk may be reused once its write has resolved", async ({ here, fromHere }) => {
    const texts = ["one", "two".repeat(10_000)];
    for (const text of texts) {
      const chunk = lines(text);
      await here.write(chunk);
      chunk.fill(0);
    }
    assertEquals([await fromHere.next(), await fromHere.next()], texts);
  });

  test("many small writes arrive in order", async ({ here, fromHere }) => {
    const all = fromHere.rest();
    for (let n = 0; n < 2_000; n++) await here.write(lines(`${n}`));
    await here.end();
    assertEquals(await all, Array.from({ length: 2_000 }, (_, n) => `${n}`));
  });

  test("an end that has ended its half still reads until the other end does the same", async (ends) => {
    const { here, there, fromHere, fromThere } = ends;
    await here.write(lines("question"));
    await here.end();
    assertEquals(await fromHere.rest(), ["question"]);
    await there.write(lines("answer"));
    await there.end();
    assertEquals(await fromThere.rest(), ["answer"]);
  });

  test("ending a half twice, or after the other end has closed, does nothing", async ({ here, there, fromThere }) => {
    await here.end();
    await here.end();
    there.close();
    assertEquals(await fromThere.rest(), []);
    await here.end();
    here.close();
    await here.end();
  });

  test("a close ends the frames of both ends", async ({ here, fromHere, fromThere }) => {
    const both = Promise.all([fromHere.rest(), fromThere.rest()]);
    here.close();
    assertEquals(await both, [[], []]);
  });

  test("closing twice does nothing", ({ here, there }) => {
    for (const end of [here, here, there, there]) end.close();
    return Promise.resolve();
  });

  test("a write after close rejects", async ({ here }) => {
    here.close();
    await assertRejects(() => here.write(lines("late")));
  });

  test("writes to a closed peer eventually reject", async ({ here, there, fromThere }) => {
    there.close();
    await fromThere.rest();
    await assertRejects(async () => {
      for (let n = 0; n < 1_000; n++) await here.write(lines("x".repeat(65_536)));
    });
  });

  test("the first byte is known as soon as it arrives, before the line is complete", async ({ here, there, fromHere }) => {
    assertEquals([here.firstByte, there.firstByte], [undefined, undefined]);
    await here.write(lines("{}", "x"));
    assertEquals([await fromHere.next(), there.firstByte, here.firstByte], ["{}", 0x7b, undefined]);
    await fromHere.next();
    assertEquals(there.firstByte, 0x7b);
  });

  testRaw("a line that arrives byte by byte is one frame, and an incomplete last line is none", async (raw, there) => {
    const reader = new FrameReader(there);
    for (const byte of ENCODER.encode("hé\r\nhalf")) await raw.write(Uint8Array.of(byte));
    await raw.closeWrite();
    assertEquals(await reader.rest(), ["hé"]);
  });

  testRaw("a line of 10 MiB is one error, and later lines are read", async (raw, there) => {
    const reader = new FrameReader(there);
    const frames = reader.rest();
    const chunk = new Uint8Array(1_024 * 1_024).fill(0x78);
    for (let n = 0; n < 10; n++) for (let sent = 0; sent < chunk.length;) sent += await raw.write(chunk.subarray(sent));
    await raw.closeWrite();
    assertEquals(await frames, ["<line_too_long>"]);
  });

  testRaw("a reset in the middle of a line ends the frames without an error", async (raw, there) => {
    const reader = new FrameReader(there);
    await raw.write(lines("whole"));
    assertEquals(await reader.next(), "whole");
    // Closing a socket with unread data resets the connection.
    await there.write(lines("never read"));
    await raw.write(ENCODER.encode("half"));
    raw.close();
    assertEquals(await reader.rest(), []);
  });
}

function closeQuietly(conn: ByteStream): void {
  try {
    conn.close();
  } catch {
    // The test has already closed it.
  }
}
