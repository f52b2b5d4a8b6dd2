import { assertEquals } from "@std/assert";
import type { JoinedEvent } from "../../src/protocol/messages.ts";
import { Chat } from "../../src/terminal/chat.ts";
import { createPalette } from "../../src/terminal/palette.ts";
import { createTimes } from "../../src/terminal/times.ts";
import { AT, FakeClient, joined, said } from "./memory_terminal.ts";

function start() {
  const printed: string[] = [];
  let client!: FakeClient;
  const chat = new Chat({
    makeClient: (onEvent) => client = new FakeClient(onEvent),
    room: "lobby",
    style: { palette: createPalette(false), times: createTimes("UTC") },
    now: AT,
    print: (lines) => printed.push(...lines),
    clear: () => {},
    quit: () => {},
  });
  client.receive(joined("lobby"));
  client.emit({ type: "status", status: { kind: "online" } });
  return { chat, client, printed };
}

Deno.test("chat: a search asks for the current room, and what is found stands newest last", () => {
  const { chat, client, printed } = start();
  chat.submit("/search from:ada tea");
  assertEquals(client.asked.at(-1), { type: "search", room: "lobby", query: "from:ada tea", limit: 20 });
  printed.length = 0;
  const messages = [said("green tea", 9), said("black tea", 4)] as never;
  client.receive({ type: "search", room: "lobby", query: "from:ada tea", messages, more: false });
  assertEquals(printed.filter((line) => line.startsWith("[")), ["[12:03] ada: black tea", "[12:03] ada: green tea"]);
  client.receive({ type: "search", room: "lobby", query: "coffee", messages: [], more: false });
  assertEquals(printed.at(-1), '* Nothing found for "coffee" in #lobby');
});

Deno.test("chat: what a rejoin left out is told, and /history goes on from there", () => {
  const { chat, client, printed } = start();
  client.receive(said("old", 5));
  printed.length = 0;
  client.receive({ ...(joined("lobby") as JoinedEvent), seq: 5_000, missed: 1_000, truncated: true });
  assertEquals(printed, ["* Older messages of #lobby that you missed are not shown: /history has them"]);
  client.receive(said("new", 4_001), said("newer", 4_002));
  chat.submit("/history");
  assertEquals(client.asked.at(-1), { type: "history", room: "lobby", before: 4_001, limit: 20 });
});
