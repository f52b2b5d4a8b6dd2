import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Line, LineDecoder } from "../../../src/framing/line_decoder.ts";
import { MAX_LINE_BYTES } from "../../../src/protocol/limits.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { Random } from "../../helpers/random.ts";
import { byteString, hash, type Target, toBytes } from "../target.ts";
import { cutAnywhere, few } from "./checks.ts";

/** A small limit that inputs reach. Long inputs also run with the real limit. */
const SHORT_LIMIT = 64;
const LF = 0x0a;

export const LINE_DECODER: Target = {
  name: "line-decoder",
  gateInputs: 4_000,
  bytes: true,
  words: ["\n", "\r\n", "\r", "x".repeat(SHORT_LIMIT), "x".repeat(SHORT_LIMIT - 1), "\u20ac", "\u{1f600}", "{"],
  arbitrary: fc.array(fc.oneof(WELL_FORMED.map(byteString), fc.string({ unit: "binary", maxLength: 9 })), {
    maxLength: 12,
  }).map((parts) => parts.join("\n")),
  open: () => ({ run }),
};

/** The frames do not depend on where the bytes are split, and an endless line is rejected in time. */
function run(input: string): string {
  const bytes = toBytes(input);
  const random = new Random(hash(input));
  const limits = bytes.length > 1_000 ? [SHORT_LIMIT, MAX_LINE_BYTES] : [SHORT_LIMIT];
  const outcomes = limits.map((limit) => {
    const whole = framesOf([bytes], limit);
    assertEquals(framesOf(cutAnywhere(bytes, random), limit), whole);
    if (bytes.length <= 200) assertEquals(framesOf(Array.from(bytes, (byte) => Uint8Array.of(byte)), limit), whole);
    for (const frame of whole) assert(frame.length <= limit + "<>".length);
    return `${few(whole.length)} frames, ${/^<\w+>$/.exec(whole.at(-1) ?? "")?.[0] ?? "fine"}`;
  });
  return outcomes.join("; ");
}

function framesOf(chunks: readonly Uint8Array[], limit: number): string[] {
  const decoder = new LineDecoder(limit);
  const frames: string[] = [];
  let held = 0;
  for (const chunk of chunks) {
    for (const frame of decoder.push(chunk)) frames.push(shown(frame));
    const end = chunk.lastIndexOf(LF);
    held = end < 0 ? held + chunk.length : chunk.length - end - 1;
    assert(held <= limit + 1 || frames.at(-1)?.startsWith("<"), `Holds ${held} bytes of a line`);
  }
  return frames;
}

/** An error as its code in brackets, which no line of the test has. It ends the stream. */
function shown(frame: Line): string {
  return typeof frame === "string" ? frame : `<${frame.code}>`;
}
