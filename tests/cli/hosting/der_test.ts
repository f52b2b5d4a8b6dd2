import { assertEquals } from "@std/assert";
import {
  bitString,
  boolean,
  element,
  explicit,
  implicit,
  octetString,
  oid,
  sequence,
  set,
  time,
  unsigned,
  utf8String,
} from "../../../src/cli/hosting/der.ts";

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.replaceAll(" ", ""));
}

function hexOf(element: Uint8Array): string {
  return element.toHex();
}

Deno.test("lengths from 128 use the long form", () => {
  const heads = [0, 127, 128, 255, 256, 65_535, 65_536].map((length) => {
    const encoded = element(0x04, new Uint8Array(length));
    return hexOf(encoded.subarray(0, encoded.length - length));
  });
  assertEquals(heads, ["0400", "047f", "048180", "0481ff", "04820100", "0482ffff", "0483010000"]);
});

Deno.test("unsigned integers are minimal and never negative", () => {
  const written = ["", "00", "0000", "01", "007f", "80", "00ff", "0080", "8000"].map((hex) =>
    hexOf(unsigned(bytes(hex)))
  );
  assertEquals(written, [
    "020100",
    "020100",
    "020100",
    "020101",
    "02017f",
    "02020080",
    "020200ff",
    "02020080",
    "0203008000",
  ]);
});

Deno.test("object identifiers are those of X.690 and RFC 5758", () => {
  assertEquals(hexOf(oid("2.5.29.17")), "0603551d11");
  assertEquals(hexOf(oid("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
  assertEquals(hexOf(oid("2.999.3")), "0603883703");
});

Deno.test("years from 2050 on have four digits", () => {
  const text = (date: string) => new TextDecoder().decode(time(new Date(date)).subarray(2));
  assertEquals(text("2049-12-31T23:59:59.999Z"), "491231235959Z");
  assertEquals(text("2050-01-01T00:00:00.000Z"), "20500101000000Z");
  assertEquals([time(new Date(0))[0], time(new Date("2050-01-01"))[0]], [0x17, 0x18]);
});

Deno.test("the other elements have their tags", () => {
  assertEquals(hexOf(boolean(true)), "0101ff");
  assertEquals(hexOf(bitString(bytes("a5"))), "030200a5");
  assertEquals(hexOf(octetString(bytes("a5"))), "0401a5");
  assertEquals(hexOf(utf8String("ä")), "0c02c3a4");
  assertEquals(hexOf(explicit(3, sequence(), set())), "a30430003100");
  assertEquals(hexOf(implicit(7, bytes("7f000001"))), "87047f000001");
});
