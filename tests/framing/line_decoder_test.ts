import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { WELL_FORMED_CHAR } from "../helpers/any_text.ts";
import { type Line, LineDecoder } from "../../src/framing/line_decoder.ts";
import { MAX_LINE_BYTES } from "../../src/protocol/limits.ts";
import { isQuick } from "../helpers/quick.ts";

const ENCODER = new TextEncoder();
const MAX = 64;

/** Returns the frames of these chunks, with errors as their codes. */
function framesOf(chunks: readonly (string | Uint8Array)[], maxBytes: number = MAX): string[] {
  const decoder = new LineDecoder(maxBytes);
  const frames = chunks.flatMap((chunk) => {
    const bytes = typeof chunk === "string" ? ENCODER.encode(chunk) : chunk.slice();
    const found = decoder.push(bytes);
    // The reader reuses its buffer.
    bytes.fill(0x3f);
    return found;
  });
  return frames.map(shown);
}

function shown(frame: Line): string {
  return typeof frame === "string" ? frame : `<${frame.code}>`;
}

/** Splits the bytes after each of these positions. */
function cut(bytes: Uint8Array, positions: Iterable<number>): Uint8Array[] {
  const ends = [...new Set([...positions, bytes.length])].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
}

const STREAM = ENCODER.encode('{"type":"ping"}\r\n\n\u{1f600} \u20ac \u00e9\n\ufeff\r\r\nlast\r\n');
const STREAM_FRAMES = ['{"type":"ping"}', "", "\u{1f600} \u20ac \u00e9", "\ufeff\r", "last"];

Deno.test("frames survive a split at each byte", () => {
  for (let at = 0; at <= STREAM.length; at++) {
    assertEquals(framesOf(cut(STREAM, [at])), STREAM_FRAMES, `cut at ${at}`);
  }
});

Deno.test("frames survive two splits at any bytes", () => {
  for (let one = 0; one <= STREAM.length; one++) {
    for (let other = one + 1; other <= STREAM.length; other++) {
      assertEquals(framesOf(cut(STREAM, [one, other])), STREAM_FRAMES, `cut at ${one} and ${other}`);
    }
  }
});

Deno.test("frames survive arriving byte by byte", () => {
  assertEquals(framesOf(cut(STREAM, STREAM.keys())), STREAM_FRAMES);
});

const BYTE = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 3, arbitrary: fc.constantFrom(0x0a, 0x0d) },
  { weight: 1, arbitrary: fc.constantFrom(0xff, 0xfa, 0xf0, 0xfb, 0x01, 0xc3, 0xa9, 0xe2, 0x82, 0xac) },
);

Deno.test("any bytes give the same frames wherever they are split", () => {
  const bytes = fc.array(BYTE, { maxLength: 200 }).map((values) => Uint8Array.from(values));
  const cuts = fc.array(fc.nat(200), { maxLength: 20 });
  fc.assert(
    fc.property(bytes, cuts, (stream, positions) => {
      const within = positions.filter((position) => position < stream.length);
      assertEquals(framesOf(cut(stream, within), 16), framesOf([stream], 16));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("lines within the limit round-trip with LF and CRLF", () => {
  const line = fc.string({ unit: WELL_FORMED_CHAR, maxLength: 16 }).map((text) => text.replace(/[\r\n]/g, ""));
  const lines = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { maxLength: 8 });
  fc.assert(fc.property(lines, (pairs) => {
    // The very first byte could look like TLS.
    assertEquals(framesOf(["first\n", pairs.flat().join("")]), ["first", ...pairs.map(([text]) => text)]);
  }));
});

Deno.test("a line may reach the limit with LF and CRLF, and not exceed it by one byte", () => {
  const most = "x".repeat(MAX_LINE_BYTES);
  for (const ending of ["\n", "\r\n"]) {
    const exact = ENCODER.encode(most + ending);
    const past = ENCODER.encode(`${most}x${ending}`);
    for (const at of [0, 1, MAX_LINE_BYTES - 1, MAX_LINE_BYTES, MAX_LINE_BYTES + 1]) {
      assertEquals(framesOf(cut(exact, [at]), MAX_LINE_BYTES), [most]);
      assertEquals(framesOf(cut(past, [at]), MAX_LINE_BYTES), ["<line_too_long>"]);
    }
  }
});

Deno.test("the limit counts bytes, not characters", () => {
  assertEquals(framesOf(["€".repeat(21) + "x\n"]), ["€".repeat(21) + "x"]);
  assertEquals(framesOf(["€".repeat(21) + "xx\n"]), ["<line_too_long>"]);
});

Deno.test("a line without an end is too long as soon as it exceeds the limit", () => {
  const frames = new LineDecoder(MAX).push(ENCODER.encode("x".repeat(MAX + 2)));
  assertEquals(frames.map(shown), ["<line_too_long>"]);
});

Deno.test("valid lines before a too long one come first, in one chunk and in several", () => {
  const bytes = ENCODER.encode(`one\ntwo\n${"x".repeat(MAX + 1)}\nthree\n`);
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(framesOf(cut(bytes, [at])), ["one", "two", "<line_too_long>"], `cut at ${at}`);
  }
});

Deno.test("invalid UTF-8 after good lines ends only the lines after it", () => {
  const broken: number[][] = [
    [0xc3, 0x28], // a lead without its second byte
    [0xa0], // a second byte alone
    [0xe2, 0x82], // cut off
    [0xc0, 0xaf], // overlong
    [0xed, 0xa0, 0x80], // a surrogate
    [0xf4, 0x90, 0x80, 0x80], // past the last character
    [0xfe],
  ];
  for (const bytes of broken) {
    const stream = Uint8Array.from([...ENCODER.encode("good\n\u00e9\n"), ...bytes, 0x0a, ...ENCODER.encode("lost\n")]);
    for (let at = 0; at <= stream.length; at++) {
      assertEquals(framesOf(cut(stream, [at])), ["good", "\u00e9", "<bad_utf8>"], `${bytes} cut at ${at}`);
    }
  }
});

Deno.test("bytes after an error are discarded", () => {
  const flood = Array<string>(1_000).fill("more\n".repeat(100));
  assertEquals(framesOf([Uint8Array.of(0xff, 0x0a), ...flood]), ["<bad_utf8>"]);
  assertEquals(framesOf(["x".repeat(MAX + 2), ...flood]), ["<line_too_long>"]);
});

Deno.test("an unfinished line at the end of the stream is dropped", () => {
  assertEquals(framesOf(["whole\nhalf"]), ["whole"]);
  assertEquals(framesOf(["half"]), []);
  assertEquals(framesOf(["whole\r\nhalf\r"]), ["whole"]);
  assertEquals(framesOf([]), []);
});

Deno.test("telnet's negotiation is removed from its line, wherever it is split", () => {
  const telnet = [
    ...[0xff, 0xfd, 0x03], // IAC DO suppress go ahead
    ...[0xff, 0xfb, 0x18], // IAC WILL terminal type
    ...ENCODER.encode("a"),
    ...[0xff, 0xfa, 0x18, 0x00, 0x76, 0x74, 0xff, 0xf0], // IAC SB terminal type IS "vt" IAC SE
    ...ENCODER.encode("d\u00e9"),
    ...[0xff, 0xf9], // IAC GA
    ...ENCODER.encode("a\r\n"),
  ];
  const stream = Uint8Array.from(telnet);
  for (let at = 0; at <= stream.length; at++) {
    assertEquals(framesOf(cut(stream, [at])), ["ad\u00e9a"], `cut at ${at}`);
  }
});

Deno.test("half a telnet command is invalid UTF-8", () => {
  for (const rest of [[0xff], [0xff, 0xfd], [0xff, 0xfa, 0x18], [0xff, 0xff], [0xff, 0x41]]) {
    assertEquals(framesOf([Uint8Array.from([0x61, ...rest, 0x0a])]), ["<bad_utf8>"], `${rest}`);
  }
});

Deno.test("many lines of telnet commands, and lines full of unfinished ones, take little time", () => {
  const repeated = (...bytes: number[]) =>
    Uint8Array.from({ length: MAX_LINE_BYTES }, (_, at) => bytes[at % bytes.length]!);
  const lines = repeated(0xff, 0xf9, 0x61, 0x0d, 0x0a); // IAC GA
  const unfinished = repeated(0xff, 0xfa); // IAC SB
  unfinished[MAX_LINE_BYTES - 1] = 0x0a;
  const decodeBoth = () => {
    assertEquals(framesOf([lines], MAX_LINE_BYTES).length, Math.floor(MAX_LINE_BYTES / 5));
    assertEquals(framesOf([unfinished], MAX_LINE_BYTES), ["<bad_utf8>"]);
  };
  // An error thrown for each line, or a search for the end at each command, would take ten times as long and more.
  assert(isQuick(150, decodeBoth));
});

Deno.test("the lines of one chunk are one batch, and a chunk without a line end gives none", () => {
  const decoder = new LineDecoder();
  const batches = ["a\nb", "c", "\nd\n", "e"].map((text) => decoder.push(ENCODER.encode(text)));
  assertEquals(batches, [["a"], [], ["bc", "d"], []]);
});

Deno.test("a line of 64 KiB that arrives byte by byte is not copied for each byte", () => {
  const bytes = ENCODER.encode("x".repeat(MAX_LINE_BYTES) + "\n");
  const pieces = cut(bytes, bytes.keys());
  assertEquals(framesOf(pieces, MAX_LINE_BYTES).map((frame) => frame.length), [MAX_LINE_BYTES]);
  // A copy for each byte would be 2 GiB and take many seconds.
  assert(isQuick(1_000, () => framesOf(pieces, MAX_LINE_BYTES)));
});

Deno.test("10 MiB without a line end hold no more than the limit, and end as soon as they exceed it", () => {
  const chunk = ENCODER.encode("x".repeat(MAX_LINE_BYTES));
  assertEquals(framesOf(Array(160).fill(chunk), MAX_LINE_BYTES), ["<line_too_long>"]);
});

Deno.test("TLS is detected by its first byte only, wherever the bytes are split", () => {
  const hello = Uint8Array.of(0x16, 3, 1, 0, 0xdc, 1, 0, 0, 0xd8, 3, 3);
  for (let at = 1; at < hello.length; at++) assertEquals(framesOf(cut(hello, [at])), ["<bad_utf8>"]);
  assertEquals(framesOf(["a", "\x16\n\x16\n"]), ["a\x16", "\x16"]);
});
