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

Deno.test("a formatted address parses back to the same address", () => {
  for (const [, address] of ADDRESSES) assertEquals(parseAddress(formatAddress(address)), address);
});

Deno.test("formatting omits only the default port and adds brackets to IPv6", () => {
  const texts = [tcp("host"), tcp("host", 80), tcp("::1"), tcp("::1", 80), tcp("host:5050")].map(formatAddress);
  assertEquals(texts.slice(0, 4), ["host", "host:80", "::1", "[::1]:80"]);
});

Deno.test("an invalid address is a usage failure that shows the valid forms", () => {
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
