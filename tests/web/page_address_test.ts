import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatPageAddress } from "../../src/protocol/address/invite_link.ts";
import {
  isThisMachine,
  otherPageAddresses,
  type PageAddress,
  pageLinkAddress,
  parsePageAddress,
} from "../../src/web/page_address.ts";

Deno.test("the address names a room in any folder and holds an invite's secret, and an invalid secret is ignored", () => {
  const cases: [string, string, Omit<PageAddress, "folder">][] = [
    ["/", "", { room: "lobby" }],
    ["/r/build", "", { room: "build" }],
    ["/r/Build", "#.apple-pear-plum", { room: "build", secret: "apple-pear-plum" }],
    ["/", `#${"A".repeat(43)}.a.b`, { room: "lobby", secret: "a.b" }],
    ["/r/caf%C3%A9", "#.p%40ss", { room: "café", secret: "p@ss" }],
    ["/r/%E7%94%B0%E4%B8%AD", "", { room: "田中" }],
    ["/r/田中", "", { room: "田中" }],
    ["/r/cafe%CC%81", "#.%zz", { room: "café" }],
    ["/", "#.", { room: "lobby" }],
    ["/r/build", "#link.co-de.se_cret", { room: "build", link: { code: "co-de", secret: "se_cret" } }],
    ["/", "#link.code", { room: "lobby", secret: "code" }],
    ["/build", "", { room: "lobby" }],
  ];
  for (const [pathname, hash, address] of cases) {
    for (const folder of ["/", "/chat/", "/r/x/", "/a/r/b/"]) {
      assertEquals(parsePageAddress({ pathname: folder + pathname.slice(1), hash }), { folder, ...address });
    }
  }
});

Deno.test("an address with an invalid room opens the lobby's form with the reason", () => {
  for (
    const [part, reason] of [["%zz", "has a %"], ["%F0%9F%8E", "has a %"], ["a%20b", "blank"], [
      "%F0%9F%8E%89",
      "🎉",
    ]] as const
  ) {
    const { room, error } = parsePageAddress({ pathname: `/r/${part}`, hash: "" });
    assertEquals(room, "lobby");
    assertStringIncludes(error ?? "", reason);
  }
});

Deno.test("the page reads the address that an invite has for browsers", () => {
  for (const secret of ["apple-pear-plum", "a.b#c d%20", "(ü!)*'"]) {
    const { pathname, hash } = new URL(formatPageAddress({ host: "127.0.0.1", port: 1, room: "build", secret }, false));
    assertEquals(parsePageAddress({ pathname, hash }), { folder: "/", room: "build", secret });
  }
});

Deno.test("the page reads the address that it offers to another device, in any folder and room", () => {
  const link = { code: "Ab-_9", secret: "s-_0" };
  for (const folder of ["/", "/a/r/b/"]) {
    for (const room of ["lobby", "build", "田中"]) {
      const { origin, pathname, hash } = new URL(pageLinkAddress("https://chat.example:8443", folder, room, link));
      assertEquals(origin, "https://chat.example:8443");
      assertEquals(parsePageAddress({ pathname, hash }), { folder, room, link });
    }
  }
});

Deno.test("names of this machine are told from those that other devices can open", () => {
  const names = ["localhost", "chat.localhost", "127.0.0.1", "127.1.2.3", "[::1]"];
  for (const name of names) assertEquals([name, isThisMachine(name)], [name, true]);
  for (const name of ["192.168.1.26", "127.example.org", "localhost.example.org", "[fe80::1]", "chat.example"]) {
    assertEquals([name, isThisMachine(name)], [name, false]);
  }
});

Deno.test("a page from a server of the chat itself can be opened at the others, and one behind a proxy cannot", () => {
  const servers = ["10.0.0.1:5050", "[fd00::2]:5050", "Chat.example.org:443"];
  const at = (origin: string) => otherPageAddresses(origin, servers, "ops");
  assertEquals(at("http://10.0.0.1:5050"), ["http://[fd00::2]:5050/r/ops", "http://chat.example.org:443/r/ops"]);
  assertEquals(at("https://[fd00::2]:5050"), ["https://10.0.0.1:5050/r/ops", "https://chat.example.org/r/ops"]);
  assertEquals(at("https://chat.example.org").length, 2);
  assertEquals(at("https://other.example.org"), []);
  assertEquals(otherPageAddresses("http://a", [], "ops"), []);
  const hostile = ["a:80", "x'><b>:1", "javascript:1", "a@b:1", "c:1/x", "d:99999", "b:80"];
  assertEquals(otherPageAddresses("http://a", hostile, "lobby"), ["http://javascript:1/", "http://b/"]);
});
