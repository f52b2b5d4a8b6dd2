import { assert, assertEquals } from "@std/assert";
import type { MediaSocket } from "../../../src/client/calls/call_ports.ts";
import { CallVideo } from "../../../src/client/calls/call_video.ts";
import { MediaLink } from "../../../src/client/calls/media_link.ts";
import { openRawMediaSocket } from "../../../src/client/calls/raw_media_socket.ts";
import { ACCEPT_SUFFIX } from "../../../src/framing/websocket/websocket.ts";
import type { MediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import { MAX_MEDIA_QUEUED_BYTES, MAX_VIDEOS_PER_SECOND } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { clientFrame } from "../../helpers/websocket_frames.ts";
import { until } from "./party.ts";

const STATE: MediaFrame = { kind: "state", stream: 0, time: 0, camera: true, microphone: true };
const WELCOME = JSON.stringify({ type: "media", call: "c", stream: 0 });

/** A socket whose server the test is. */
class FakeSocket implements MediaSocket {
  readonly #inbox: (string | Uint8Array<ArrayBuffer>)[];
  #wake = Promise.withResolvers<void>();
  queuedBytes = 0;
  closed = false;

  constructor(...messages: string[]) {
    this.#inbox = messages;
  }

  get messages(): AsyncIterable<string | Uint8Array<ArrayBuffer>> {
    return this.#read();
  }

  send(message: string | Uint8Array): void {
    this.queuedBytes += message.length;
  }

  close(): void {
    this.closed = true;
    this.#wake.resolve();
  }

  async *#read() {
    while (!this.closed) {
      const message = this.#inbox.shift();
      if (message === undefined) await this.#wake.promise;
      else yield message;
    }
  }
}

function linked(...sockets: FakeSocket[]) {
  const clock = new FakeClock();
  const changes: boolean[] = [];
  let opened = 0;
  const open = () => Promise.resolve(sockets[opened++] ?? new FakeSocket());
  const link = new MediaLink({ call: "c", open, clock, changed: (isUp) => changes.push(isUp), received() {} }, "t");
  return { link, clock, changes };
}

Deno.test("a client gives up a connection whose server does not read, and connects again", async () => {
  const sockets = [new FakeSocket(WELCOME), new FakeSocket(WELCOME)];
  const { link, clock, changes } = linked(...sockets);
  await until(() => link.isUp, "the link is up");
  for (let sent = 0; sent < 2 * MAX_MEDIA_QUEUED_BYTES && !sockets[0]!.closed; sent++) link.send(STATE);
  assert(sockets[0]!.closed && sockets[0]!.queuedBytes < MAX_MEDIA_QUEUED_BYTES + 100);
  await until(() => changes.length === 2, "the link is down");
  clock.advance(1_000);
  await until(() => changes.length === 3, "the link is up again");
  assertEquals(changes, [true, false, true]);
  link.close();
  await until(() => clock.timers === 0, "all timers have ended");
});

Deno.test("a server that greets twice is left", async () => {
  const socket = new FakeSocket(WELCOME, WELCOME);
  const { link, changes } = linked(socket);
  await until(() => socket.closed, "the client leaves");
  await until(() => changes.length === 2, "the link is down");
  link.close();
});

Deno.test("pings of a server that does not read are answered only a while", async () => {
  const ping = clientFrame({ kind: "ping", payload: "x".repeat(100), masked: false });
  const pings = new Uint8Array(200 * ping.length);
  for (let nth = 0; nth < 200; nth++) pings.set(ping, nth * ping.length);
  const nonce = new Uint8Array(16).fill(7);
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(nonce.toBase64() + ACCEPT_SUFFIX));
  const head =
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${
      new Uint8Array(digest).toBase64()
    }\r\n\r\n`;
  const chunks = [new TextEncoder().encode(head), ...Array(100).fill(pings)];
  let writes = 0;
  const link = {
    read(buffer: Uint8Array) {
      const chunk = chunks.shift();
      if (chunk !== undefined) buffer.set(chunk);
      return Promise.resolve(chunk?.length ?? null);
    },
    // The request is taken, and nothing after it.
    write: () => ++writes === 1 ? Promise.resolve() : new Promise<void>(() => {}),
    close() {},
  };
  const socket = await openRawMediaSocket(
    () => Promise.resolve(link),
    (bytes) => bytes.fill(7),
    new AbortController().signal,
  );
  for await (const message of socket.messages) assert(false, `${message}`);
  assertEquals([chunks.length, socket.queuedBytes > 0], [0, true]);
  assert(socket.queuedBytes <= MAX_MEDIA_QUEUED_BYTES + 200, `${socket.queuedBytes} bytes wait`);
});

Deno.test("pictures that come faster than anybody can see are dropped before they are decoded", () => {
  let [now, shown, got] = [0, 0, 0];
  const link = { takesVideo: true, send: () => void got++ };
  const video = new CallVideo({
    ...{ camera: "none", link: () => link, time: () => now },
    ...{ picture: () => shown++, failed() {} },
  });
  const jpeg = Uint8Array.of(0xff, 0xd8);
  for (; now < 2_000; now += 2) {
    for (const stream of [1, 2]) video.received({ kind: "video", stream, time: now, width: 640, height: 360, jpeg });
  }
  assertEquals([shown, got], [2 * 2 * MAX_VIDEOS_PER_SECOND, 2_000]);
});
