import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  contains,
  formatNetwork,
  isLoopback,
  machineNetwork,
  neighbourhood,
  parseNetwork,
} from "../../../src/protocol/address/network.ts";

function read(text: string) {
  const network = parseNetwork(text);
  assert(network !== undefined, text);
  return network;
}

Deno.test("addresses and networks are formatted in their canonical form (RFC 5952)", () => {
  const forms: Readonly<Record<string, string>> = {
    "192.0.2.7": "192.0.2.7",
    "192.0.2.7/32": "192.0.2.7",
    "192.0.2.7/24": "192.0.2.0/24",
    "0.0.0.0/0": "0.0.0.0/0",
    "::ffff:192.0.2.7": "192.0.2.7",
    "::FFFF:c000:207": "192.0.2.7",
    "2001:0DB8:0:0:0:0:0:1": "2001:db8::1",
    "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:db8::1/64": "2001:db8::/64",
    "::": "::",
    "::/0": "::/0",
    "::1": "::1",
    "fe80::": "fe80::",
    "1:0:0:20:0:0:0:3": "1:0:0:20::3",
    "64:ff9b::192.0.2.33": "64:ff9b::c000:221",
  };
  for (const [text, form] of Object.entries(forms)) assertEquals(formatNetwork(read(text)), form, text);
});

Deno.test("an invalid address parses to undefined", () => {
  const texts = ["", "bob", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1"];
  texts.push(":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::g", "::/129", "fe80::1%eth0");
  texts.push("1:2:3:4:5:6:7::8", "1.2.3.4:5::", "::1.2.3", " ::1", "::1 ", "[::1]");
  for (const text of texts) assertEquals(parseNetwork(text), undefined, text);
});

Deno.test("a network contains exactly the addresses and networks with its prefix", () => {
  const inside = [
    ["192.0.2.0/24", "192.0.2.255"],
    ["192.0.2.7", "192.0.2.7"],
    ["192.0.2.7", "::ffff:192.0.2.7"],
    ["0.0.0.0/0", "203.0.113.9"],
    ["2001:db8::/32", "2001:db8:ffff::1"],
    ["::/0", "2001:db8::1"],
    ["192.0.2.0/24", "192.0.2.128/25"],
  ] as const;
  const outside = [
    ["192.0.2.0/24", "192.0.3.0"],
    ["0.0.0.0/0", "2001:db8::1"],
    ["2001:db8::/32", "2001:db9::1"],
    ["2001:db8::/64", "2001:db8::/32"],
    ["192.0.2.7", "192.0.2.8"],
  ] as const;
  for (const [network, address] of inside) assert(contains(read(network), read(address)), `${network} ${address}`);
  for (const [network, address] of outside) assert(!contains(read(network), read(address)), `${network} ${address}`);
});

Deno.test("the neighbourhood of an address is its /24 (IPv4) or /64 (IPv6)", () => {
  assertEquals(formatNetwork(neighbourhood(read("192.0.2.77"))), "192.0.2.0/24");
  assertEquals(formatNetwork(neighbourhood(read("::ffff:192.0.2.77"))), "192.0.2.0/24");
  assertEquals(formatNetwork(neighbourhood(read("2001:db8:1:2:3:4:5:6"))), "2001:db8:1:2::/64");
});

Deno.test("isLoopback recognises all loopback addresses", () => {
  for (const text of ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"]) assert(isLoopback(read(text)), text);
  for (const text of ["128.0.0.1", "126.255.255.255", "::2", "::", "::7f00:1"]) assert(!isLoopback(read(text)), text);
});

Deno.test("any address survives formatting and parsing, and its form is canonical", () => {
  const group = fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff));
  const v6 = fc.tuple(...Array.from({ length: 8 }, () => group)).map((groups) =>
    groups.map((value) => value.toString(16)).join(":")
  );
  fc.assert(fc.property(fc.oneof(v6, fc.ipV4(), fc.ipV6()), (text) => {
    const form = formatNetwork(read(text));
    assertEquals(read(form), read(text));
    assertEquals(formatNetwork(read(form)), form);
    assert(contains(neighbourhood(read(text)), read(text)));
  }));
});

Deno.test("the network of one machine is an IPv4 address or an IPv6 /64", () => {
  const networks = ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1:2:3:4:5:6"].map((text) => machineNetwork(read(text)));
  assertEquals(networks.map(formatNetwork), ["192.0.2.7", "192.0.2.7", "2001:db8:1:2::/64"]);
});
