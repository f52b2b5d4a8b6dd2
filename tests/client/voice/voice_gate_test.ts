import { assert, assertEquals } from "@std/assert";
import { BLOCK_SAMPLES, silentBlock, VoiceGate } from "../../../src/client/voice/mod.ts";
import { Random } from "../../helpers/random.ts";

const random = new Random(3);

/** Noise of a level in decibels. */
function noise(decibels: number): Float32Array<ArrayBuffer> {
  const size = Math.sqrt(3) * 10 ** (decibels / 20);
  return Float32Array.from({ length: BLOCK_SAMPLES }, () => (2 * random.next() - 1) * size);
}

/** Passes a block of each level, and returns the indices of those that are sent. */
function sent(gate: VoiceGate, levels: readonly number[]): number[] {
  return levels.flatMap((level, index) => {
    const block = level === -Infinity ? silentBlock() : noise(level);
    return gate.pass({ time: index, block }).map(({ time }) => time);
  });
}

function times(count: number, level: number): number[] {
  return Array<number>(count).fill(level);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

Deno.test("a quiet room is not sent, and a voice is: with the 40 ms before it, and until 300 ms after it", () => {
  const levels = [...times(50, -60), ...times(20, -30), ...times(50, -60)];
  assertEquals(sent(new VoiceGate(), levels), range(48, 84));
});

Deno.test("digital silence and noise below -55 dB are never sent", () => {
  assertEquals(sent(new VoiceGate(), [...times(20, -Infinity), ...times(20, -57), ...times(20, -Infinity)]), []);
});

Deno.test("a voice that is only as loud as the threshold opens the gate once, and does not flutter", () => {
  const gate = new VoiceGate();
  sent(gate, times(50, -50));
  const levels = Array.from({ length: 100 }, (_, index) => index === 0 ? -38 : -40 - index % 4);
  assertEquals(sent(gate, levels).filter((index) => index >= 0).length, 102);
});

Deno.test("a fan that starts is sent for some seconds at most, and then counts as the room", () => {
  const gate = new VoiceGate();
  sent(gate, times(50, -60));
  const indices = sent(gate, times(1_000, -45));
  assert(indices.at(-1)! < 600, `sent until ${indices.at(-1)}`);
  assertEquals(sent(gate, times(20, -25)).length, 22);
});

Deno.test("a loud note is sent for as long as it lasts", () => {
  const gate = new VoiceGate();
  sent(gate, times(10, -60));
  assertEquals(sent(gate, times(5_000, -15)).length, 5_002);
});

Deno.test("while the microphone is off nothing is sent, and nothing of that time afterwards", () => {
  const gate = new VoiceGate();
  sent(gate, times(10, -60));
  gate.on = false;
  assertEquals([sent(gate, times(10, -20)), gate.isOpen], [[], false]);
  gate.on = true;
  assertEquals(sent(gate, [-20, -20]), [0, 1]);
});

Deno.test("push to talk sends everything while it is pressed, silence as well, and nothing else", () => {
  const gate = new VoiceGate();
  gate.pushToTalk = true;
  assertEquals(sent(gate, times(5, -20)), []);
  gate.pressed = true;
  assertEquals([sent(gate, [-20, -Infinity, -60]), gate.isOpen], [[0, 1, 2], true]);
  gate.on = false;
  assertEquals(sent(gate, [-20]), []);
  gate.on = true;
  gate.pressed = false;
  assertEquals([sent(gate, [-20, -20]), gate.isOpen], [[], false]);
});
