import { assert, assertEquals } from "@std/assert";
import { toBase64Url } from "../../../src/protocol/identity/base64url.ts";
import { isWeakKey, publicKeyBytes, signatureBytes } from "../../../src/protocol/identity/public_key.ts";

/** The eight points of small order, each also with the other sign of x, and written without reduction. */
const SMALL_ORDER = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
].map((hex) => Uint8Array.fromHex(hex));

function withOtherSign(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[31]! ^= 0x80;
  return copy;
}

Deno.test("keys of small order are weak in each way to write them", () => {
  for (const bytes of SMALL_ORDER.flatMap((bytes) => [bytes, withOtherSign(bytes)])) {
    assert(isWeakKey(bytes), bytes.toHex());
    assertEquals(publicKeyBytes(toBase64Url(bytes)), undefined);
  }
});

Deno.test("a coordinate of 2^255 - 19 and above is weak, and the highest below it is not", () => {
  const above = Uint8Array.fromHex(`f5${"ff".repeat(31)}`);
  assert(isWeakKey(above) && isWeakKey(withOtherSign(above)));
  assert(!isWeakKey(Uint8Array.fromHex(`eb${"ff".repeat(30)}7f`)));
  assert(!isWeakKey(Uint8Array.fromHex(`ff${"ff".repeat(29)}fe7f`)));
});

Deno.test("a key has 43 characters of base64url, and a signature 86", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  const [key, signature] = [toBase64Url(bytes.subarray(0, 32)), toBase64Url(bytes)];
  assertEquals(publicKeyBytes(key), bytes.slice(0, 32));
  assertEquals(signatureBytes(signature), bytes);
  for (const text of ["", key.slice(1), `${key}A`, `${key}=`, key.replace(/.$/, "B"), signature]) {
    assertEquals(publicKeyBytes(text), undefined, text);
  }
  for (const text of ["", signature.slice(1), `${signature}A`, `${signature}==`, signature.replace(/.$/, "B"), key]) {
    assertEquals(signatureBytes(text), undefined, text);
  }
});
