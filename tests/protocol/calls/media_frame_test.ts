import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodeMediaFrame,
  encodeMediaFrame,
  isLater,
  MAX_MEDIA_FRAME_BYTES,
  type MediaFrame,
  restamp,
} from "../../../src/protocol/calls/media_frame.ts";
import { parseMediaHello, parseMediaWelcome } from "../../../src/protocol/calls/media_handshake.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { MAX_LINE_BYTES } from "../../../src/protocol/limits.ts";

const bytes = (max: number) =>
  fc.uint8Array({ minLength: 1, maxLength: max }).map((array) => new Uint8Array(array)) as fc.Arbitrary<
    Uint8Array<ArrayBuffer>
  >;
const stamp = { stream: fc.nat(3), time: fc.nat(0xffff_ffff) };
const size = { width: fc.integer({ min: 1, max: 640 }), height: fc.integer({ min: 1, max: 360 }) };
const FRAMES: fc.Arbitrary<MediaFrame> = fc.oneof(
  fc.record({ kind: fc.constant("video" as const), ...stamp, ...size, jpeg: bytes(200) }),
  fc.record({ kind: fc.constant("sound" as const), ...stamp, packet: bytes(1_275) }),
  fc.record({ kind: fc.constant("demand" as const), ...stamp, ...size, rate: fc.nat(255) }),
  fc.record({ kind: fc.constant("got" as const), ...stamp, of: fc.constantFrom("video" as const, "sound" as const) }),
  fc.record({ kind: fc.constant("state" as const), ...stamp, camera: fc.boolean(), microphone: fc.boolean() }),
);

Deno.test("every frame comes back as it was", () => {
  fc.assert(fc.property(FRAMES, (frame) => {
    const decoded = decodeMediaFrame(encodeMediaFrame(frame));
    assertEquals(JSON.stringify(decoded), JSON.stringify(frame));
  }));
});

Deno.test("any bytes are a frame or a protocol error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
    try {
      decodeMediaFrame(new Uint8Array(array));
    } catch (error) {
      assertEquals(error instanceof ProtocolError && error.code, "bad_frame");
    }
  }));
});

Deno.test("the longest frame fits into a message, and the bytes on the wire are those of the manual", () => {
  assertEquals(MAX_MEDIA_FRAME_BYTES < MAX_LINE_BYTES, true);
  const video = { kind: "video", stream: 2, time: 0x01020304, width: 160, height: 90, jpeg: Uint8Array.of(9) } as const;
  const encoded = encodeMediaFrame(video);
  assertEquals([...encoded], [1, 2, 1, 2, 3, 4, 0, 160, 0, 90, 9]);
  restamp(encoded, 3);
  assertEquals(decodeMediaFrame(encoded).stream, 3);
  assertEquals([...encodeMediaFrame({ kind: "got", stream: 1, time: 5, of: "sound" })], [4, 1, 0, 0, 0, 5, 2]);
  assertEquals([...encodeMediaFrame({ kind: "state", stream: 0, time: 0, camera: true, microphone: true })].at(-1), 3);
});

Deno.test("times compare across the end of their range", () => {
  assertEquals([isLater(1, 0), isLater(0, 1), isLater(5, 5)], [true, false, false]);
  assertEquals([isLater(3, 0xffff_fff0), isLater(0xffff_fff0, 3)], [true, false]);
});

Deno.test("the first messages have the call, its token and the stream, and nothing else is one", () => {
  assertEquals(parseMediaHello('{"type":"media","call":"c","token":"t","x":1}'), {
    type: "media",
    call: "c",
    token: "t",
  });
  assertEquals(parseMediaWelcome('{"type":"media","call":"c","stream":3}').stream, 3);
  for (const text of ["", "{", "null", '{"type":"media"}', '{"type":"join","call":"c","token":"t"}']) {
    assertThrows(() => parseMediaHello(text), ProtocolError);
  }
  assertThrows(() => parseMediaWelcome('{"type":"media","call":"c","stream":4}'), ProtocolError);
});
