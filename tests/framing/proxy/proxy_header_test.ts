import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Frame } from "../../../src/framing/frame.ts";
import { FrameDecoder } from "../../../src/framing/frame_decoder.ts";
import type { Endpoint } from "../../../src/protocol/address/endpoint.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { MAX_PROXY_HEADER_BYTES, MAX_PROXY_LINE_BYTES } from "../../../src/protocol/limits.ts";
import { binaryHeader, IPV4_BODY, ipv6Body, SIGNATURE } from "../../helpers/proxy_headers.ts";

const ENCODER = new TextEncoder();
const REST = '{"type":"ping"}\nmore\n';
const FRAMES = ['{"type":"ping"}', "more"];

function framesOf(chunks: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder(true);
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

/** Returns the frames of these bytes, after checking that they do not depend on where the bytes are split. */
function decode(head: string | Uint8Array, rest = REST): Frame[] {
  const start = typeof head === "string" ? ENCODER.encode(head) : head;
  const bytes = Uint8Array.from([...start, ...ENCODER.encode(rest)]);
  const whole = framesOf([bytes]);
  for (let cut = 0; cut <= Math.min(bytes.length, 200); cut++) {
    assertEquals(framesOf([bytes.subarray(0, cut), bytes.subarray(cut)]), whole, `cut at ${cut}`);
  }
  assertEquals(framesOf(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  return whole;
}

function assertSource(head: string | Uint8Array, source: Endpoint | undefined): void {
  assertEquals(decode(head), [{ type: "proxied", source }, ...FRAMES]);
}

function assertInvalid(head: string | Uint8Array, reason: RegExp): void {
  const [frame, ...others] = decode(head);
  assertEquals(others, []);
  assert(typeof frame === "object" && "source" in frame && frame.source instanceof ProtocolError);
  assertEquals(frame.source.code, "bad_frame");
  assertMatch(frame.source.message, reason);
}

Deno.test("a header of version 1 names the client, and the frames after it are those of a direct client", () => {
  assertSource("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n", { host: "192.0.2.7", port: 56324 });
  assertSource("PROXY TCP6 2001:DB8:0::7 ::1 0 65535\r\n", { host: "2001:db8::7", port: 0 });
  const longest = "f".repeat(4) + ":ffff".repeat(7);
  assertSource(`PROXY TCP6 ${longest} ${longest} 65535 65535\r\n`, { host: longest, port: 65535 });
});

Deno.test("an IPv4 address that is mapped to IPv6 becomes IPv4 in both versions", () => {
  assertSource("PROXY TCP6 ::ffff:192.0.2.7 ::1 5 6\r\n", { host: "192.0.2.7", port: 5 });
  assertSource(binaryHeader(0x21, 0x21, ipv6Body("0".repeat(20) + "ffff" + "c0000207")), {
    host: "192.0.2.7",
    port: 258,
  });
});

Deno.test("an UNKNOWN client of version 1 has no address, whatever follows the word", () => {
  assertSource("PROXY UNKNOWN\r\n", undefined);
  assertSource("PROXY UNKNOWN ffff::1 nonsense 5\r\n", undefined);
});

Deno.test("a header of version 2 names the client over IPv4 and IPv6", () => {
  assertSource(binaryHeader(0x21, 0x11, IPV4_BODY), { host: "192.0.2.7", port: 258 });
  assertSource(binaryHeader(0x21, 0x21, ipv6Body("20010db8" + "0".repeat(23) + "7")), {
    host: "2001:db8::7",
    port: 258,
  });
});

Deno.test("further fields of version 2 are skipped up to the limit", () => {
  const fields = Array(MAX_PROXY_HEADER_BYTES - 16 - IPV4_BODY.length).fill(0xee);
  assertSource(binaryHeader(0x21, 0x11, [...IPV4_BODY, ...fields]), { host: "192.0.2.7", port: 258 });
  assertInvalid(binaryHeader(0x21, 0x11, [...IPV4_BODY, ...fields, 0]), /longer than 2048 bytes/);
});

Deno.test("a LOCAL connection, a Unix socket and an unspecified family have no address", () => {
  assertSource(binaryHeader(0x20, 0x11, IPV4_BODY), undefined);
  assertSource(binaryHeader(0x20, 0x00, []), undefined);
  assertSource(binaryHeader(0x21, 0x00, [1, 2, 3]), undefined);
  assertSource(binaryHeader(0x21, 0x31, Array(216).fill(0x61)), undefined);
});

Deno.test("a malformed header of version 1 is an error, and nothing after it is read", () => {
  const wrongs: readonly (readonly [string, RegExp])[] = [
    ["PROXY TCP4 192.0.2.7 198.51.100.1 5\r\n", /malformed/],
    ["PROXY TCP4  192.0.2.7 198.51.100.1 5 6\r\n", /malformed/],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 5 6 \r\n", /malformed/],
    ["PROXY TCP5 192.0.2.7 198.51.100.1 5 6\r\n", /malformed/],
    ["PROXY UNKNOWNS\r\n", /malformed/],
    ["PROXY \r\n", /malformed/],
    ["PROXY TCP4 2001:db8::7 ::1 5 6\r\n", /family/],
    ["PROXY TCP6 192.0.2.7 198.51.100.1 5 6\r\n", /family/],
    ["PROXY TCP4 192.0.2.7 ::1 5 6\r\n", /family/],
    ["PROXY TCP4 192.0.2.256 198.51.100.1 5 6\r\n", /family/],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 65536 6\r\n", /65535/],
    ["PROXY TCP4 192.0.2.7 198.51.100.1 5 6\n", /CRLF/],
  ];
  for (const [line, reason] of wrongs) assertInvalid(line, reason);
});

Deno.test("a line of version 1 may have 107 bytes with its end", () => {
  const filled = (bytes: number) => "PROXY UNKNOWN ".padEnd(bytes - 2, "x") + "\r\n";
  assertSource(filled(MAX_PROXY_LINE_BYTES), undefined);
  assertInvalid(filled(MAX_PROXY_LINE_BYTES + 1), /longer than 107 bytes/);
});

Deno.test("a malformed header of version 2 is an error, and nothing after it is read", () => {
  assertInvalid(binaryHeader(0x11, 0x11, IPV4_BODY), /version/);
  assertInvalid(binaryHeader(0x22, 0x11, IPV4_BODY), /command/);
  assertInvalid(binaryHeader(0x21, 0x12, IPV4_BODY), /family/);
  assertInvalid(binaryHeader(0x21, 0x99, IPV4_BODY), /family/);
  assertInvalid(binaryHeader(0x21, 0x11, IPV4_BODY.slice(1)), /ends before/);
  assertInvalid(binaryHeader(0x21, 0x21, IPV4_BODY), /ends before/);
});

Deno.test("half a header is no frame, and counts as the first byte", () => {
  for (const half of ["PROXY TCP4 192.0.2", "PRO", `${SIGNATURE}!`]) {
    const decoder = new FrameDecoder(true);
    assertEquals(decoder.firstByte, undefined);
    assertEquals(decoder.push(ENCODER.encode(half)), []);
    assertEquals(decoder.firstByte, half.charCodeAt(0));
  }
});

Deno.test("after a whole header the first byte is that of the client", () => {
  const decoder = new FrameDecoder(true);
  decoder.push(ENCODER.encode("PROXY UNKNOWN\r\n"));
  assertEquals(decoder.firstByte, undefined);
  decoder.push(ENCODER.encode(" {"));
  assertEquals(decoder.firstByte, "{".charCodeAt(0));
});

Deno.test("a proxy may send no header: lines, blank lines and requests are read as from a direct client", () => {
  assertEquals(decode(""), FRAMES);
  assertEquals(decode("ada\n"), ["ada", ...FRAMES]);
  assertEquals(decode("PROXIMA\n"), ["PROXIMA", ...FRAMES]);
  assertEquals(decode("\r\n\r\n\0"), [`\0${FRAMES[0]}`, "more"]);
  for (const line of ["PROXY /x HTTP/1.1", "PROXY UNKNOWN HTTP/1.1"]) {
    assertEquals(decode(`${line}\r\nHost: a\r\n\r\n`, ""), [`${line}\nHost: a`]);
  }
});

Deno.test("a second header is a line of the client", () => {
  const second = "PROXY TCP4 198.51.100.9 198.51.100.1 5 6";
  const frames = decode("PROXY TCP4 192.0.2.7 198.51.100.1 5 6\r\n", `${second}\r\n`);
  assertEquals(frames, [{ type: "proxied", source: { host: "192.0.2.7", port: 5 } }, second]);
});

Deno.test("a connection that is not from a proxy has no header", () => {
  const decoder = new FrameDecoder();
  assertEquals(decoder.push(ENCODER.encode("PROXY UNKNOWN\r\n")), ["PROXY UNKNOWN"]);
});
