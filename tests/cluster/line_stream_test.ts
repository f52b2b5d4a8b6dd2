import { assertEquals, assertRejects } from "@std/assert";
import { BodyReader } from "../../src/cluster/etcd/body_reader.ts";
import { LineStream, LineTooLong } from "../../src/cluster/etcd/line_stream.ts";

const NEVER = new AbortController().signal;

function linesOf(chunks: readonly Uint8Array<ArrayBuffer>[], maxBytes = 100): LineStream {
  return new LineStream(new BodyReader(ReadableStream.from(chunks), NEVER), maxBytes);
}

async function all(lines: LineStream): Promise<string[]> {
  const found: string[] = [];
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) found.push(line);
  return found;
}

Deno.test("lines come out the same wherever the bytes are cut", async () => {
  const bytes = new TextEncoder().encode('{"a":1}\n\né 👍\n\n\nlast\nrest');
  for (let cut = 0; cut <= bytes.length; cut++) {
    for (let other = cut; other <= bytes.length; other += 3) {
      const chunks = [bytes.slice(0, cut), bytes.slice(cut, other), bytes.slice(other)];
      assertEquals(await all(linesOf(chunks)), ['{"a":1}', "é 👍", "last"], `cut at ${cut} and ${other}`);
    }
  }
});

Deno.test("a line of the limit is taken, and a longer one refused before its end arrives", async () => {
  const line = (length: number) => new TextEncoder().encode(`${"x".repeat(length)}\n`);
  assertEquals((await all(linesOf([line(100), line(100)]))).length, 2);
  await assertRejects(() => all(linesOf([line(101)])), LineTooLong, "A line has more than 100 bytes");
  let chunks = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => (chunks++, controller.enqueue(new Uint8Array(30).fill(120))),
  }, { highWaterMark: 0 });
  const lines = new LineStream(new BodyReader(endless, NEVER), 100);
  await assertRejects(() => lines.next(), LineTooLong);
  assertEquals(chunks, 4);
  await lines.cancel();
});

Deno.test("a read of a body ends with the reason of the signal, also if the body never ends", async () => {
  let isCancelled = false;
  const silent = new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: () => void (isCancelled = true) });
  const end = new AbortController();
  const read = new BodyReader(silent, end.signal).read();
  end.abort(new TypeError("Enough"));
  await assertRejects(() => read, TypeError, "Enough");
  assertEquals(isCancelled, true);
  const late = new BodyReader(new ReadableStream<Uint8Array<ArrayBuffer>>(), end.signal);
  await assertRejects(() => late.read(), TypeError, "Enough");
});
