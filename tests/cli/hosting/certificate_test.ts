import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  formatFingerprint,
  formatForBrowsers,
  isPair,
  makeCertificate,
  readCertificate,
  trusted,
} from "../../../src/cli/hosting/certificate.ts";

const NOW = new Date("2026-01-02T03:04:05.000Z");
const DAY_MS = 24 * 60 * 60 * 1_000;

Deno.test("a new certificate names this machine and the given hosts, is valid for ten years, and is not a CA", async () => {
  const pair = await makeCertificate(["192.168.1.26", "chat.example", "localhost"], NOW);
  const certificate = readCertificate(pair.cert);
  // The spelling differs between versions of Deno.
  const names = certificate.names.map((name) => name === "0:0:0:0:0:0:0:1" ? "::1" : name);
  assertEquals(names, ["localhost", "127.0.0.1", "::1", "192.168.1.26", "chat.example"]);
  assertEquals([certificate.isAuthority, certificate.isSelfSigned], [false, true]);
  assertEquals(certificate.from.getTime(), NOW.getTime() - DAY_MS);
  assertEquals(certificate.until.getTime(), NOW.getTime() + 3_650 * DAY_MS);
});

Deno.test("each certificate has its own key", async () => {
  const [one, other] = [await makeCertificate([], NOW), await makeCertificate([], NOW)];
  assertEquals([isPair(one), isPair(other)], [true, true]);
  assertEquals(isPair({ cert: one.cert, key: other.key }), false);
  assertNotEquals(readCertificate(one.cert).fingerprint, readCertificate(other.cert).fingerprint);
  assertThrows(() => isPair({ cert: one.cert, key: "no key" }));
});

Deno.test("a fingerprint is the SHA-256 of the certificate in 43 characters that fit an invite", async () => {
  const { cert } = await makeCertificate([], NOW);
  const { der, fingerprint } = readCertificate(cert);
  assertEquals(readCertificate(der), readCertificate(cert));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(der)));
  assertEquals(fingerprint, digest.toBase64({ alphabet: "base64url", omitPadding: true }));
  assert(/^[\w-]{43}$/.test(fingerprint));
  assertEquals(formatFingerprint(fingerprint), `SHA256:${fingerprint}`);
});

Deno.test("a certificate is pinned by a name that no authority signs, or not at all without a name", async () => {
  const certificate = readCertificate((await makeCertificate(["chat.example"], NOW)).cert);
  assertEquals(trusted(certificate)?.name, "localhost");
  assertEquals(trusted({ ...certificate, names: ["*.chat.example", "10.0.0.1"] })?.name, "any.chat.example");
  assertEquals(trusted({ ...certificate, names: [] }), undefined);
});

Deno.test("an invalid certificate throws", () => {
  for (const source of ["", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", new Uint8Array(8)]) {
    assertThrows(() => readCertificate(source));
  }
});

Deno.test("the fingerprint for browsers is the SHA-256 of the DER in hexadecimal bytes", async () => {
  const { fingerprint, der } = readCertificate((await makeCertificate([], new Date())).cert);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(der)));
  const shown = formatForBrowsers(fingerprint);
  assertEquals(shown.replaceAll(":", "").toLowerCase(), digest.toHex());
  assertEquals(shown.split(":").length, 32);
});
