import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { JitterBuffer } from "../../../src/client/voice/jitter_buffer.ts";
import { BLOCK_SAMPLES } from "../../../src/client/voice/mod.ts";
import { NumberDecoder, numbered, shown } from "./numbered_voice.ts";

interface Arrival {
  readonly number: number;
  /** The sender's. */
  readonly time: number;
  readonly at: number;
}

/** Numbered packets, one each 20 ms, with the delay of each in milliseconds. Packets keep their order. */
function sent(delays: readonly number[], from = 10, start = 0): Arrival[] {
  let last = 0;
  return delays.map((delay, index) => {
    const time = start + index * 20;
    last = Math.max(last, time + delay);
    return { number: from + index, time, at: last };
  });
}

/** Plays for `ms`, a block each 20 ms, and returns what was heard. */
function heard(arrivals: readonly Arrival[], ms: number, { shift = 0, began = 0 } = {}): string[] {
  const buffer = new JitterBuffer(new NumberDecoder());
  const waiting = [...arrivals];
  return Array.from({ length: ms / 20 }, (_, index) => {
    const now = index * 20;
    while (waiting.length > 0 && waiting[0]!.at <= now) {
      const { number, time } = waiting.shift()!;
      buffer.push((time + shift) % 2 ** 32, numbered(number), now + began);
    }
    return shown(buffer.pull(now + began));
  });
}

Deno.test("an even stream is played in order, 60 ms after it arrives", () => {
  assertEquals(heard(sent([5, 5, 5, 5, 5]), 260).join(" "), "- - - - 10 11 12 13 14 ? ? ? -");
});

Deno.test("a pause of the sender is as long when it is heard, but for the concealment of its first 60 ms", () => {
  const words = [...sent([0, 0, 0]), ...sent([0, 0, 0], 20, 400)];
  assertEquals(heard(words, 600).join(" "), "- - - 10 11 12 ? ? ? - - - - - - - - - - - - - - 20 21 22 ? ? ? -");
});

Deno.test("a packet that is late by less than 60 ms is concealed and then played", () => {
  const late = sent([0, 0, 0, 0, 110, 110, 0, 0, 0, 0]);
  assertEquals(heard(late, 360).join(" "), "- - - 10 11 12 13 ? ? ? 14 15 16 17 18 19 ? ?");
});

Deno.test("after uneven arrivals sound waits longer, up to 200 ms, and nothing more is lost", () => {
  const delays = Array.from({ length: 500 }, (_, index) => index % 10 === 0 ? 90 : 0);
  const words = Array.from({ length: 5 }, (_, word) => sent(delays.slice(0, 60), 10 + word * 100, word * 2_000)).flat();
  const blocks = heard(words, 10_000);
  const last = blocks.slice(blocks.indexOf("410"), blocks.indexOf("469") + 1);
  assertEquals(last, Array.from({ length: 60 }, (_, index) => String(410 + index)));
  const buffer = new JitterBuffer(new NumberDecoder());
  for (let index = 0; index < 100; index++) buffer.push(index * 20, numbered(1), index * 20 + (index % 2) * 1_000);
  assertEquals(buffer.delay, 200);
});

Deno.test("after one short stall sound is late, and is played faster until it is current again", () => {
  const buffer = new JitterBuffer(new NumberDecoder());
  const waits: number[] = [];
  for (let now = 0; now < 5_000; now += 20) {
    const stalled = now >= 3_000 && now < 3_160;
    const arrived = stalled ? [] : now === 3_160 ? range(150, 159) : [now / 20];
    for (const number of arrived) buffer.push(number * 20, numbered(number), now);
    buffer.pull(now);
    waits.push(buffer.waiting);
  }
  assertEquals([waits[100], buffer.delay], [3, 60]);
  assert(Math.max(...waits) >= 7, `${Math.max(...waits)} wait after the stall`);
  assert(waits.at(-1)! <= 4, `${waits.at(-1)} wait at the end`);
});

Deno.test("a burst after a long stall of the network loses all but 200 ms", () => {
  const stalled = sent([
    ...Array(20).fill(0),
    ...Array.from({ length: 30 }, (_, index) => 600 - index * 20),
    ...Array(100).fill(0),
  ]);
  const decoder = new NumberDecoder();
  const buffer = new JitterBuffer(decoder);
  let most = 0;
  for (let now = 0; now < 4_000; now += 20) {
    for (const { number, time } of stalled.filter(({ at }) => at > now - 20 && at <= now)) {
      buffer.push(time, numbered(number), now);
    }
    most = Math.max(most, buffer.waiting);
    buffer.pull(now);
  }
  assertEquals(most, 10);
  assertEquals(decoder.decoded, [...range(10, 30), ...range(51, 160)]);
  assert(buffer.waiting === 0);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

Deno.test("a receiver whose clock is slower than the sender's never falls behind", () => {
  const buffer = new JitterBuffer(new NumberDecoder());
  let pulls = 0;
  for (let index = 0; index < 30_000; index++) {
    buffer.push(index * 20, numbered(index % 1_000), index * 20);
    // 0.2 % slower: without correction, the sound would be 1.2 s late after ten minutes.
    for (; pulls * 20.04 <= index * 20; pulls++) buffer.pull(pulls * 20.04);
    assert(buffer.waiting <= 6, `${buffer.waiting} wait after ${index} blocks`);
  }
});

Deno.test("the same is heard whatever the time of the sender and the clock of the receiver begin with, also over 2^32", () => {
  const delays = fc.array(fc.constantFrom(0, 0, 0, 5, 30, 90, 250), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(delays, fc.nat(0xffff_ffff), fc.nat(1e9), (list, shift, began) => {
      const arrivals = sent(list);
      assertEquals(heard(arrivals, 2_000, { shift, began }), heard(arrivals, 2_000));
    }),
    { numRuns: 200 },
  );
  const words = sent(Array(50).fill(0));
  assertEquals(heard(words, 1_200, { shift: 2 ** 32 - 500 }), heard(words, 1_200));
});

Deno.test("packets that arrive within 20 ms of each other's delay are all heard, once and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 100 }), (list) => {
      const blocks = heard(sent(list), 3_000).filter((block) => block !== "-" && block !== "?");
      assertEquals(blocks, list.map((_, index) => String(10 + index)));
    }),
    { numRuns: 200 },
  );
});

Deno.test("whatever arrives and whenever: at most 10 packets wait, each is decoded at most once, and blocks are whole", () => {
  const step = fc.record({
    time: fc.oneof(fc.nat(0xffff_ffff), fc.nat(2_000)),
    packet: fc.constantFrom(numbered(1), new Uint8Array(0), new Uint8Array(5)),
    passes: fc.oneof(fc.nat(40), fc.nat(100_000)),
    pulls: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const decoder = new NumberDecoder();
      const buffer = new JitterBuffer(decoder);
      let now = 0;
      for (const { time, packet, passes, pulls } of steps) {
        buffer.push(time, packet, now += passes);
        for (let pull = 0; pull < pulls; pull++) assertEquals(buffer.pull(now)?.length ?? BLOCK_SAMPLES, BLOCK_SAMPLES);
        assert(buffer.waiting <= 10 && buffer.delay >= 60 && buffer.delay <= 200);
      }
      assert(decoder.decoded.length <= steps.length);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a sender that starts again is heard again after 60 ms", () => {
  const buffer = new JitterBuffer(new NumberDecoder());
  for (let index = 0; index < 50; index++) {
    buffer.push(1_000_000 + index * 20, numbered(1), index * 20);
    buffer.pull(index * 20);
  }
  const blocks = Array.from({ length: 5 }, (_, index) => {
    buffer.push(index * 20, numbered(2), 5_000 + index * 20);
    return shown(buffer.pull(5_000 + index * 20));
  });
  assertEquals(blocks.at(-1), "2");
});

Deno.test("a packet that is not Opus is concealed like a lost one", () => {
  const buffer = new JitterBuffer(new NumberDecoder());
  const packets = [numbered(7), new Uint8Array(3), numbered(8)];
  packets.forEach((packet, index) => buffer.push(index * 20, packet, index * 20));
  assertEquals([60, 80, 100].map((now) => shown(buffer.pull(now))), ["7", "?", "8"]);
});
