import { assert, assertEquals } from "@std/assert";
import type { BodyPart, Frame } from "../../src/framing/frame.ts";
import { FrameDecoder } from "../../src/framing/frame_decoder.ts";
import { MAX_HTTP_HEAD_BYTES, MAX_LINE_BYTES } from "../../src/protocol/limits.ts";
import { clientFrame } from "../helpers/websocket_frames.ts";

const ENCODER = new TextEncoder();
const UPGRADE = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n";

/** Returns all frames of the chunks, with the parts of a body joined. */
function decode(chunks: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  for (const frame of chunks.flatMap((chunk) => decoder.push(chunk))) {
    const last = frames.at(-1);
    if (isBody(frame) && isBody(last) && last.last !== true) {
      frames.splice(-1, 1, { ...frame, bytes: Uint8Array.from([...last.bytes, ...frame.bytes]) });
    } else frames.push(frame);
  }
  return frames;
}

function isBody(frame: Frame | undefined): frame is BodyPart {
  return typeof frame === "object" && "type" in frame && frame.type === "body";
}

function bodyOf(...bytes: readonly number[]): BodyPart {
  return { type: "body", bytes: Uint8Array.from(bytes) };
}

/** A body frame with this text. */
function textBody(text: string): BodyPart {
  return bodyOf(...ENCODER.encode(text));
}

/** Returns the frames of these bytes, after checking that they do not depend on where the bytes are split. */
function decodeAnyhow(bytes: Uint8Array): Frame[] {
  const whole = decode([bytes]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    assertEquals(decode([bytes.subarray(0, cut), bytes.subarray(cut)]), whole, `cut at ${cut}`);
  }
  assertEquals(decode(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  return whole;
}

function textFrames(text: string): Frame[] {
  return decodeAnyhow(ENCODER.encode(text));
}

Deno.test("each line is a frame, also a request after the first line", () => {
  assertEquals(textFrames('{"a":1}\r\nGET / HTTP/1.1\r\n\r\nrest'), ['{"a":1}', "GET / HTTP/1.1", ""]);
  assertEquals(textFrames("ada\n\nGET / HTTP/1.1\n"), ["ada", "", "GET / HTTP/1.1"]);
});

Deno.test("blank lines and blanks before the first line are skipped in each dialect", () => {
  for (const blanks of ["\n", "\r\n\r\n", " \t\v\f\r\n \r\n  "]) {
    assertEquals(textFrames(blanks), []);
    for (const line of ["ada", '{"a":1}']) assertEquals(textFrames(`${blanks}${line}\n\nx\n`), [line, "", "x"]);
    assertEquals(textFrames(`${blanks}X1 / HTTP/3\r\nHost: a\r\n\r\nada\n`), [
      "X1 / HTTP/3\nHost: a",
      textBody("ada\n"),
    ]);
  }
  assertEquals(decode([ENCODER.encode("\r\n".repeat(MAX_LINE_BYTES)), ENCODER.encode("ada\n")]), ["ada"]);
});

Deno.test("the first byte is the first non-blank byte", () => {
  const decoder = new FrameDecoder();
  const seen = [" \r\n", "\n\t", "{", "x"].map((text) => {
    decoder.push(ENCODER.encode(text));
    return decoder.firstByte;
  });
  assertEquals(seen, [undefined, undefined, 0x7b, 0x7b]);
});

/** Returns the frames of these Latin-1 bytes, with errors as their codes. */
function shownFrames(bytes: string): unknown[] {
  const frames = decodeAnyhow(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  return frames.map((frame) => typeof frame === "object" && "code" in frame ? `<${frame.code}>` : frame);
}

Deno.test("telnet's commands are stripped from plain text, and are invalid UTF-8 in JSON, at any place", () => {
  assertEquals(shownFrames("\xff\xfd\x03ada\n\xff\xf1{hi\xff\xf1\nx\n"), ["ada", "{hi", "x"]);
  const broken = [
    '{"a":"\xff\xf1"}',
    "\xff\xf1{}",
    "{\xff\xfahidden\xff\xf0}",
    " \xff\xf1 {}",
    "\xef\xbb\xbf{}\xff\xf1",
  ];
  for (const line of broken) {
    assertEquals(shownFrames(`${line}\n{}\n`), ["<bad_utf8>"], line);
    assertEquals(shownFrames(`{}\n${line}\n{}\n`), ["{}", "<bad_utf8>"], line);
  }
  assertEquals(shownFrames("{}\nnot\xff\xf1 JSON\n"), ["{}", "<bad_utf8>"]);
  assertEquals(shownFrames("\xff\xf1X / HTTP/1.1\n\n{}\n"), ["X / HTTP/1.1", textBody("{}\n")]);
});

Deno.test("a complete request head is one frame, and its body follows in parts", () => {
  const head = "POST /x HTTP/1.1\r\nHost: a\r\n";
  assertEquals(textFrames(head), []);
  assertEquals(textFrames(`${head}\r\n`), ["POST /x HTTP/1.1\nHost: a"]);
  assertEquals(textFrames(`${head}\r\n{"type":"ping"}\n`), [
    "POST /x HTTP/1.1\nHost: a",
    textBody('{"type":"ping"}\n'),
  ]);
  assertEquals(textFrames("GET / HTTP/1.0\n\nGET / HTTP/1.0\n\n"), ["GET / HTTP/1.0", textBody("GET / HTTP/1.0\n\n")]);
});

Deno.test("bytes after a head that requests a WebSocket are its frames, even in the same chunk", () => {
  const message = clientFrame({ payload: '{"type":\n"ping"}' });
  const bytes = Uint8Array.from([...ENCODER.encode(`${UPGRADE}\r\n`), ...message, ...clientFrame({ kind: "close" })]);
  assertEquals(decodeAnyhow(bytes), [
    UPGRADE.replace("\r", "").trimEnd(),
    '{"type":\n"ping"}',
    { type: "close", payload: new Uint8Array() },
  ]);
});

Deno.test("a request without both headers is not a WebSocket request", () => {
  const text = clientFrame({ payload: "x" });
  for (const missing of ["Connection: keep-alive, Upgrade\r\n", "Upgrade: WebSocket\r\n"]) {
    const head = ENCODER.encode(`${UPGRADE.replace(missing, "")}Content-Length: ${text.length}\r\n\r\n`);
    assertEquals(decode([head, text]).slice(1), [{ ...bodyOf(...text), last: true }]);
  }
});

Deno.test("a too long head ends at the limit, in one line or many", () => {
  for (const line of [`X: ${"x".repeat(MAX_HTTP_HEAD_BYTES)}`, "X: y\r\n".repeat(MAX_HTTP_HEAD_BYTES / 4)]) {
    const [frame, ...others] = decode([ENCODER.encode(`GET / HTTP/1.1\r\n${line}\r\n`), ENCODER.encode("\r\n\r\n")]);
    assertEquals([String(frame).length > MAX_HTTP_HEAD_BYTES, String(frame).split("\n")[0]], [
      true,
      "GET / HTTP/1.1",
    ]);
    assert(others.every(isBody));
  }
  const path = `GET /${"x".repeat(MAX_HTTP_HEAD_BYTES)} HTTP/1.1\r\n`;
  assertEquals(decode([ENCODER.encode(path)]).map((frame) => String(frame).length > MAX_HTTP_HEAD_BYTES), [true]);
  const endless = decode([ENCODER.encode(`GET /${"x".repeat(MAX_LINE_BYTES)} HTTP/1.1`)]);
  assertEquals(endless.map((frame) => typeof frame === "object" && "code" in frame && frame.code), ["line_too_long"]);
});

Deno.test("non-ASCII bytes in a head are harmless", () => {
  const bytes = Uint8Array.from([...ENCODER.encode("GET / HTTP/1.1\r\nX: "), 0xff, 0x00, 0xe9, 0x0a, 0x0a]);
  assertEquals(decodeAnyhow(bytes).length, 1);
});
