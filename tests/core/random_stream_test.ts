import { assertEquals, assertThrows } from "@std/assert";
import { RandomStream } from "../../src/core/random_stream.ts";

const ZEROS = "0".repeat(64);

function bytesOf(seed: string, count: number): string {
  const bytes = new Uint8Array(count);
  new RandomStream(seed).fill(bytes);
  return bytes.toHex();
}

Deno.test("a stream gives the key stream of RFC 8439, appendix A.1, test vectors 1 and 2", () => {
  const first = "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
    "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586";
  const second = "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed" +
    "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
  assertEquals(bytesOf(ZEROS, 128), first + second);
});

Deno.test("a seed is read as in RFC 8439, appendix A.1, test vector 4, whose third block follows two others", () => {
  const stream = new RandomStream(`00ff${"0".repeat(60)}`);
  const blocks = Array.from({ length: 3 }, () => {
    const block = new Uint8Array(64);
    stream.fill(block);
    return block.toHex();
  });
  const third = "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca" +
    "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096";
  assertEquals(blocks[2], third);
});

Deno.test("equal seeds give equal bytes in any portions, and other seeds give others", () => {
  const seed = "0123456789abcdef".repeat(4);
  const [whole, stream, parts] = [bytesOf(seed, 256), new RandomStream(seed), [] as string[]];
  for (const bytes of [64, 128, 64].map((size) => new Uint8Array(size))) {
    stream.fill(bytes);
    parts.push(bytes.toHex());
  }
  assertEquals(parts.join(""), whole);
  assertEquals(new Set([ZEROS, seed, seed.replace("0", "1")].map((each) => bytesOf(each, 64))).size, 3);
});

Deno.test("a seed of another length or with other characters is refused", () => {
  for (const seed of ["", "0".repeat(63), "0".repeat(65), "g".repeat(64), "A".repeat(64)]) {
    assertThrows(() => new RandomStream(seed), Error, "64 hexadecimal digits");
  }
});
