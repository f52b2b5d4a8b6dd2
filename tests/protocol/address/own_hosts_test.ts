import { assertEquals } from "@std/assert";
import { ownHosts } from "../../../src/protocol/address/own_hosts.ts";

const isOurs = ownHosts(["Chat.example.org", "ada.local"]);

Deno.test("IP addresses, localhost and the server's names are its own hosts, in any case and with any port", () => {
  const hosts = ["127.0.0.1", "10.1.2.3:5050", "[::1]", "[fe80::1]:80", "localhost:1", "LOCALHOST"];
  for (const host of [...hosts, "chat.example.org", "chat.EXAMPLE.org:443", "Ada.local:5050"]) {
    assertEquals(isOurs(host), true, host);
  }
});

Deno.test("other names, also in the local network, and invalid hosts are not the server's own", () => {
  const foreign = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "x.chat.example.org", "org"];
  const local = ["anything.local", "local", ".local", "x.ada.local", "ada.local.", "ada", "localhost.local"];
  const broken = ["", "a b", "ada@localhost", "localhost:x", "[::1", "localhost, localhost", "http://localhost"];
  for (const host of [...foreign, ...local, ...broken]) assertEquals(isOurs(host), false, host);
  assertEquals(ownHosts([])("ada.local"), false);
});
