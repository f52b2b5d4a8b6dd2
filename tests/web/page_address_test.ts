import { assertEquals } from "@std/assert";
import { formatPageAddress } from "../../src/protocol/address/invite_link.ts";
import { parsePageAddress } from "../../src/web/page_address.ts";

Deno.test("the address names a room and holds an invite's secret, and invalid parts are ignored", () => {
  const cases: [string, string, ReturnType<typeof parsePageAddress>][] = [
    ["/", "", { room: "lobby" }],
    ["/r/build", "", { room: "build" }],
    ["/r/Build", "#.apple-pear-plum", { room: "build", secret: "apple-pear-plum" }],
    ["/", `#${"A".repeat(43)}.a.b`, { room: "lobby", secret: "a.b" }],
    ["/r/caf%C3%A9", "#.p%40ss", { room: "café", secret: "p@ss" }],
    ["/r/%zz", "#.%zz", { room: "lobby" }],
    ["/r/a b", "#no-dot", { room: "lobby" }],
    ["/", "#.", { room: "lobby" }],
    ["/r/", "", { room: "lobby" }],
    ["/build", "", { room: "lobby" }],
  ];
  for (const [pathname, hash, address] of cases) assertEquals(parsePageAddress({ pathname, hash }), address);
});

Deno.test("the page reads the address that an invite has for browsers", () => {
  for (const secret of ["apple-pear-plum", "a.b#c d%20", "(ü!)*'"]) {
    const { pathname, hash } = new URL(formatPageAddress({ host: "127.0.0.1", port: 1, room: "build", secret }, false));
    assertEquals(parsePageAddress({ pathname, hash }), { room: "build", secret });
  }
});
