import { assert, assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { addressBytes, selfSigned } from "../../../src/cli/hosting/self_signed.ts";

const FROM = new Date("2026-01-02T03:04:05.000Z");

async function certificateFor(names: readonly string[], until = new Date("2049-12-31T23:59:59.000Z")) {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const der = await selfSigned({ commonName: "Confab", names, from: FROM, until, keys });
  return { der, x509: new X509Certificate(der), keys };
}

/** The elements of a constructed element, by an independent parser of X.690. */
function childrenOf(der: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let rest = der.subarray(headOf(der)); rest.length > 0;) {
    const size = headOf(rest) + lengthOf(rest);
    parts.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return parts;
}

function headOf(der: Uint8Array): number {
  return der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f);
}

function lengthOf(der: Uint8Array): number {
  return der[1]! < 0x80 ? der[1]! : der.subarray(2, headOf(der)).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The two 32-byte numbers of a signature, concatenated as WebCrypto verifies them. */
function rawSignature(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const numbers = childrenOf(signature).map((number) => number.subarray(2));
  return Uint8Array.from(numbers.flatMap((number) => [...new Uint8Array(32), ...number].slice(-32)));
}

Deno.test("the signature verifies with the key in the certificate, whatever the lengths of its two numbers", async () => {
  for (let round = 0; round < 40; round++) {
    const { der, keys } = await certificateFor(["localhost"]);
    const [signed, algorithm, signature] = childrenOf(der);
    assertEquals(algorithm!.toHex(), "300a06082a8648ce3d040302");
    const valid = await crypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" },
      keys.publicKey,
      rawSignature(signature!.subarray(3)),
      Uint8Array.from(signed!),
    );
    assert(valid, `The signature is wrong: ${der.toHex()}`);
  }
});

Deno.test("host names and both kinds of IP addresses are read back", async () => {
  const { x509 } = await certificateFor(["localhost", "*.chat.example", "10.1.2.3", "2001:db8::a", "bücher.example"]);
  const hosts = x509.subjectAltName?.split(", ").filter((name) => name.startsWith("DNS:"));
  assertEquals(hosts, ["DNS:localhost", "DNS:*.chat.example", "DNS:xn--bcher-kva.example"]);
  for (const address of ["10.1.2.3", "2001:db8::a"]) assert(x509.checkIP(address), address);
  assertEquals(x509.checkIP("10.1.2.4"), undefined);
});

Deno.test("a certificate with many names is longer than 64 KiB and can be read", async () => {
  const names = Array.from({ length: 4_000 }, (_, index) => `host-${index}.example`);
  const { der, x509 } = await certificateFor(names);
  assert(der.length > 65_536);
  assertEquals(x509.subjectAltName?.split(", ").length, names.length);
});

Deno.test("a certificate may expire after 2049", async () => {
  const { x509 } = await certificateFor(["localhost"], new Date("2050-01-02T03:04:05.000Z"));
  assertEquals([x509.validFrom, x509.validTo].map((date) => new Date(date).toISOString()), [
    "2026-01-02T03:04:05.000Z",
    "2050-01-02T03:04:05.000Z",
  ]);
});

Deno.test("serial numbers are unique, positive, and have 16 bytes", async () => {
  const serials = await Promise.all(Array.from({ length: 20 }, async () => {
    const { der } = await certificateFor(["localhost"]);
    const [, serial] = childrenOf(childrenOf(der)[0]!);
    return serial!.toHex();
  }));
  assertEquals(new Set(serials).size, 20);
  for (const serial of serials) assert(/^0210[4-7]/.test(serial), serial);
});

Deno.test("addresses become 4 or 16 bytes in every notation", () => {
  const hex = (name: string) => addressBytes(name)?.toHex();
  assertEquals(hex("192.168.1.26"), "c0a8011a");
  assertEquals(hex("::"), "0".repeat(32));
  assertEquals(hex("::1"), "0".repeat(31) + "1");
  assertEquals(hex("2001:DB8::"), "20010db8".padEnd(32, "0"));
  assertEquals(hex("1:2:3:4:5:6:7:8"), "00010002000300040005000600070008");
  assertEquals(hex("::ffff:10.1.2.3"), "00000000000000000000ffff0a010203");
  assertEquals(hex("fe80::1%eth0"), "fe800000000000000000000000000001");
  for (const name of ["localhost", "1.2.3", "256.1.1.1", ""]) assertEquals(hex(name), undefined);
});
