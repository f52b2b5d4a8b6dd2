import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Frame } from "../../../src/framing/frame.ts";
import { clientMessage } from "../../../src/framing/websocket/client_socket.ts";
import { binaryMessage, closeMessage, TEXT, textMessage } from "../../../src/framing/websocket/websocket.ts";
import { WebSocketDecoder } from "../../../src/framing/websocket/websocket_decoder.ts";
import { MAX_CONTROL_BYTES, MAX_LINE_BYTES } from "../../../src/protocol/limits.ts";
import { clientFrame, type FrameParts } from "../../helpers/websocket_frames.ts";

const MAX = 200;

function shown(frame: Frame): string {
  if (typeof frame === "string") return frame;
  if ("code" in frame) return `<${frame.code}>`;
  if ("source" in frame) return "<proxied>";
  const bytes = "payload" in frame ? frame.payload : frame.bytes;
  return `<${frame.type} ${String.fromCharCode(...bytes)}>`;
}

function decode(chunks: readonly Uint8Array[], maxBytes = MAX): string[] {
  const decoder = new WebSocketDecoder(maxBytes);
  return chunks.flatMap((chunk) => decoder.push(chunk)).map(shown);
}

function framesOf(...parts: readonly FrameParts[]): string[] {
  return decode(parts.map(clientFrame));
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}

function bytewise(chunks: readonly Uint8Array[]): Uint8Array[] {
  return Array.from(joined(chunks), (byte) => Uint8Array.of(byte));
}

Deno.test("a text message is one frame with any content and any length up to the limit", () => {
  for (const text of ["", "x", '{"a":\n"b\r\n"}', "hé😀\ufeff", "x".repeat(125), "x".repeat(126), "x".repeat(MAX)]) {
    assertEquals(framesOf({ payload: text }), [text]);
    assertEquals(decode(bytewise([clientFrame({ payload: text })])), [text]);
  }
  const longest = "y".repeat(MAX_LINE_BYTES);
  assertEquals(decode([clientFrame({ payload: longest })], MAX_LINE_BYTES), [longest]);
});

Deno.test("fragments are one frame, and control frames may come between them", () => {
  assertEquals(
    framesOf(
      { payload: "one, ", fin: false },
      { kind: "ping", payload: "now" },
      { kind: "continuation", payload: "", fin: false },
      { kind: "pong", payload: "unasked" },
      { kind: "continuation", payload: "two" },
      { payload: "three" },
    ),
    ["<ping now>", "one, two", "three"],
  );
});

Deno.test("binary messages are frames of their own type, whole or in fragments, whatever their bytes", () => {
  const chunks = [
    { kind: "binary" as const, payload: Uint8Array.of(0xff, 0x00) },
    { payload: "text" },
    { kind: "binary" as const, payload: "one, ", fin: false },
    { kind: "ping" as const, payload: "now" },
    { kind: "continuation" as const, payload: "two" },
    { kind: "binary" as const },
    { kind: "binary" as const, payload: "x".repeat(MAX) },
  ].map(clientFrame);
  const expected = ["<binary \xff\0>", "text", "<ping now>", "<binary one, two>", "<binary >"];
  expected.push(`<binary ${"x".repeat(MAX)}>`);
  assertEquals(decode(chunks), expected);
  assertEquals(decode([joined(chunks)]), expected);
  assertEquals(decode(bytewise(chunks)), expected);
});

Deno.test("a character may be split between fragments, but not between messages", () => {
  const [first, second] = [Uint8Array.of(0xe2, 0x82), Uint8Array.of(0xac)];
  assertEquals(framesOf({ payload: first, fin: false }, { kind: "continuation", payload: second }), ["€"]);
  assertEquals(framesOf({ payload: first }, { payload: second }), ["<bad_utf8>"]);
});

Deno.test("nothing is read after a close, which may give a reason", () => {
  assertEquals(framesOf({ kind: "close" }, { payload: "late" }), ["<close >"]);
  assertEquals(framesOf({ kind: "close", payload: "\u0003\u0000bye" }, { kind: "ping" }), ["<close \u0003\u0000bye>"]);
});

const FAULTS: readonly { what: string; parts: readonly FrameParts[]; code?: string }[] = [
  { what: "a frame that is not masked", parts: [{ payload: "x", masked: false }] },
  { what: "a bit of an extension", parts: [{ payload: "x", reserved: 4 }] },
  { what: "another bit of an extension", parts: [{ payload: "x", reserved: 1 }] },
  { what: "an unknown kind of message", parts: [{ kind: 3, payload: "x" }] },
  { what: "an unknown kind of control frame", parts: [{ kind: 11 }] },
  { what: "a continuation of nothing", parts: [{ kind: "continuation", payload: "x" }] },
  { what: "a message within a message", parts: [{ payload: "x", fin: false }, { payload: "y" }] },
  { what: "a fragment of a ping", parts: [{ kind: "ping", fin: false }] },
  { what: "a ping that is too long", parts: [{ kind: "ping", payload: "x".repeat(MAX_CONTROL_BYTES + 1) }] },
  { what: "half a close code", parts: [{ kind: "close", payload: "x" }] },
  { what: "a binary message within a text", parts: [{ payload: "x", fin: false }, { kind: "binary", payload: "y" }] },
  {
    what: "a binary message that is too long",
    parts: [{ kind: "binary", payload: "x".repeat(MAX + 1) }],
    code: "line_too_long",
  },
  { what: "bytes that are no UTF-8", parts: [{ payload: Uint8Array.of(0xff) }], code: "bad_utf8" },
  { what: "a surrogate in UTF-8", parts: [{ payload: Uint8Array.of(0xed, 0xa0, 0x80) }], code: "bad_utf8" },
  { what: "a message that is too long", parts: [{ payload: "x".repeat(MAX + 1) }], code: "line_too_long" },
  {
    what: "fragments that are too long together",
    parts: [{ payload: "x".repeat(MAX), fin: false }, { kind: "continuation", payload: "x" }],
    code: "line_too_long",
  },
  { what: "a length beyond all numbers", parts: [{ length: 2n ** 64n - 1n }], code: "line_too_long" },
];

for (const { what, parts, code = "bad_frame" } of FAULTS) {
  Deno.test(`${what} is an error that ends reading`, () => {
    const chunks = [{ payload: "before" }, ...parts, { payload: "behind" }, { kind: "ping" as const }].map(clientFrame);
    // Each error is in the last frame; earlier frames stay.
    assertEquals(decode(chunks), ["before", `<${code}>`]);
    assertEquals(decode([joined(chunks)]), ["before", `<${code}>`]);
    assertEquals(decode(bytewise(chunks)), ["before", `<${code}>`]);
  });
}

Deno.test("an announced length allocates no memory before its bytes arrive, and a too long one is refused at once", () => {
  assertEquals(decode([clientFrame({ length: BigInt(MAX_LINE_BYTES) }).subarray(0, 8)], MAX_LINE_BYTES), []);
  assertEquals(decode([clientFrame({ length: BigInt(MAX_LINE_BYTES + 1) })], MAX_LINE_BYTES), ["<line_too_long>"]);
});

Deno.test("messages do not depend on how frames are split, fragmented and masked", () => {
  const part = fc.tuple(fc.string({ unit: "grapheme", maxLength: 40 }), fc.nat(3), fc.boolean());
  const mask = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  fc.assert(fc.property(fc.array(part, { maxLength: 6 }), mask, fc.array(fc.nat(1_000)), (parts, mask, cuts) => {
    const chunks = parts.flatMap(([text, pieces, pinged]) => fragments(text, pieces, pinged, mask));
    const bytes = joined(chunks);
    const expected = parts.flatMap(([text, , pinged]) => pinged ? ["<ping !>", text] : [text]);
    assertEquals(decode(cutAt(bytes, cuts), MAX_LINE_BYTES), expected);
    assertEquals(decode(bytewise(chunks), MAX_LINE_BYTES), expected);
  }));
});

function fragments(
  text: string,
  pieces: number,
  pinged: boolean,
  mask: readonly [number, number, number, number],
): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const size = Math.ceil(bytes.length / (pieces + 1));
  const frames = Array.from({ length: pieces + 1 }, (_, index) =>
    clientFrame({
      kind: index === 0 ? "text" : "continuation",
      fin: index === pieces,
      payload: bytes.subarray(index * size, index === pieces ? undefined : (index + 1) * size),
      mask,
    }));
  const ping = clientFrame({ kind: "ping", payload: "!", mask });
  // Between two fragments, if there are any.
  return pinged ? [...frames.slice(0, pieces), ping, ...frames.slice(pieces)] : frames;
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
}

Deno.test("no part of a chunk is kept, since its buffer is reused", () => {
  const decoder = new WebSocketDecoder();
  const chunk = clientFrame({ payload: "first half, ", fin: false });
  assertEquals(decoder.push(chunk), []);
  chunk.fill(0);
  assertEquals(decoder.push(clientFrame({ kind: "continuation", payload: "second" })), ["first half, second"]);
  const ping = clientFrame({ kind: "ping", payload: "kept" });
  const [frame] = decoder.push(ping);
  ping.fill(0);
  assert(frame !== undefined);
  assertEquals(shown(frame), "<ping kept>");
});

Deno.test("a client's messages and a server's are read by the other side, and refused by their own", () => {
  for (const length of [0, 1, 125, 126, 65_536]) {
    const part = new Uint8Array(length).fill(97);
    const mask = Uint8Array.of(1, 2, 3, 4);
    const [fromClient, fromServer] = [clientMessage(TEXT, part, mask), textMessage("a".repeat(length))];
    const read = (chunk: Uint8Array, sender: "client" | "server") =>
      new WebSocketDecoder(70_000, sender).push(chunk).map(shown);
    assertEquals(read(fromClient, "client"), ["a".repeat(length)]);
    assertEquals(read(fromServer, "server"), ["a".repeat(length)]);
    assertEquals(read(fromClient, "server"), ["<bad_frame>"]);
    assertEquals(read(fromServer, "client"), ["<bad_frame>"]);
  }
});

Deno.test("a server's frames are the same, wherever they are split", () => {
  const chunk = joined([textMessage("one"), binaryMessage(Uint8Array.of(1, 2)), closeMessage(1008, "why")]);
  const decoder = new WebSocketDecoder(MAX, "server");
  const frames = bytewise([chunk]).flatMap((byte) => decoder.push(byte)).map(shown);
  assertEquals(frames, ["one", "<binary \x01\x02>", "<close \x03\xf0why>"]);
});
