import { assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../../../src/protocol/address/endpoint.ts";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

const ENDPOINT: fc.Arbitrary<Endpoint> = fc.record({
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom("münchen.local", "fe80::1%eth0", "my_host")),
  port: fc.integer({ min: 1, max: 65_535 }),
});

Deno.test("a formatted endpoint parses to the same endpoint", () => {
  fc.assert(fc.property(ENDPOINT, (endpoint) => assertEquals(parseEndpoint(formatEndpoint(endpoint)), endpoint)));
});

Deno.test("an IPv6 address needs brackets only before a port", () => {
  assertEquals(formatEndpoint({ host: "::1", port: 5050 }), "[::1]:5050");
  assertEquals(formatEndpoint({ host: "localhost", port: 1 }), "localhost:1");
  for (const text of ["::1", "[::1]", "[::1]:5050"]) assertEquals(parseEndpoint(text), { host: "::1", port: 5050 });
});

Deno.test("an impossible host is invalid, and the error does not repeat it", () => {
  const odd = ["a b", "a/b", "a@b", "a#b", "a?b", "a\\b", "[a]", "-a", ".", "a\u202eb", "a\u200bb", "a\u0300b", "a\nb"];
  for (const host of [...odd, "x".repeat(254), ...HOSTILE_TEXTS.map(({ text }) => `ab${text}`)]) {
    for (const text of [host, `${host}:5050`, `[${host}]:5050`]) {
      const { code, message } = protocolErrorOf(() => parseEndpoint(text));
      assertEquals(code, "invalid", JSON.stringify(text));
      assertFalse(message.includes(host));
    }
  }
});
