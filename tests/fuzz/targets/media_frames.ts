import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeMediaFrame, encodeMediaFrame, type MediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import { parseMediaHello, parseMediaWelcome } from "../../../src/protocol/calls/media_handshake.ts";
import { MAX_CALL_MEMBERS, MAX_REF_CHARS, MAX_TOKEN_CHARS } from "../../../src/protocol/limits.ts";
import { pure, type Target, toBytes } from "../target.ts";
import { assertUnpolluted, protocolErrorOf } from "./checks.ts";

const STAMP = { stream: 1, time: 0x01020304 };
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);

/** One frame of each kind, and some of other sizes. */
export const SAMPLE_FRAMES: readonly MediaFrame[] = [
  { kind: "video", ...STAMP, width: 160, height: 90, jpeg: JPEG },
  { kind: "video", ...STAMP, width: 640, height: 360, jpeg: new Uint8Array(40) },
  { kind: "sound", ...STAMP, packet: Uint8Array.of(8, 1, 2) },
  { kind: "demand", ...STAMP, width: 320, height: 180, rate: 10 },
  { kind: "got", ...STAMP, of: "video" },
  { kind: "got", ...STAMP, of: "sound" },
  { kind: "state", ...STAMP, camera: true, microphone: false },
];
const FRAMES = SAMPLE_FRAMES.map((frame) => String.fromCharCode(...encodeMediaFrame(frame)));
const STAMPS = ["\x01\0\0\0\0\0", "\x02\x03\xff\xff\xff\xff", "\x03\x02\0\0\0\x01", "\x04\0\0\0\0\0", "\x05\0\0\0\0\0"];

export const MEDIA_FRAMES: Target = {
  name: "media-frames",
  gateInputs: 3_000,
  bytes: true,
  words: [...FRAMES, ...STAMPS, "\x02\x80", "\x01\x68", "\xff\xff"],
  arbitrary: fc.tuple(
    fc.constantFrom(...STAMPS),
    fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 1_400, size: "max" }),
  ).map(([stamp, payload]) => stamp + payload),
  open: pure(runFrame),
};

/** Any bytes are a frame that is encoded to the same bytes, or a fault of the peer. */
function runFrame(input: string): string {
  const bytes = toBytes(input);
  const before = bytes.slice();
  let frame: MediaFrame | undefined;
  const error = protocolErrorOf(() => frame = decodeMediaFrame(bytes));
  assertEquals(bytes, before);
  if (frame === undefined) return error!.message;
  // Flags that nobody knows are dropped.
  if (frame.kind === "state") bytes[6]! &= 3;
  assertEquals(encodeMediaFrame(frame), bytes);
  assert(frame.stream < MAX_CALL_MEMBERS && frame.time >= 0);
  return frame.kind;
}

const GREETINGS = [
  { type: "media", call: "019b7ca9-8f2e-7003-8d6e-96fb00000000", token: "dG9rZW4" },
  { type: "media", call: "c", stream: 0 },
  { type: "media", call: "c", stream: 4 },
  { type: "media", call: "c".repeat(65), token: "t".repeat(129) },
].map((greeting) => JSON.stringify(greeting));

export const MEDIA_GREETINGS: Target = {
  name: "media-greetings",
  gateInputs: 3_000,
  words: [...GREETINGS, '"stream":3', '"token":"x"', '"__proto__":{"call":"c"}'],
  arbitrary: fc.oneof(fc.constantFrom(...GREETINGS), fc.json()),
  open: pure(runGreeting),
};

/** Any text is a first message within its limits, or a fault of the peer. */
function runGreeting(input: string): string {
  const outcomes: string[] = [];
  const helloError = protocolErrorOf(() => {
    const { call, token } = parseMediaHello(input);
    assert(call.length <= MAX_REF_CHARS && token.length <= MAX_TOKEN_CHARS);
    outcomes.push("hello");
  });
  const welcomeError = protocolErrorOf(() => {
    const { stream } = parseMediaWelcome(input);
    assert(Number.isInteger(stream) && stream >= 0 && stream < MAX_CALL_MEMBERS);
    outcomes.push("welcome");
  });
  assertUnpolluted();
  for (const error of [helloError, welcomeError]) assertEquals(error?.code ?? "bad_frame", "bad_frame");
  return outcomes.join(" and ") || "refused";
}
