import { assertEquals } from "@std/assert";
import { isLongEnough, PacketGuard } from "../../src/nearby/packet_guard.ts";
import {
  MAX_NEARBY_MS_PER_SECOND,
  MAX_NEARBY_PACKET_BYTES,
  MAX_NEARBY_PACKETS_PER_SECOND,
  NEARBY_ASSURED_PACKET_BYTES,
  NEARBY_ASSURED_PACKETS,
} from "../../src/protocol/limits.ts";
import { on } from "./fake_network.ts";

const FROM = { address: "10.1.2.9", port: 5353 };
const EMPTY = new Uint8Array(12);
const LARGE = new Uint8Array(NEARBY_ASSURED_PACKET_BYTES + 1);

/** A guard with a clock that only advances while packets are read. */
function guardWith(msToRead: number) {
  const state = { now: 0, read: 0, errors: [] as unknown[] };
  const guard = new PacketGuard({
    on: on("10.1.2.3"),
    port: 5353,
    now: () => state.now,
    failed: (error) => state.errors.push(error),
  });
  const pass = (bytes = LARGE, from = FROM) =>
    guard.admit(bytes, from, () => {
      state.read++;
      state.now += msToRead;
    });
  return { guard, state, pass };
}

Deno.test("the number of packets per second is limited", () => {
  const { state, pass } = guardWith(0);
  for (let count = 0; count < 3 * MAX_NEARBY_PACKETS_PER_SECOND; count++) pass();
  assertEquals(state.read, MAX_NEARBY_PACKETS_PER_SECOND);
  state.now = 1_000;
  pass();
  assertEquals(state.read, MAX_NEARBY_PACKETS_PER_SECOND + 1);
});

Deno.test("the reading time per second is limited", () => {
  const { state, pass } = guardWith(8);
  for (let count = 0; count < MAX_NEARBY_PACKETS_PER_SECOND; count++) pass();
  assertEquals(state.read, Math.ceil(MAX_NEARBY_MS_PER_SECOND / 8));
  state.now = 1_000;
  pass();
  assertEquals(state.read, Math.ceil(MAX_NEARBY_MS_PER_SECOND / 8) + 1);
});

Deno.test("small packets are read even if one took all the time, up to their own number per second", () => {
  const { state, pass } = guardWith(2 * MAX_NEARBY_MS_PER_SECOND);
  pass();
  for (let count = 0; count < 2 * NEARBY_ASSURED_PACKETS; count++) {
    pass(LARGE);
    pass(EMPTY);
  }
  assertEquals(state.read, 1 + NEARBY_ASSURED_PACKETS);
});

Deno.test("rejected packets do not count toward the limits", () => {
  const { state, pass } = guardWith(0);
  for (let count = 0; count < 2 * MAX_NEARBY_PACKETS_PER_SECOND; count++) {
    pass(EMPTY, { ...FROM, port: 5354 });
    pass(EMPTY, { ...FROM, address: "10.1.3.9" });
    pass(new Uint8Array(MAX_NEARBY_PACKET_BYTES + 1));
    pass(new Uint8Array(11));
  }
  assertEquals(state.read, 0);
  pass();
  assertEquals(state.read, 1);
});

Deno.test("errors while reading go to the callback, and their time counts", () => {
  const { guard, state } = guardWith(0);
  for (let count = 0; count < 10; count++) {
    guard.admit(LARGE, FROM, () => {
      state.now += MAX_NEARBY_MS_PER_SECOND;
      throw new Error("planted");
    });
  }
  assertEquals(state.errors.map(String), ["Error: planted"]);
});

Deno.test("a packet that is too short for its record counts is rejected", () => {
  const packet = (length: number, ...counts: readonly number[]) => {
    const bytes = new Uint8Array(length);
    counts.forEach((count, index) => bytes.set([count >> 8, count & 255], 4 + 2 * index));
    return isLongEnough(bytes);
  };
  assertEquals([packet(11), packet(12), packet(12, 1), packet(17, 1)], [false, true, false, true]);
  assertEquals([packet(22, 0, 1), packet(23, 0, 1), packet(23, 0, 0, 1), packet(23, 0, 0, 0, 1)], [
    false,
    true,
    true,
    true,
  ]);
  assertEquals(packet(12, 65_535, 65_535, 65_535, 65_535), false);
  assertEquals([packet(12 + 256 * 11, 0, 256), packet(12 + 256 * 11, 0, 257)], [true, false]);
});
