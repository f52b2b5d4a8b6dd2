import { assertEquals, assertThrows } from "@std/assert";
import { checkVoicePacket, MAX_VOICE_PACKET_BYTES } from "../../../src/client/voice/opus_packet.ts";

/** Milliseconds of a frame for each of the 32 configurations of RFC 6716, table 2. */
const FRAME_MS = [
  ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60],
  ...[10, 20, 10, 20],
  ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20],
];

function accepts(...bytes: number[]): boolean {
  try {
    checkVoicePacket(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

Deno.test("a packet passes exactly if its frames last 20 ms, in each configuration and with one or two channels", () => {
  for (const [configuration, ms] of FRAME_MS.entries()) {
    for (const stereo of [0, 4]) {
      const head = configuration << 3 | stereo;
      assertEquals(accepts(head, 0), ms === 20, `one frame of ${ms} ms`);
      for (const code of [1, 2]) assertEquals(accepts(head | code, 0, 0), ms === 10, `two frames of ${ms} ms`);
      for (let count = 0; count < 64; count++) {
        for (const flags of [0, 0x40, 0x80, 0xc0]) {
          assertEquals(accepts(head | 3, flags | count, 0), ms * count === 20, `${count} frames of ${ms} ms`);
        }
      }
    }
  }
});

Deno.test("a packet without its count of frames is refused", () => {
  assertEquals(accepts(0xfb), false);
});

Deno.test("an empty packet, and one longer than the limit, are refused with the number of bytes", () => {
  checkVoicePacket(new Uint8Array(MAX_VOICE_PACKET_BYTES).fill(0xf8));
  assertThrows(() => checkVoicePacket(new Uint8Array(1_276).fill(0xf8)), Error, "1 to 1275 bytes, not 1276");
  assertThrows(() => checkVoicePacket(new Uint8Array(0)), Error, "not 0");
});
