import { assertEquals } from "@std/assert";
import { BlockCutter } from "../../../../src/web/calls/devices/block_cutter.ts";
import { BlockPlayer } from "../../../../src/web/calls/devices/block_player.ts";

/** Samples of a browser's audio thread at a time. */
const QUANTUM = 128;

/** The numbers from `start` on. */
function counted(start: number, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, index) => start + index);
}

Deno.test("samples that come in parts of any length become blocks of 960, in order", () => {
  for (const length of [1, 7, QUANTUM, 960, 1_000, 2_500]) {
    const blocks: Float32Array[] = [];
    const cutter = new BlockCutter((block) => blocks.push(block));
    for (let start = 0; start < 4_000; start += length) cutter.add(counted(start, length));
    assertEquals(blocks.slice(0, 4), [0, 960, 1_920, 2_880].map((start) => counted(start, 960)));
  }
});

Deno.test("blocks are asked for 40 ms ahead, and are played without a gap", () => {
  let next = 0;
  const player = new BlockPlayer(() => player.add(counted(960 * next++, 960)));
  const output = new Float32Array(QUANTUM);
  player.fill(output);
  assertEquals([output, next], [new Float32Array(QUANTUM), 2]);
  for (let start = 0; start < 9_600; start += QUANTUM) {
    player.fill(output);
    assertEquals(output, counted(start, QUANTUM));
  }
  assertEquals(next, 12);
});

Deno.test("late blocks are silence, are asked for once, and do not pile up", () => {
  let asked = 0;
  const player = new BlockPlayer(() => asked++);
  const output = new Float32Array(QUANTUM);
  for (let times = 0; times < 100; times++) player.fill(output.fill(1));
  assertEquals([asked, output], [2, new Float32Array(QUANTUM)]);
  for (let times = 0; times < 5; times++) player.add(counted(1, 960));
  const played: number[] = [];
  for (let times = 0; times < 20; times++) {
    player.fill(output);
    played.push(...output);
  }
  assertEquals([asked, played.filter((sample) => sample !== 0).length], [4, 1_920]);
});
