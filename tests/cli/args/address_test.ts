import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Address, formatAddress, parseAddress } from "../../../src/cli/args/address.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";

function tcp(host: string, port = 5050): Address {
  return { kind: "tcp", host, port };
}

const ADDRESSES: readonly [text: string, address: Address][] = [
  ["localhost", tcp("localhost")],
  ["chat.example.org:80", tcp("chat.example.org", 80)],
  ["192.168.1.26:65535", tcp("192.168.1.26", 65_535)],
  ["host:1", tcp("host", 1)],
  ["[::1]:5051", tcp("::1", 5051)],
  ["[::1]", tcp("::1")],
  ["::1", tcp("::1")],
  ["fe80::1%eth0", tcp("fe80::1%eth0")],
  ["2001:db8::5050", tcp("2001:db8::5050")],
  ["unix:/tmp/confab.sock", { kind: "unix", path: "/tmp/confab.sock" }],
  ["unix:a b:c", { kind: "unix", path: "a b:c" }],
];

Deno.test("an address is a host, a host and a port, an IPv6 address in brackets or bare, or a path", () => {
  for (const [text, address] of ADDRESSES) assertEquals(parseAddress(text), address, text);
});

Deno.test("an address that is written out is read as it was", () => {
  for (const [, address] of ADDRESSES) assertEquals(parseAddress(formatAddress(address)), address);
});

Deno.test("the default port is not written out, and another one is, with brackets where they are needed", () => {
  const texts = [tcp("host"), tcp("host", 80), tcp("::1"), tcp("::1", 80), tcp("host:5050")].map(formatAddress);
  assertEquals(texts.slice(0, 4), ["host", "host:80", "::1", "[::1]:80"]);
});

Deno.test("an address that makes no sense is bad usage, and the answer shows how to write one", () => {
  const bad = [
    "",
    ":5050",
    "host:",
    "host:0",
    "host:65536",
    "host:-1",
    "host:5.5",
    "host:http",
    "a b",
    "http://host",
    "host/",
  ];
  for (const text of [...bad, "unix:", "[::1]:", "[::1]:x", "[]", "host: 5050", "host:1e3", "host:0x50", "host:+5"]) {
    const failure = assertThrows(() => parseAddress(text), Failure, undefined, text);
    assertEquals(failure.code, EXIT.usage);
    assertStringIncludes(failure.message, "HOST:PORT");
    assertStringIncludes(failure.message, JSON.stringify(text));
  }
});
