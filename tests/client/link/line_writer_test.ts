import { assertEquals } from "@std/assert";
import { LineWriter } from "../../../src/client/link/line_writer.ts";
import { WRITE_JOIN_BYTES } from "../../../src/protocol/limits.ts";
import type { Connection } from "../../../src/transports/connection.ts";

/** Records each chunk and lets the test finish each write. */
class Sink {
  readonly chunks: string[] = [];
  readonly writes: PromiseWithResolvers<void>[] = [];
  #wake = Promise.withResolvers<void>();

  write(chunk: Uint8Array): Promise<void> {
    this.chunks.push(new TextDecoder().decode(chunk));
    const write = Promise.withResolvers<void>();
    this.writes.push(write);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    return write.promise;
  }

  async untilChunks(count: number): Promise<void> {
    while (this.chunks.length < count) await this.#wake.promise;
  }
}

function setUp(): { sink: Sink; writer: LineWriter; faults: unknown[] } {
  const sink = new Sink();
  const faults: unknown[] = [];
  const writer = new LineWriter(sink as unknown as Connection, (error) => faults.push(error));
  return { sink, writer, faults };
}

Deno.test("lines of one turn are written as one chunk, and so are lines queued during a write", async () => {
  const { sink, writer } = setUp();
  writer.write("a\n");
  writer.write("b\n");
  await sink.untilChunks(1);
  writer.write("c\n");
  writer.write("d\n");
  assertEquals(sink.chunks, ["a\nb\n"]);
  sink.writes[0]!.resolve();
  await sink.untilChunks(2);
  assertEquals(sink.chunks, ["a\nb\n", "c\nd\n"]);
});

Deno.test("a long queue is written in chunks of limited size", async () => {
  const { sink, writer } = setUp();
  const line = "x".repeat(WRITE_JOIN_BYTES / 2) + "\n";
  for (let count = 0; count < 5; count++) writer.write(line);
  await sink.untilChunks(1);
  assertEquals(sink.chunks[0]!.length, 2 * line.length);
  assertEquals(writer.queuedChars, 3 * line.length);
});

Deno.test("a failed write is reported once, and nothing is written after it", async () => {
  const { sink, writer, faults } = setUp();
  writer.write("a\n");
  await sink.untilChunks(1);
  writer.write("b\n");
  const told = new Error("Broken pipe");
  sink.writes[0]!.reject(told);
  await sink.writes[0]!.promise.catch(() => {});
  await Promise.resolve();
  writer.write("c\n");
  assertEquals(faults, [told]);
  assertEquals(sink.chunks.length, 1);
});

Deno.test("a write that fails after the stop is ignored", async () => {
  const { sink, writer, faults } = setUp();
  writer.write("a\n");
  await sink.untilChunks(1);
  writer.stop();
  sink.writes[0]!.reject(new Error("Broken pipe"));
  await sink.writes[0]!.promise.catch(() => {});
  await Promise.resolve();
  assertEquals(faults, []);
});
