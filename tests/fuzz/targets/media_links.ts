import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers";
import type { MediaSocket } from "../../../src/client/calls/call_ports.ts";
import { MediaLink } from "../../../src/client/calls/media_link.ts";
import { openRawMediaSocket } from "../../../src/client/calls/raw_media_socket.ts";
import { ACCEPT_SUFFIX } from "../../../src/framing/websocket/websocket.ts";
import { WebSocketDecoder } from "../../../src/framing/websocket/websocket_decoder.ts";
import { decodeMediaFrame, encodeMediaFrame, type MediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import { MAX_LINE_BYTES, MAX_MEDIA_QUEUED_BYTES } from "../../../src/protocol/limits.ts";
import { AcceptedConnection } from "../../../src/server/connection/accepted_connection.ts";
import { CallRelay } from "../../../src/server/calls/call_relay.ts";
import { MediaConnection } from "../../../src/server/calls/media_connection.ts";
import { MediaCounts } from "../../../src/server/monitor/statistics.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { Random } from "../../helpers/random.ts";
import { clientFrame, type OPCODES } from "../../helpers/websocket_frames.ts";
import { hash, pure, type Target, toBytes } from "../target.ts";
import { cutAnywhere, few } from "./checks.ts";
import { FuzzedConnection } from "./fuzzed_connection.ts";
import { SAMPLE_FRAMES } from "./media_frames.ts";

const FRAMES = SAMPLE_FRAMES.map((frame) => String.fromCharCode(...encodeMediaFrame(frame)).replaceAll("\n", "\0"));
const HELLO = 't{"type":"media","call":"c","token":"TOKEN"}';
const MAX_MESSAGES = 60;
const NONE = new Uint8Array(0);

export const MEDIA_SERVER: Target = {
  name: "media-server",
  gateInputs: 1_500,
  bytes: true,
  words: [`${HELLO}\n`, ...FRAMES.map((frame) => `\nb${frame}\n`), "\np\n", "\nc\x03\xe8\n", "\nr\x89\x80\0\0\0\0\n"],
  arbitrary: fc.array(fc.constantFrom("p", ...FRAMES.map((frame) => `b${frame}`)), { maxLength: 12 })
    .map((messages) => [HELLO, ...messages].join("\n")),
  open: pure(runServer),
};

/**
 * A media connection of a server gets a message a line: text, binary, a ping, a close, or raw bytes. It goes on or ends, what the other
 * member gets are whole frames of this one, and the other's connection stays. The token is shown first, unless the input begins with text.
 */
async function runServer(input: string): Promise<string> {
  const relay = new CallRelay();
  const seat = { call: "c", memberId: "ada", stream: 2 };
  const token = relay.admit(seat);
  const here = openMedia(relay);
  const there = openMedia(relay);
  const hello = { type: "media", call: "c", token: relay.admit({ call: "c", memberId: "bob", stream: 1 }) };
  void there.media.receive([JSON.stringify(hello)]);
  const text = input.startsWith("t") ? input : `${HELLO}\n${input}`;
  const bytes = text.split("\n", MAX_MESSAGES).map((line) => wireOf(line.replace("TOKEN", token)));
  const decoder = new WebSocketDecoder();
  for (const chunk of cutAnywhere(joined(bytes), new Random(hash(input)))) {
    const frames = decoder.push(chunk);
    if (frames.length > 0) void here.media.receive(frames);
  }
  for (const { connection } of [here, there]) await connection.outbox.idle();
  const listening = here.connection.listening;
  const [own, passed] = [here.sent(), there.sent()];
  assert(there.connection.listening, "The other member is cut off");
  for (const frame of passed) assertEquals(frame.stream, 2);
  for (const { connection } of [here, there]) connection.abort();
  return `${few(own.length)} answers, ${few(passed.length)} passed on, ${listening ? "goes on" : "ends"}`;
}

function openMedia(relay: CallRelay) {
  const chunks: Uint8Array[] = [];
  const link = new FuzzedConnection([]);
  link.write = (chunk) => {
    chunks.push(chunk.slice());
    return Promise.resolve();
  };
  const connection = new AcceptedConnection(link, { statistics: { reject() {} }, scheduleFlush() {} }, 0);
  const media = new MediaConnection(connection, {
    ...{ relay, counts: new MediaCounts(), monotonic: () => 0, entered() {} },
  });
  connection.owner = media;
  return { connection, media, sent: () => framesOf(joined(chunks)) };
}

function wireOf(line: string): Uint8Array {
  const payload = toBytes(line.slice(1));
  switch (line[0]) {
    case "t":
      return clientFrame({ kind: "text", payload });
    case "b":
      return clientFrame({ kind: "binary", payload });
    case "p":
      return clientFrame({ kind: "ping", payload: payload.subarray(0, 125) });
    case "c":
      return clientFrame({ kind: "close", payload: payload.subarray(0, 125) });
    default:
      return payload;
  }
}

/** The frames among what the server has sent, all of which must be valid. */
function framesOf(bytes: Uint8Array): MediaFrame[] {
  const frames = new WebSocketDecoder(MAX_LINE_BYTES, "server").push(bytes);
  return frames.flatMap((frame) => {
    if (typeof frame === "string") return [];
    assert("type" in frame, String(frame));
    return frame.type === "binary" ? [decodeMediaFrame(frame.bytes)] : [];
  });
}

const NONCE = new Uint8Array(16).fill(7);
// Not by an `await` here: a worker that is still loading would lose the message of its first task.
const ACCEPT = createHash("sha1").update(NONCE.toBase64() + ACCEPT_SUFFIX).digest("base64");
const HEAD = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  `Sec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`;
const WELCOME = serverFrame("text", '{"type":"media","call":"c","stream":0}');
const FROM_SERVER = [
  ...FRAMES.map((frame) => serverFrame("binary", frame)),
  serverFrame("ping", "x"),
  serverFrame("close", "\x03\xf0bye"),
  serverFrame("text", "{}"),
];

export const MEDIA_CLIENT: Target = {
  name: "media-client",
  gateInputs: 500,
  bytes: true,
  words: [
    HEAD,
    HEAD + WELCOME,
    WELCOME,
    ...FROM_SERVER,
    "HTTP/1.1 503 Service Unavailable\r\n\r\n",
    "\x82\x7e\xc0\x0b",
  ],
  arbitrary: fc.array(fc.constantFrom(...FROM_SERVER), { maxLength: 10 })
    .map((frames) => HEAD + WELCOME + frames.join("")),
  open: pure(runClient),
};

function serverFrame(kind: keyof typeof OPCODES, payload: string): string {
  return String.fromCharCode(...clientFrame({ kind, payload: toBytes(payload), masked: false }));
}

/** A client gets these bytes from the server of a call: it takes whole frames, ends the link, and nothing is left over. Without a head, the server has greeted. */
async function runClient(input: string): Promise<string> {
  const { link, closed, written } = answering(toBytes(input.startsWith("H") ? input : HEAD + WELCOME + input));
  const clock = new FakeClock();
  let opened = 0;
  const open = (signal: AbortSignal): Promise<MediaSocket> =>
    ++opened === 1
      ? openRawMediaSocket(() => Promise.resolve(link), (bytes) => bytes.fill(7), signal)
      : refused(signal);
  const received: MediaFrame[] = [];
  const changes: boolean[] = [];
  const media = new MediaLink({
    ...{ call: "c", open, clock },
    changed: (isUp) => changes.push(isUp),
    received: (frame) => {
      received.push(frame);
      // As the views do.
      if (frame.kind === "video") media.send({ kind: "got", stream: frame.stream, time: frame.time, of: "video" });
    },
  }, "t");
  await closed;
  await turn();
  media.close();
  await turn();
  assertEquals([clock.timers, media.isUp], [0, false]);
  assert(changes.length <= 2 && written() <= 2 * input.length + 1_000 + MAX_MEDIA_QUEUED_BYTES);
  for (const frame of received) encodeMediaFrame(frame);
  return `${changes.length > 0 ? "up" : "never up"}, ${few(received.length)} frames`;
}

async function turn(): Promise<void> {
  for (let nth = 0; nth < 3; nth++) await new Promise((resolve) => setImmediate(resolve));
}

function refused(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true })
  );
}

/** A server that gives this answer in pieces, and ends. */
function answering(answer: Uint8Array) {
  const pieces = cutAnywhere(answer, new Random(hash(String(answer.length)))).map((piece) => piece.subarray(0, 30_000));
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const link = {
    read(buffer: Uint8Array): Promise<number | null> {
      const piece = pieces.shift() ?? NONE;
      buffer.set(piece);
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
    write(chunk: Uint8Array): Promise<void> {
      bytes += chunk.length;
      return Promise.resolve();
    },
    close: resolve,
  };
  return { link, closed, written: () => bytes };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
