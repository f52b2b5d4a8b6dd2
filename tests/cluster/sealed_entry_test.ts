import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { makeClusterKey, parseClusterKey } from "../../src/cluster/cluster_key.ts";
import { MAX_ENTRY_BYTES } from "../../src/cluster/command_log.ts";
import {
  EntryForged,
  EntrySealer,
  MAX_SEALED_TEXT_BYTES,
  SEAL_BYTES,
  SealVersionUnknown,
} from "../../src/cluster/sealed_entry.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, at) => at);
const sealer = new EntrySealer(KEY, "chat");

Deno.test("a sealed entry opens to the text that was sealed, whichever it is", () => {
  const texts = ["", "{}", "\0", "é 👍 \u{10ffff}", "\ufeffmark", "x".repeat(MAX_SEALED_TEXT_BYTES)];
  for (const text of texts) {
    const data = sealer.seal(5, 7, text);
    assertEquals(data.length, new TextEncoder().encode(text).length + SEAL_BYTES);
    assert(sealer.open({ s: 5, n: 7, data }) === text);
  }
  assertEquals(sealer.seal(1, 1, texts.at(-1)!).length, MAX_ENTRY_BYTES);
});

Deno.test("the form of the seal stays: Python's cryptography package gives the same bytes", () => {
  const data = new EntrySealer(KEY, "chat", (bytes) => bytes.fill(9)).seal(0x010203, 0x0405060708, "hello");
  assertEquals(data.slice(0, 13), Uint8Array.of(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9));
  assertEquals(data.toHex(), "01010203040506070809090909e5ca0650703fb26ac5b08e750d71189b8f1f3b392c");
  assertEquals(sealer.open({ s: 0x010203, n: 0x0405060708, data }), "hello");
});

Deno.test("two seals of the same text differ", () => {
  assertNotEquals(sealer.seal(1, 1, "{}"), sealer.seal(1, 1, "{}"));
});

Deno.test("an entry with any bit changed is refused as forged, or as of a later version", () => {
  const data = sealer.seal(1, 1, '{"v":1}');
  for (let bit = 0; bit < data.length * 8; bit++) {
    const changed = data.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const error = assertThrows(() => sealer.open({ s: 1, n: 1, data: changed }), Error);
    assertEquals(error.name, bit < 8 && changed[0]! > 1 ? "SealVersionUnknown" : "EntryForged", `bit ${bit}`);
  }
});

Deno.test("an entry that is cut at any byte, or longer, is refused as forged", () => {
  const data = sealer.seal(1, 1, '{"v":1}');
  for (let length = 0; length < data.length; length++) {
    assertThrows(() => sealer.open({ s: 1, n: 1, data: data.subarray(0, length) }), EntryForged);
  }
  assertThrows(() => sealer.open({ s: 1, n: 1, data: Uint8Array.of(...data, 0) }), EntryForged);
});

Deno.test("an entry of another key, cluster, incarnation or number is refused as forged", () => {
  const data = sealer.seal(3, 4, "{}");
  const other = parseClusterKey(makeClusterKey(), "key");
  assertThrows(() => new EntrySealer(other, "chat").open({ s: 3, n: 4, data }), EntryForged);
  for (const cluster of ["chat2", "cha", "", "Chat"]) {
    assertThrows(() => new EntrySealer(KEY, cluster).open({ s: 3, n: 4, data }), EntryForged);
  }
  for (const [s, n] of [[4, 3], [3, 5], [2, 4], [3 + 2 ** 32, 4], [3, 4 + 2 ** 32]] as const) {
    const error = assertThrows(() => sealer.open({ s, n, data }), EntryForged);
    assertEquals(error.message, `Entry ${n} of incarnation ${s} was not written with the key of this cluster`);
  }
});

Deno.test("an entry of a later version says that Confab must be updated", () => {
  const data = sealer.seal(3, 4, "{}");
  data[0] = 2;
  const error = assertThrows(() => sealer.open({ s: 3, n: 4, data }), SealVersionUnknown);
  assertEquals(error.message, "Entry 4 of incarnation 3 has a seal of version 2: update Confab on this server");
});

Deno.test("numbers and texts beyond the limits cannot be sealed", () => {
  for (const [s, n] of [[0, 1], [2 ** 21, 1], [1, 0], [1, 2 ** 40], [1.5, 1], [1, NaN]] as const) {
    assertThrows(() => sealer.seal(s, n, "{}"), RangeError, "cannot be sealed");
  }
  assertThrows(() => sealer.seal(1, 1, "x".repeat(MAX_SEALED_TEXT_BYTES + 1)), RangeError, "524260 bytes");
  assertThrows(() => new EntrySealer(KEY.subarray(1), "chat"), RangeError, "32 bytes");
});
