import { assertEquals } from "@std/assert";
import { formatEndpoint } from "../../../src/protocol/address/endpoint.ts";
import { isWithinReach } from "../../../src/protocol/address/reach.ts";
import { endpointKey, parseServers } from "../../../src/protocol/address/server_list.ts";
import { MAX_SERVERS_LISTED } from "../../../src/protocol/limits.ts";

Deno.test("of a list of servers the valid addresses count, each once, at most so many", () => {
  const texts = ["10.0.0.1:5050", "Chat.example.org:443", "chat.EXAMPLE.org:443", "[2001:db8::1]:5050", "10.0.0.9"];
  const invalid = [
    "",
    ":",
    "a:0",
    "a:99999",
    "unix:/x",
    "http://x",
    "a b:1",
    "[fe80::1%eth0]:1",
    "x".repeat(300),
    "a,b:1",
  ];
  assertEquals(parseServers([...texts, ...invalid]).map(formatEndpoint), [
    ...["10.0.0.1:5050", "chat.EXAMPLE.org:443", "[2001:db8::1]:5050", "10.0.0.9:5050"],
  ]);
  const many = Array.from({ length: 5_000 }, (_, index) => `h${index}:1`);
  assertEquals(parseServers(many).length, MAX_SERVERS_LISTED);
  assertEquals(endpointKey({ host: "A.example", port: 1 }), "a.example:1");
});

Deno.test("a server may name hosts of the same reach and of a wider one", () => {
  const here = [
    "127.0.0.1",
    "::1",
    "localhost",
    "a.localhost",
    "0.0.0.0",
    "::",
    "255.255.255.255",
    "224.0.0.251",
    "ff02::1",
    "::ffff:127.0.0.1",
  ];
  const near = [
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.26",
    "169.254.1.1",
    "100.64.0.1",
    "fd00::1",
    "fe80::1",
    "::ffff:10.0.0.1",
  ];
  const everywhere = ["192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1", "chat.example.org"];
  const allowed = (from: string | undefined) =>
    [here, near, everywhere].map((hosts) => {
      const answers = new Set(hosts.map((host) => isWithinReach(host, from)));
      assertEquals(answers.size, 1, `from ${from}`);
      return answers.has(true);
    });
  assertEquals(["127.0.0.1", "192.168.1.1", "fe80::2%eth0", "203.0.113.1"].map(allowed), [
    ...[[true, true, true], [false, true, true], [false, true, true], [false, false, true]],
  ]);
  assertEquals(allowed(undefined), [false, false, false]);
});
