import { assertEquals, assertRejects } from "@std/assert";
import { parseSearchQuery } from "../../../src/protocol/text/search_query.ts";
import { searchIn, searchQuery, searchSummary } from "../../../src/web/panels/message_search.ts";
import { ADA, joined, roomMessage } from "../../terminal/memory_terminal.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { PageStage } from "../page_stage.ts";

function entered(): PageStage {
  const stage = new PageStage();
  stage.receive(joined("lobby"));
  return stage;
}

Deno.test("the fields of the search make the query that a user would type, with filters that words cannot swallow", () => {
  assertEquals(searchQuery({ words: " tea ", from: "", before: "" }), "tea");
  assertEquals(searchQuery({ words: "", from: "ada", before: "" }), 'from:"ada"');
  const query = searchQuery({ words: 'cake "green tea', from: '@a"da ', before: "2026-11-01" });
  assertEquals(parseSearchQuery(query), {
    phrases: [["cake"], ["green", "tea"]],
    from: "ada",
    beforeMs: Date.parse("2026-11-01"),
  });
});

Deno.test("a search asks the server about its room, and its reply or refusal is no note", async () => {
  const stage = entered();
  const lobby = stage.chat.conversations.current!;
  const search = searchIn(lobby, "tea", stage.chat.replies);
  assertEquals(stage.client.asked.at(-1), { type: "search", ref: "panel 1", room: "lobby", query: "tea", limit: 50 });
  const messages = [roomMessage("tea?", 1, ADA)] as RoomMessage[];
  stage.receive({ type: "search", ref: "panel 1", room: "lobby", query: "tea", messages, more: true });
  assertEquals(searchSummary(await search, lobby), "1 found in #lobby, newest first; there are more");
  const refused = searchIn(lobby, "tea", stage.chat.replies);
  stage.receive({ type: "error", ref: "panel 2", code: "rate_limited", message: "Too fast" });
  await assertRejects(() => refused, Error, "Too fast");
  await assertRejects(() => searchIn(lobby, "x".repeat(1_025), stage.chat.replies), Error, "The query is too long");
  assertEquals(stage.shown("#lobby"), []);
});

Deno.test("what a panel asked for is refused when the connection is lost, and while there is none", async () => {
  const stage = entered();
  const lobby = stage.chat.conversations.current!;
  const search = searchIn(lobby, "tea", stage.chat.replies);
  stage.client.emit({ type: "status", status: { kind: "waiting", retryAt: 0, reason: "" } });
  await assertRejects(() => search, Error, "Not connected");
  stage.client.online = false;
  await assertRejects(() => searchIn(lobby, "tea", stage.chat.replies), Error, "Not connected");
});

Deno.test("a found message is loaded page by page, and one that is too far back is given up", async () => {
  const stage = entered();
  const lobby = stage.chat.conversations.current!;
  stage.receive(roomMessage("new", 9_000));
  const asked = () => stage.client.asked.at(-1) as { readonly ref: string; readonly before: number };
  const answer = async (seqs: readonly number[], more: boolean) => {
    const messages = seqs.map((seq) => roomMessage(`text ${seq}`, seq)) as RoomMessage[];
    stage.receive({ type: "history", ref: asked().ref, room: "lobby", messages, more });
    await Promise.resolve();
  };
  const near = stage.chat.loadTo(lobby, 8_700);
  assertEquals(asked().before, 9_000);
  await answer([8_800, 8_900], true);
  await Promise.resolve();
  assertEquals(asked().before, 8_800);
  await answer([8_650, 8_700, 8_750], true);
  assertEquals(await near, true);
  assertEquals(stage.shown("#lobby").length, 6);
  const lost = stage.chat.loadTo(lobby, 8_660);
  assertEquals(await lost, false);
  const far = stage.chat.loadTo(lobby, 1);
  let pages = 0;
  for (let before = 0; before !== asked().before; pages++) {
    before = asked().before;
    await answer([before - 1], true);
    await Promise.resolve();
  }
  assertEquals([await far, pages], [false, 25]);
});
