import { assertEquals } from "@std/assert";
import type { Frame } from "../../../src/framing/frame.ts";
import { FrameDecoder } from "../../../src/framing/frame_decoder.ts";
import { MAX_HTTP_HEAD_BYTES } from "../../../src/protocol/limits.ts";

/** A frame as the test reads it: a head by its request line, the bytes of a body, `|` where a body ends. */
type Shown = string;

function show(frames: readonly Frame[]): Shown[] {
  const shown: Shown[] = [];
  let open = false;
  for (const frame of frames) {
    const isBody = typeof frame === "object" && "type" in frame && frame.type === "body";
    const text = isBody ? new TextDecoder("latin1").decode(frame.bytes) : String(frame).split("\n")[0]!.trimEnd();
    const end = isBody && frame.last === true ? "|" : "";
    if (isBody && open) shown[shown.length - 1] += text + end;
    else shown.push((isBody ? "body " : "head ") + text + end);
    open = isBody && end === "";
  }
  return shown;
}

/** Copies each part at once, since the decoder does not. */
function decodePieces(pieces: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder();
  return pieces.flatMap((piece) => {
    const buffer = piece.slice();
    const frames = structuredClone(decoder.push(buffer));
    buffer.fill(0x58);
    return frames;
  });
}

/** Decodes the text whole, cut at every byte, and byte by byte. */
function framesOf(text: string): Shown[] {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const whole = show(decodePieces([bytes]));
  for (let cut = 0; cut <= bytes.length; cut++) {
    assertEquals(show(decodePieces([bytes.subarray(0, cut), bytes.subarray(cut)])), whole, `cut at ${cut}`);
  }
  assertEquals(show(decodePieces(Array.from(bytes, (byte) => Uint8Array.of(byte)))), whole);
  return whole;
}

function head(line: string, ...headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
}

Deno.test("several requests on one connection are heads with their bodies in order", () => {
  const text = head("PUT /a", "Content-Length: 5") + "12345" + head("HEAD /a") + head("PATCH /a", "Content-Length: 0") +
    head("GET /b", "Content-Length: 2") + "\r\n" + head("GET /c");
  assertEquals(framesOf(text), [
    "head PUT /a HTTP/1.1",
    "body 12345|",
    "head HEAD /a HTTP/1.1",
    "head PATCH /a HTTP/1.1",
    "head GET /b HTTP/1.1",
    "body \r\n|",
    "head GET /c HTTP/1.1",
  ]);
});

Deno.test("blank lines between requests are skipped", () => {
  assertEquals(framesOf(`${head("GET /a")}\r\n\n\r\n${head("GET /b")}`), [
    "head GET /a HTTP/1.1",
    "head GET /b HTTP/1.1",
  ]);
});

Deno.test("a body that looks like a request is a body", () => {
  const inner = head("DELETE /everything");
  assertEquals(framesOf(head("PUT /a", `Content-Length: ${inner.length}`) + inner), [
    "head PUT /a HTTP/1.1",
    `body ${inner}|`,
  ]);
});

Deno.test("after a request whose body has no known end nothing is taken for a request", () => {
  const next = head("GET /b");
  const headers = [
    ["Content-Length: 1", "Content-Length: 2"],
    ["Content-Length: 1", "Content-Length: 1"],
    ["Content-Length: 1, 1"],
    ["Content-Length: 1", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: chunked"],
    ["Transfer-Encoding: identity"],
    ["Content-Length: -1"],
    ["Content-Length: +1"],
    ["Content-Length: 0x1"],
    ["Content-Length: 1e3"],
    ["Content-Length: 1.0"],
    ["Content-Length: 1 1"],
    ["Content-Length:"],
    ["Content-Length: 9999999999999999"],
    ["Content-Length: 1", "broken"],
    ["Content-Length : 1"],
    [],
  ];
  for (const lines of headers) {
    assertEquals(framesOf(head("PUT /a", ...lines) + next), ["head PUT /a HTTP/1.1", `body ${next}`], lines.join());
  }
});

Deno.test("after the last request that the client announces nothing is taken for a request", () => {
  const next = head("GET /b");
  for (const connection of ["close", "Close", "keep-alive, close"]) {
    assertEquals(framesOf(head("GET /a", `Connection: ${connection}`) + next).slice(1), [`body ${next}`]);
  }
  const put = head("PUT /a", "Content-Length: 2", "Connection: close") + "12";
  assertEquals(framesOf(put + next).slice(1), ["body 12|", `body ${next}`]);
  assertEquals(framesOf(`GET /a HTTP/1.0\r\n\r\n${next}`).slice(1), [`body ${next}`]);
});

Deno.test("a later head beyond the limit ends the requests", () => {
  const bytes = new TextEncoder().encode(
    head("GET /a") + head(`GET /${"b".repeat(MAX_HTTP_HEAD_BYTES)}`) + head("GET /c"),
  );
  const [first, second, ...others] = decodePieces([bytes.subarray(0, 100), bytes.subarray(100)]);
  assertEquals(String(first).split("\n")[0], "GET /a HTTP/1.1");
  assertEquals(String(second).length > MAX_HTTP_HEAD_BYTES, true);
  assertEquals(show(others).every((shown) => shown.startsWith("body ")), true);
});

Deno.test("an endless blank between requests keeps nothing", () => {
  const decoder = new FrameDecoder();
  decoder.push(new TextEncoder().encode(head("GET /a")));
  const blanks = new TextEncoder().encode("\r\n".repeat(1_000));
  for (let time = 0; time < 100; time++) assertEquals(decoder.push(blanks), []);
  assertEquals(show(decoder.push(new TextEncoder().encode(head("GET /b")))), ["head GET /b HTTP/1.1"]);
});

Deno.test("a decoder expects a body from its head to its last byte", () => {
  const decoder = new FrameDecoder();
  const seen = [head("PUT /a", "Content-Length: 3"), "12", "3", head("GET /b"), head("POST /c"), "x"].map((text) => {
    decoder.push(new TextEncoder().encode(text));
    return decoder.bodyBytesLeft > 0;
  });
  assertEquals(seen, [true, true, false, false, false, false]);
});
