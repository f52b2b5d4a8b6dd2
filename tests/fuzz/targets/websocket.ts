import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Frame } from "../../../src/framing/frame.ts";
import { WebSocketDecoder } from "../../../src/framing/websocket/websocket_decoder.ts";
import { MAX_CONTROL_BYTES, MAX_LINE_BYTES } from "../../../src/protocol/limits.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { Random } from "../../helpers/random.ts";
import { clientFrame, OPCODES } from "../../helpers/websocket_frames.ts";
import { hash, type Target, toBytes } from "../target.ts";
import { cutAnywhere, few } from "./checks.ts";

/** A small limit that inputs reach. */
const SHORT_LIMIT = 64;
const NO_MASK = "\0\0\0\0";

/** Headers of frames, most of them complete. */
const HEADS = [
  ...[
    "\x81\x80",
    "\x81\x81",
    "\x01\x83",
    "\x00\x82",
    "\x80\x83",
    "\x82\x80",
    "\x89\x84",
    "\x8a\x80",
    "\x88\x80",
    "\x88\x82",
  ],
  ...[
    "\x81\xc0",
    "\x81\xc1",
    "\x81\xfe\0\x40",
    "\x81\xfe\0\x7e",
    "\x81\xff\0\0\0\0\0\0\0\x40",
    "\x89\xfe\0\x7e",
    "\xc1\x80",
  ],
].map((head) => head + NO_MASK);

export const WEBSOCKET: Target = {
  name: "websocket",
  gateInputs: 1_500,
  bytes: true,
  words: [...HEADS, "\x81\x01", "\x03\xe8", "x".repeat(SHORT_LIMIT)],
  arbitrary: fc.array(frames(), { maxLength: 8 }).map((parts) => parts.join("")),
  open: () => ({ run }),
};

function frames(): fc.Arbitrary<string> {
  const kind = fc.oneof(fc.constantFrom(...Object.values(OPCODES)), fc.nat(15));
  const rare = fc.integer({ min: 0, max: 20 }).map((value) => value === 0);
  return fc.tuple(kind, WELL_FORMED, fc.boolean(), rare, fc.nat(255)).map(([kind, payload, fin, unmasked, byte]) =>
    String.fromCharCode(...clientFrame({ kind, payload, fin, masked: !unmasked, mask: [byte, 0, byte, 7] }))
  );
}

/** The frames do not depend on where the bytes are split, and no frame follows the last one. */
function run(input: string): string {
  const bytes = toBytes(input);
  const random = new Random(hash(input));
  const limits = bytes.length > 1_000 ? [SHORT_LIMIT, MAX_LINE_BYTES] : [SHORT_LIMIT];
  return limits.map((limit) => {
    const whole = framesOf([bytes], limit);
    assertEquals(framesOf(cutAnywhere(bytes, random), limit), whole);
    if (bytes.length <= 200) assertEquals(framesOf(Array.from(bytes, (byte) => Uint8Array.of(byte)), limit), whole);
    const texts = whole.filter((frame) => typeof frame === "string");
    assertEquals(framesOf(texts.map((payload) => clientFrame({ payload })), limit), texts);
    return `${few(whole.length)} frames, ${endOf(whole)}`;
  }).join("; ");
}

function framesOf(chunks: readonly Uint8Array[], limit: number): Frame[] {
  const decoder = new WebSocketDecoder(limit);
  const frames = chunks.flatMap((chunk) => decoder.push(chunk));
  frames.forEach((frame, index) => check(frame, limit, index === frames.length - 1));
  return frames;
}

function check(frame: Frame, limit: number, isLast: boolean): void {
  if (typeof frame === "string") return assert(new TextEncoder().encode(frame).length <= limit);
  if ("payload" in frame) assert(frame.payload.length <= MAX_CONTROL_BYTES);
  if ("bytes" in frame) assert(frame.bytes.length <= limit);
  const ends = "code" in frame || frame.type === "close";
  assert(!ends || isLast, "A frame follows the end");
}

function endOf(frames: readonly Frame[]): string {
  const last = frames.at(-1);
  if (last === undefined || typeof last === "string") return "fine";
  return "code" in last ? last.code : last.type;
}
