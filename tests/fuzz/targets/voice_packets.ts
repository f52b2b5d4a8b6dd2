import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { openVoiceDecoder } from "../../../src/sound/mod.ts";
import { pure, type Target, toBytes } from "../target.ts";
import { few } from "./checks.ts";

/** First bytes of packets: one frame of 20 ms of each kind of coding, two of 10, four of 5, and lengths that are refused. */
const HEADS = [
  "\x08",
  "\x48",
  "\x78",
  "\x7c",
  "\x98",
  "\xf8",
  "\xfc",
  "\xf1",
  "\xf2\x05",
  "\xeb\x04",
  "\xe3\x88",
  "\xfb\x41\x02",
];

export const VOICE_PACKETS: Target = {
  name: "voice-packets",
  gateInputs: 1_000,
  bytes: true,
  words: [...HEADS, "\xff\xff", "\0"],
  arbitrary: fc.array(
    fc.tuple(
      fc.constantFrom(...HEADS),
      fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 90 }),
    ),
    { maxLength: 6 },
  ).map((packets) => packets.map(([head, rest]) => head + rest.replaceAll("\n", "\0")).join("\n")),
  open: pure(run),
};

const MAX_PACKETS = 50;

/** A decoder gets one packet a line. It refuses it or makes 20 ms of sound of it, and goes on. */
async function run(input: string): Promise<string> {
  const decoder = await openVoiceDecoder();
  try {
    const blocks = input.split("\n", MAX_PACKETS).map((line) => decodeLine(() => decoder.decode(toBytes(line))));
    for (const block of [...blocks, decoder.decode(undefined)]) checkBlock(block);
    const decoded = blocks.filter((block) => block !== undefined).length;
    return `${few(decoded)} decoded, ${few(blocks.length - decoded)} refused`;
  } finally {
    decoder.close();
  }
}

function decodeLine(decode: () => Float32Array): Float32Array | undefined {
  try {
    return decode();
  } catch (error) {
    // A trap of WebAssembly is a `RuntimeError`: those may not happen.
    assert(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), String(error));
    return undefined;
  }
}

function checkBlock(block: Float32Array | undefined): void {
  if (block === undefined) return;
  assertEquals(block.length, 960);
  assert(block.every((sample) => Math.abs(sample) <= 1), "a sample is out of range");
}
