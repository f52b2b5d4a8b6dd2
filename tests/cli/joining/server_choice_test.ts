import { assert, assertEquals } from "@std/assert";
import { offerLines, offersOf, readChoice } from "../../../src/cli/joining/server_choice.ts";
import { chatsOf } from "../../../src/nearby/nearby_chats.ts";
import type { NearbyServer } from "../../../src/nearby/dns_records.ts";

const TEA: NearbyServer = { title: "Tea", host: "10.1.2.3", port: 5050, tls: true, fingerprint: "f" };
const CAKE: NearbyServer = { title: "Cake", host: "10.1.2.4", port: 6000, tls: false };

Deno.test("the server on this machine comes first and once, with TLS if its announcement says so", () => {
  const offers = offersOf(true, chatsOf([CAKE, TEA]), ["127.0.0.1", "10.1.2.3"], false);
  assertEquals(offerLines(offers), [
    "  1  Tea, on this machine (127.0.0.1:5050)",
    "  2  Cake (10.1.2.4:6000, not encrypted)",
  ]);
  assertEquals(
    offerLines(offersOf(true, chatsOf([CAKE]), [], true))[0],
    "  1  The chat on this machine (127.0.0.1:5050)",
  );
  assertEquals(offersOf(false, chatsOf([TEA]), ["10.1.2.3"], false).map(({ title }) => title), ["Tea"]);
});

Deno.test("a chat with several servers is one choice", () => {
  const first = { ...TEA, chat: "c" };
  const second = { ...TEA, chat: "c", host: "10.1.2.9", title: "Tea (2)" };
  assertEquals(offerLines(offersOf(false, chatsOf([first, CAKE, second]), [], false)), [
    "  1  Tea, 2 servers (10.1.2.3:5050)",
    "  2  Cake (10.1.2.4:6000, not encrypted)",
  ]);
  const here = offersOf(true, chatsOf([CAKE, first, second]), ["10.1.2.9"], false);
  assertEquals(offerLines(here)[0], "  1  Tea (2), on this machine (127.0.0.1:5050)");
  assertEquals(here.length, 2);
});

Deno.test("a chat that the user has joined before is joined by the same address, also if that server is gone", () => {
  const chats = chatsOf([{ ...TEA, chat: "c" }, { ...CAKE, chat: "d" }]);
  const homeOf = (chat: string) => chat === "c" ? { host: "10.1.2.77", port: 1 } : undefined;
  assertEquals(offerLines(offersOf(false, chats, [], false, homeOf)), [
    "  1  Tea (10.1.2.77:1)",
    "  2  Cake (10.1.2.4:6000, not encrypted)",
  ]);
});

Deno.test("the announced fingerprint is only expected, not trusted", () => {
  const [offer] = offersOf(false, chatsOf([TEA]), [], false);
  const address = { kind: "tcp", host: "10.1.2.3", port: 5050 } as const;
  assertEquals(offer!.destination, { address, tls: true, announced: "f" });
});

Deno.test("Enter chooses the first, a number or an address works, and other answers get an error", () => {
  const offers = offersOf(false, chatsOf([TEA, CAKE]), [], false);
  assertEquals(readChoice("", offers), offers[0]!.destination);
  assertEquals(readChoice(" 2 ", offers), offers[1]!.destination);
  assertEquals(readChoice("3", offers), "There is no choice 3: type a number from the list, or an address");
  assertEquals(readChoice("0", offers), "There is no choice 0: type a number from the list, or an address");
  assertEquals(readChoice("10.9.9.9:1", offers), { address: { kind: "tcp", host: "10.9.9.9", port: 1 }, tls: false });
  assert(typeof readChoice("a b c", offers) === "string");
  assert(typeof readChoice("", []) === "string");
});
