import { assertEquals } from "@std/assert";
import { Outbox, type Sink } from "../../../src/server/output/outbox.ts";
import { WRITE_JOIN_BYTES } from "../../../src/protocol/limits.ts";
import { MIN_OWN_BYTES } from "../../../src/server/output/chunks.ts";

/** A sink whose writes end when the test says so. */
class SlowSink implements Sink {
  readonly writes: Uint8Array[] = [];
  #current: PromiseWithResolvers<void> | undefined;

  write(chunk: Uint8Array): Promise<void> {
    if (this.#current !== undefined) throw new Error("Two writes at a time");
    this.writes.push(chunk);
    this.#current = Promise.withResolvers<void>();
    return this.#current.promise;
  }

  /** Ends the write in flight, and lets the outbox react. */
  async done(error?: Error): Promise<void> {
    const current = this.#current!;
    this.#current = undefined;
    if (error === undefined) current.resolve();
    else current.reject(error);
    await current.promise.catch(() => {});
    await Promise.resolve();
  }

  get texts(): string[] {
    return this.writes.map((chunk) => new TextDecoder().decode(chunk));
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fill(outbox: Outbox, ...texts: string[]): boolean[] {
  return texts.map((text) => outbox.push(bytes(text)));
}

Deno.test("nothing is written before a flush", () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  fill(outbox, "a", "b");
  assertEquals([sink.texts, outbox.queuedBytes], [[], 2]);
  outbox.flush();
  assertEquals([sink.texts, outbox.queuedBytes], [["ab"], 0]);
});

Deno.test("one write is in flight at a time, and chunks queued meanwhile go out as one", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  for (const text of ["a", "b", "c"]) {
    fill(outbox, text);
    outbox.flush();
  }
  assertEquals(sink.texts, ["a"]);
  await sink.done();
  assertEquals(sink.texts, ["a", "bc"]);
  fill(outbox, "d");
  await sink.done();
  assertEquals(sink.texts, ["a", "bc", "d"]);
  await sink.done();
  assertEquals(outbox.queuedBytes, 0);
});

Deno.test("a single chunk is written without a copy, since it is shared", () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const chunk = bytes("shared");
  outbox.push(chunk);
  outbox.flush();
  assertEquals(sink.writes[0] === chunk, true);
});

Deno.test("chunks are joined up to WRITE_JOIN_BYTES, in order, and a larger one goes alone", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const sizes = [WRITE_JOIN_BYTES - 1, 1, 1, WRITE_JOIN_BYTES + 1, 5, 6];
  sizes.forEach((size, index) => outbox.push(new Uint8Array(size).fill(index)));
  outbox.flush();
  for (let n = 0; n < 3; n++) await sink.done();
  assertEquals(sink.writes.map((chunk) => chunk.length), [WRITE_JOIN_BYTES, 1, WRITE_JOIN_BYTES + 1, 11]);
  assertEquals([...sink.writes[3]!], [4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5]);
});

Deno.test("joined chunks are not modified", () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const [one, two] = [bytes("one"), bytes("two")];
  outbox.push(one);
  outbox.push(two);
  outbox.flush();
  sink.writes[0]!.fill(0);
  assertEquals([one, two], [bytes("one"), bytes("two")]);
});

Deno.test("a chunk that would exceed the limit is not queued", () => {
  const outbox = new Outbox(new SlowSink(), 5);
  assertEquals(fill(outbox, "abc", "de", "f"), [true, true, false]);
  assertEquals(outbox.queuedBytes, 5);
  outbox.clear();
  assertEquals(fill(outbox, "abcde"), [true]);
});

Deno.test("an empty outbox takes a chunk of any length, and no more until it is being written", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink, 5);
  assertEquals(fill(outbox, "longer than the limit", "x"), [true, false]);
  assertEquals(outbox.queuedBytes, 21);
  outbox.flush();
  assertEquals(fill(outbox, "longer as well", "x"), [true, false]);
  await sink.done();
  await sink.done();
  assertEquals(sink.texts, ["longer than the limit", "longer as well"]);
  assertEquals(fill(outbox, "ab", "cde", "f"), [true, true, false]);
});

Deno.test("a chunk longer than the limit is refused after a shorter one", () => {
  const outbox = new Outbox(new SlowSink(), 5);
  assertEquals(fill(outbox, "a", "longer than the limit", "bcde"), [true, false, true]);
});

Deno.test("the chunk in flight does not count towards the limit, since the system has it", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink, 5);
  fill(outbox, "abcde");
  outbox.flush();
  assertEquals(fill(outbox, "fghij", "k"), [true, false]);
  await sink.done();
  assertEquals(sink.texts, ["abcde", "fghij"]);
});

Deno.test("clearing drops queued chunks, and the write in flight continues", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  fill(outbox, "a");
  outbox.flush();
  fill(outbox, "b");
  outbox.clear();
  fill(outbox, "c");
  await sink.done();
  assertEquals(sink.texts, ["a", "c"]);
});

Deno.test("after a failed write the outbox is empty, and takes and writes nothing more", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink, 5);
  fill(outbox, "a");
  outbox.flush();
  fill(outbox, "b");
  await sink.done(new Error("broken pipe"));
  assertEquals(outbox.queuedBytes, 0);
  assertEquals(fill(outbox, "c", "more than fits"), [true, true]);
  outbox.flush();
  assertEquals([sink.texts, outbox.queuedBytes], [["a"], 0]);
  await outbox.idle();
});

Deno.test("an outbox is idle when nothing is queued and nothing is in flight", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  await outbox.idle();
  fill(outbox, "a");
  let idle = false;
  const waiting = outbox.idle().then(() => void (idle = true));
  outbox.flush();
  fill(outbox, "b");
  await sink.done();
  assertEquals(idle, false);
  await sink.done();
  await waiting;
  await outbox.idle();
});

Deno.test("an outbox whose write fails is idle", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  fill(outbox, "a");
  outbox.flush();
  const waiting = outbox.idle();
  await sink.done(new Error("broken pipe"));
  await waiting;
});

Deno.test("a stopped outbox is idle at once, even during a write, and takes nothing more", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink, 5);
  fill(outbox, "a");
  outbox.flush();
  fill(outbox, "b");
  const waiting = outbox.idle();
  outbox.stop();
  await waiting;
  await outbox.idle();
  assertEquals(fill(outbox, "c", "more than fits"), [true, true]);
  await sink.done();
  outbox.flush();
  assertEquals([sink.texts, outbox.queuedBytes], [["a"], 0]);
});

Deno.test("an outbox can be idle, busy and idle again", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  for (let round = 0; round < 2; round++) {
    fill(outbox, "a");
    outbox.flush();
    let idle = false;
    const waiting = outbox.idle().then(() => void (idle = true));
    await Promise.resolve();
    assertEquals(idle, false, `round ${round}`);
    await sink.done();
    await waiting;
  }
});

Deno.test("flushing an empty outbox writes nothing", () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  outbox.flush();
  assertEquals(sink.writes, []);
});

Deno.test("an outbox is stuck if chunks are queued and no write ended for a whole round of checks", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const check = (): boolean => {
    outbox.checkProgress();
    return outbox.stuck;
  };
  assertEquals(check(), false);
  fill(outbox, "a");
  outbox.flush();
  assertEquals(check(), false, "nothing is queued after the write in flight");
  fill(outbox, "b");
  assertEquals(check(), true);
  await sink.done();
  assertEquals(outbox.stuck, false, "a write has ended");
  fill(outbox, "c");
  assertEquals([check(), check()], [false, true]);
});

function longBytes(fill: number): Uint8Array {
  return new Uint8Array(MIN_OWN_BYTES).fill(fill);
}

function isGivenBack(chunk: Uint8Array): boolean {
  return (chunk.buffer as ArrayBuffer).detached;
}

Deno.test("the memory of an own chunk is freed once it is written, and not before", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const [own, shared, next] = [longBytes(1), longBytes(2), longBytes(3)];
  outbox.pushOwn(own);
  outbox.flush();
  outbox.push(shared);
  assertEquals(isGivenBack(own), false);
  await sink.done();
  assertEquals([own, shared].map(isGivenBack), [true, false]);
  outbox.pushOwn(next);
  await sink.done();
  await sink.done();
  assertEquals([shared, next].map(isGivenBack), [false, true]);
});

Deno.test("a joined own chunk is freed at once, and the joined chunk when it is written", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const [shared, own] = [longBytes(1), longBytes(2)];
  outbox.push(shared);
  outbox.pushOwn(own);
  outbox.flush();
  const joined = sink.writes[0]!;
  assertEquals([joined[0], joined.at(-1), joined.length], [1, 2, 2 * MIN_OWN_BYTES]);
  assertEquals([shared, own, joined].map(isGivenBack), [false, true, false]);
  await sink.done();
  assertEquals([shared, joined].map(isGivenBack), [false, true]);
});

Deno.test("shared chunks are never freed, nor chunks joined from them", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const own = longBytes(0);
  outbox.pushOwn(own);
  outbox.flush();
  outbox.push(longBytes(1));
  outbox.push(longBytes(2));
  await sink.done();
  await sink.done();
  assertEquals([isGivenBack(own), sink.writes.slice(1).map(isGivenBack)], [true, [false]]);
});

Deno.test("dropped chunks are freed, and the chunk in flight when its write ends or fails", async () => {
  for (const error of [undefined, new Error("broken pipe")]) {
    const sink = new SlowSink();
    const outbox = new Outbox(sink);
    const [inFlight, waiting, late] = [longBytes(1), longBytes(2), longBytes(3)];
    outbox.pushOwn(inFlight);
    outbox.flush();
    outbox.pushOwn(waiting);
    outbox.stop();
    outbox.pushOwn(late);
    assertEquals([inFlight, waiting, late].map(isGivenBack), [false, true, true]);
    await sink.done(error);
    assertEquals(isGivenBack(inFlight), true);
  }
});

Deno.test("an own chunk too long to join is freed when it is written, and the chunks before it are not", async () => {
  const sink = new SlowSink();
  const outbox = new Outbox(sink);
  const own = new Uint8Array(WRITE_JOIN_BYTES);
  for (const chunk of [longBytes(1), longBytes(2)]) outbox.push(chunk);
  outbox.pushOwn(own);
  outbox.push(longBytes(3));
  outbox.flush();
  await sink.done();
  assertEquals(sink.writes.map(isGivenBack), [false, false]);
  assertEquals(sink.writes[1] === own, true);
  await sink.done();
  assertEquals(sink.writes.map(isGivenBack), [false, true, false]);
});
