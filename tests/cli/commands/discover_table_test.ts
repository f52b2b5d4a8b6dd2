import { assertEquals } from "@std/assert";
import { chatJson, chatTable } from "../../../src/cli/commands/discover.ts";
import { chatsOf } from "../../../src/nearby/nearby_chats.ts";

const CHATS = chatsOf([
  { title: "Tea", host: "10.1.2.3", port: 5050, tls: true, chat: "c-1" },
  { title: "Cake", host: "10.1.2.4", port: 6000, tls: false },
  { title: "Tea (2)", host: "fd00::5", port: 5050, tls: true, chat: "c-1" },
]);

Deno.test("discover lists a chat once, with all its servers", () => {
  assertEquals(chatTable(CHATS), [
    "10.1.2.3:5050      TLS              Tea",
    "or [fd00::5]:5050",
    "10.1.2.4:6000      not encrypted    Cake",
  ]);
  assertEquals(CHATS.map(chatJson).map((line) => JSON.parse(line)), [
    { title: "Tea", address: "10.1.2.3:5050", tls: true, chat: "c-1", servers: ["10.1.2.3:5050", "[fd00::5]:5050"] },
    { title: "Cake", address: "10.1.2.4:6000", tls: false },
  ]);
});
