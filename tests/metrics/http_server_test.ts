import { assertEquals } from "@std/assert";
import type { Frame } from "../../src/framing/frame.ts";
import { HttpServer } from "../../src/metrics/http_server.ts";
import {
  ACCEPT_PAUSE_MS,
  FIRST_LINE_TIMEOUT_MS,
  HTTP_ANSWER_TIMEOUT_MS,
  LINGER_MS,
  MAX_METRICS_CONNECTIONS,
} from "../../src/protocol/limits.ts";
import { DescriptorShortage } from "../../src/transports/connection.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import type { MemoryConnection } from "../helpers/memory_connection.ts";
import { MemoryListener } from "../helpers/memory_listener.ts";
import { inTime } from "../helpers/process_lines.ts";

const ENCODER = new TextEncoder();
const ANSWER = ENCODER.encode("answer");

/** A server with a clock of the test, and its requests. */
class Stage implements AsyncDisposable {
  readonly listener = new MemoryListener();
  readonly timers = new FakeTimers();
  readonly asked: Frame[] = [];
  readonly faults: unknown[] = [];
  readonly server: HttpServer;
  /** Called with each request. */
  onAsked: () => void = () => {};
  #failed = Promise.withResolvers<void>();

  constructor() {
    this.server = new HttpServer({
      listener: this.listener,
      answer: (first) => {
        this.asked.push(first);
        this.onAsked();
        return ANSWER;
      },
      acceptFailed: (error) => {
        this.faults.push(error);
        this.#failed.resolve();
      },
    });
  }

  /** Connects a reader that was accepted and sends this. */
  async dial(text: string): Promise<MemoryConnection> {
    const reader = this.listener.dial();
    await reader.write(ENCODER.encode(text));
    await this.listener.deserted();
    return reader;
  }

  /** Resolves when an accept has failed. */
  failed(): Promise<void> {
    return this.#failed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    assertEquals(this.timers.pending, 0);
    this.timers[Symbol.dispose]();
  }
}

/** Resolves when the response has arrived. */
function answered(reader: MemoryConnection): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  reader.tap = () => resolve();
  return promise;
}

/** Resolves when the server has closed the connection, or its half of it. */
async function ended(reader: MemoryConnection): Promise<void> {
  for await (const _ of reader.frames);
}

/** A reader that has read its response to the end. */
async function ask(stage: Stage): Promise<MemoryConnection> {
  const reader = stage.listener.dial();
  await reader.write(ENCODER.encode("GET / HTTP/1.0\r\n\r\n"));
  await ended(reader);
  assertEquals(reader.receivedBytes, ANSWER.length);
  return reader;
}

Deno.test("the first request of a connection is answered, and nothing after it", async () => {
  await using stage = new Stage();
  const reader = stage.listener.dial();
  const whole = answered(reader);
  await reader.write(ENCODER.encode("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n\r\n"));
  await whole;
  assertEquals(stage.asked, ["GET /a HTTP/1.1\nHost: x"]);
  reader.close();
});

Deno.test("a head that is not complete in time ends the connection, however often more bytes come", async () => {
  await using stage = new Stage();
  const [silent, slow] = [await stage.dial(""), await stage.dial("GET / HTTP/1.1\r\n")];
  stage.timers.advance(FIRST_LINE_TIMEOUT_MS - 1);
  await slow.write(ENCODER.encode("X: y\r\n"));
  assertEquals([silent.other.closed, slow.other.closed], [false, false]);
  stage.timers.advance(1);
  assertEquals([silent.other.closed, slow.other.closed], [true, true]);
  assertEquals(stage.asked, []);
});

Deno.test("a reader that does not read its response in time is closed", async () => {
  await using stage = new Stage();
  const reader = stage.listener.dial();
  const release = reader.other.stall();
  const request = Promise.withResolvers<void>();
  stage.onAsked = () => request.resolve();
  await reader.write(ENCODER.encode("GET / HTTP/1.0\r\n\r\n"));
  await request.promise;
  stage.timers.advance(HTTP_ANSWER_TIMEOUT_MS - 1);
  assertEquals(reader.other.closed, false);
  stage.timers.advance(1);
  assertEquals(reader.other.closed, true);
  release();
});

Deno.test("a reader that does not close after its response is closed a moment later", async () => {
  await using stage = new Stage();
  const reader = await ask(stage);
  stage.timers.advance(LINGER_MS - 1);
  assertEquals(reader.other.closed, false);
  stage.timers.advance(1);
  assertEquals(reader.other.closed, true);
});

Deno.test("beyond the limit only the oldest connection is closed for a new one", async () => {
  await using stage = new Stage();
  const readers: MemoryConnection[] = [];
  for (let n = 0; n < MAX_METRICS_CONNECTIONS; n++) readers.push(await stage.dial("GET "));
  assertEquals(readers.some(({ other }) => other.closed), false);
  await ask(stage);
  assertEquals(readers.map(({ other }) => other.closed), readers.map((_, index) => index === 0));
});

Deno.test("an answered reader that has closed makes room for the next", async () => {
  await using stage = new Stage();
  const first = await stage.dial("GET ");
  for (let n = 0; n < 3 * MAX_METRICS_CONNECTIONS; n++) (await ask(stage)).close();
  assertEquals(first.other.closed, false);
});

Deno.test("after any accept error, the server reports it and accepts again after a pause", async () => {
  for (const fault of [new DescriptorShortage("too many open files"), new TypeError("unheard of")]) {
    await using stage = new Stage();
    stage.listener.fail(fault);
    await stage.failed();
    const asking = ask(stage);
    stage.timers.advance(ACCEPT_PAUSE_MS - 1);
    assertEquals([stage.faults, stage.asked], [[fault], []]);
    stage.timers.advance(1);
    await asking;
    assertEquals(stage.asked.length, 1);
  }
});

Deno.test("a broken connection affects no other", async () => {
  await using stage = new Stage();
  const broken = await stage.dial("GET ");
  broken.other.break(new Error("reset"));
  await ask(stage);
  assertEquals(stage.faults, []);
});

Deno.test("closing ends connections in every state, also unaccepted ones", async () => {
  const stage = new Stage();
  const open = [await stage.dial(""), await stage.dial("GET / HTTP/1.1\r\n"), await ask(stage)];
  const late = stage.listener.dial();
  await stage[Symbol.asyncDispose]();
  await inTime(ended(late), () => "the end of the last connection");
  assertEquals([...open, late].map(({ other }) => other.closed), [true, true, true, true]);
  assertEquals(stage.listener.closed, true);
});
