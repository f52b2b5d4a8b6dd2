import { assertEquals } from "@std/assert";
import { parseNetwork } from "../../../src/protocol/address/network.ts";
import { noProxy, trustedProxies } from "../../../src/protocol/address/trusted_proxies.ts";

function trusted(networks: readonly string[], addresses: readonly string[]): string[] {
  return addresses.filter(trustedProxies(networks.map((text) => parseNetwork(text)!)));
}

Deno.test("the addresses of the networks are trusted, in each of their forms, and no others", () => {
  const addresses = ["10.0.0.1", "10.0.1.1", "::ffff:10.0.0.9", "fe80::1%eth0", "fe80::2", "2001:db8::5", "::1", ""];
  assertEquals(trusted(["10.0.0.0/24", "fe80::1", "2001:db8::/32"], addresses), [
    "10.0.0.1",
    "::ffff:10.0.0.9",
    "fe80::1%eth0",
    "2001:db8::5",
  ]);
});

Deno.test("without a network nobody is trusted", () => {
  assertEquals(trustedProxies([]), noProxy);
  assertEquals(trusted([], ["127.0.0.1", "::1"]), []);
});
