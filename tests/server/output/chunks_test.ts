import { assertEquals, assertStrictEquals } from "@std/assert";
import { WRITE_JOIN_BYTES } from "../../../src/protocol/limits.ts";
import { joinChunks } from "../../../src/server/output/chunks.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text({ joined, count }: { joined: Uint8Array; count: number }): [string, number] {
  return [new TextDecoder().decode(joined), count];
}

Deno.test("chunks are joined in order while they fit, and the first in any case", () => {
  const [a, b, c] = ["a", "bb", "c"].map(bytes) as [Uint8Array, Uint8Array, Uint8Array];
  assertEquals(text(joinChunks(a, [b, c])), ["abbc", 2]);
  const large = new Uint8Array(WRITE_JOIN_BYTES);
  assertStrictEquals(joinChunks(large, [a]).joined, large);
  assertEquals(joinChunks(large, [a]).count, 0);
  assertEquals(joinChunks(a, [large]).count, 0);
  assertEquals(joinChunks(a, [new Uint8Array(WRITE_JOIN_BYTES - 2), b, c]).count, 1);
});

Deno.test("receivers of the same chunks share the joined chunk", () => {
  const [a, b, c] = ["a", "b", "c"].map(bytes) as [Uint8Array, Uint8Array, Uint8Array];
  const { joined } = joinChunks(a, [b, c]);
  assertStrictEquals(joinChunks(a, [b, c]).joined, joined);
  assertEquals(text(joinChunks(a, [b])), ["ab", 1]);
  assertEquals(text(joinChunks(a, [c])), ["ac", 1]);
  assertEquals(text(joinChunks(c, [b])), ["cb", 1]);
  // Equal chunks are not the same chunk: the bytes may belong to another room.
  assertEquals(joinChunks(bytes("c"), [b]).joined === joinChunks(c, [b]).joined, false);
});
