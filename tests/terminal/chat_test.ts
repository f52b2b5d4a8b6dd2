import { assert, assertEquals } from "@std/assert";
import type { JoinedEvent, RoomMessage, ServerEvent } from "../../src/protocol/messages/messages.ts";
import { Chat } from "../../src/terminal/chat.ts";
import type { SecretQuestion } from "../../src/terminal/input/secret_prompt.ts";
import { createPalette } from "../../src/terminal/render/palette.ts";
import { createTimes } from "../../src/terminal/render/time_format.ts";
import { ADA, AT, BOB, directMessage, FakeClient, idOf, joined, roomMessage, YOU } from "./memory_terminal.ts";

function start() {
  const printed: string[] = [];
  const filled: string[] = [];
  const questions: SecretQuestion[] = [];
  let client!: FakeClient;
  const chat = new Chat({
    makeClient: (onEvent) => client = new FakeClient(onEvent),
    room: "lobby",
    style: { palette: createPalette(false), times: createTimes("UTC") },
    now: () => Date.parse(AT),
    print: (lines) => printed.push(...lines),
    openEditor: () => {},
    fill: (text) => filled.push(text),
    clear: () => {},
    askSecret: (question) => questions.push(question),
    quit: () => {},
  });
  client.receive(joined("lobby"));
  client.emit({ type: "status", status: { kind: "online" } });
  printed.length = 0;
  return { chat, client, printed, filled, questions };
}

Deno.test("chat: a search applies to the current room and prints the newest message last", () => {
  const { chat, client, printed } = start();
  chat.submit("/search from:ada tea");
  assertEquals(client.asked.at(-1), { type: "search", room: "lobby", query: "from:ada tea", limit: 20 });
  printed.length = 0;
  const messages = [roomMessage("green tea", 9), roomMessage("black tea", 4)] as never;
  client.receive({ type: "search", room: "lobby", query: "from:ada tea", messages, more: false });
  assertEquals(printed.filter((line) => line.startsWith("[")), [
    "[12:03 · 4] ada: black tea",
    "[12:03 · 9] ada: green tea",
  ]);
  client.receive({ type: "search", room: "lobby", query: "coffee", messages: [], more: false });
  assertEquals(printed.at(-1), '* Nothing found for "coffee" in #lobby');
});

Deno.test("chat: messages omitted by a rejoin are reported, and /history continues there", () => {
  const { chat, client, printed } = start();
  client.receive(roomMessage("old", 5));
  printed.length = 0;
  client.receive({ ...(joined("lobby") as JoinedEvent), seq: 5_000, missed: 1_000, truncated: true });
  assertEquals(printed, ["* Older messages of #lobby that you missed are not shown: /history has them"]);
  client.receive(roomMessage("new", 4_001), roomMessage("newer", 4_002));
  chat.submit("/history");
  assertEquals(client.asked.at(-1), { type: "history", room: "lobby", before: 4_001, limit: 20 });
});

Deno.test("chat: a member's and the owner's login use the password typed at their prompts", () => {
  const { chat, client, printed, questions } = start();
  assert(chat.submit("/login ada"));
  assert(chat.submit("/login"));
  assertEquals(questions.map(({ prompts }) => prompts), [["Password of ada: "], ["Admin password: "]]);
  questions[0]!.answer(["hunter2"]);
  questions[1]!.answer(undefined);
  assertEquals(client.asked, [{ login: "ada", password: "hunter2" }]);
  assertEquals(printed, ["* No password entered: you are not logged in"]);
});

Deno.test("chat: a new password is asked for twice, must match, and must be long enough for an account", () => {
  const { chat, client, printed, questions } = start();
  for (const line of ["/register", "/register", "/register", "/register", "/lock password"]) chat.submit(line);
  assertEquals(questions[0]!.prompts, ["New password for your name: ", "Repeat the password: "]);
  questions[0]!.answer(["correct horse", "correct house"]);
  questions[1]!.answer(["short", "short"]);
  questions[2]!.answer(undefined);
  assertEquals(printed, [
    "! The passwords do not match: try again",
    "! The password is too short: /register again, with at least 8 characters",
    "* No password entered: nothing was changed",
  ]);
  assertEquals(client.asked, []);
  questions[3]!.answer(["correct horse", "correct horse"]);
  questions[4]!.answer(["abc", "abc"]);
  assertEquals(client.asked, [
    { type: "register", password: "correct horse" },
    { type: "lock", room: "lobby", password: "abc" },
  ]);
  client.online = false;
  chat.submit("/lock password");
  questions[5]!.answer(["abc", "abc"]);
  assertEquals(printed.at(-1), "! There is no connection right now: try again once it is back");
});

Deno.test("chat: each password that the server needs has its own prompt, and the client gets the answer", async () => {
  const { client, questions } = start();
  const kinds = ["server", "room", "account", "admin"] as const;
  const answers = kinds.map((kind) => client.askPassword!({ kind, room: "ops", name: "ada" }));
  assertEquals(questions.map(({ prompts: [prompt] }) => prompt), [
    "Password of the chat: ",
    "Password of #ops: ",
    "Password of ada: ",
    "Admin password: ",
  ]);
  questions[0]!.answer(["a"]);
  questions[1]!.answer(undefined);
  assertEquals(await Promise.all(answers.slice(0, 2)), ["a", undefined]);
});

Deno.test("chat: an entry of a list is ended by its number", () => {
  const { chat, client, printed } = start();
  const by = { name: "owner" };
  client.receive(
    { type: "sessions", sessions: [{ id: "k-1", since: AT, seen: AT }, { id: "k-2", since: AT, seen: AT }] },
    { type: "invites", invites: [{ id: "i-1", expires: AT, used: 0, by: "ada" }], count: 1 },
    {
      type: "restrictions",
      room: "lobby",
      restrictions: [{ id: "o-1", kind: "mute", room: "lobby", by }],
      moderators: [{ id: "o-2", room: "lobby", member: ADA, by }],
      count: 2,
    },
  );
  for (const line of ["/sessions end 2", "/invites end 1", "/restrictions end 1", "/restrictions end 2"]) {
    assert(chat.submit(line), line);
  }
  assertEquals(client.asked, [
    { type: "revoke", session: "k-2" },
    { type: "revoke", invite: "i-1" },
    { type: "allow", restriction: "o-1" },
    { type: "allow", restriction: "o-2" },
  ]);
  for (const line of ["/sessions end 3", "/sessions end 0"]) assert(!chat.submit(line), line);
  assertEquals(printed.at(-1), "! There is no number 0: write /sessions to see the list");
});

Deno.test("chat: a kicked user is in the next room and may rejoin", () => {
  const { chat, client, printed } = start();
  client.receive(joined("dev"));
  chat.submit("/room dev");
  client.receive(
    { type: "notice", text: "ada kicked you from #dev: enough", room: "dev" },
    { type: "leave", room: "dev", member: YOU, at: AT, reason: "kicked" },
  );
  assertEquals(printed.slice(-2), ["* ada kicked you from #dev: enough", "* You were removed from #dev"]);
  assertEquals(chat.place, "lobby");
  chat.submit("/join dev");
  assertEquals(client.asked.at(-1), { join: "dev" });
});

Deno.test("chat: a room is removed after the command is repeated in a row, and the removal is reported", () => {
  const { chat, client, printed } = start();
  client.receive(joined("dev"));
  const before = client.asked.length;
  for (const line of ["/room remove dev", "/room remove lobby", "/who", "/room remove dev", "hello"]) chat.submit(line);
  assert(!client.asked.slice(before).some((command) => (command as { type?: string }).type === "remove"));
  chat.submit("/room dev");
  chat.submit("/room remove");
  const warning = "* This removes #dev for everyone and deletes its messages: write /room remove #dev again to do it";
  assertEquals(printed.at(-1), warning);
  chat.submit("/room remove #dev");
  assertEquals(client.asked.at(-1), { type: "remove", room: "dev" });
  client.receive({ type: "leave", room: "dev", member: YOU, at: AT, reason: "removed" });
  assertEquals(printed.at(-1), "* #dev was removed with all its messages");
  assertEquals(chat.place, "lobby");
});

Deno.test("chat: outside of all rooms, commands for the whole server still work", () => {
  const { chat, client, printed } = start();
  client.receive({ type: "leave", room: "lobby", member: YOU, at: AT, reason: "kicked" });
  assert(!chat.submit("/ban eve"));
  assertEquals(printed.at(-1), "! You are in no room: write /join ROOM first");
  assert(chat.submit("/ban eve 2h -all spam"));
  assertEquals(client.asked.at(-1), {
    type: "ban",
    name: "eve",
    also: undefined,
    room: undefined,
    seconds: 7_200,
    reason: "spam",
  });
});

/** A chat with messages of ada and the user in turn. */
function talk() {
  const stage = start();
  const own = { ...roomMessage("tee", 2), from: YOU } as ServerEvent;
  stage.client.receive(roomMessage("one", 1), own, roomMessage("three", 3));
  stage.printed.length = 0;
  return stage;
}

/** The pending messages without ref and room. */
function sent({ client }: { client: FakeClient }): unknown[] {
  return client.pending.map(({ text, intent }) => [text, intent]);
}

Deno.test("chat: a reply answers the last message of others, of a name, or with a number", () => {
  const stage = talk();
  for (const words of ["yes", "ada: no", "@zoe me", "bob so", "1 first", "9 lives", "one"]) {
    stage.chat.submit(`/reply ${words}`);
  }
  assertEquals(sent(stage), [
    ["yes", { kind: "reply", to: idOf(3) }],
    ["no", { kind: "reply", to: idOf(3) }],
    ["me", { kind: "reply", to: idOf(2) }],
    ["so", { kind: "reply", to: "bob" }],
    ["first", { kind: "reply", to: idOf(1) }],
    ["9 lives", { kind: "reply", to: idOf(3) }],
    ["one", { kind: "reply", to: idOf(3) }],
  ]);
});

Deno.test("chat: reactions, edits and deletions apply to the last suitable message or to a number", () => {
  const stage = talk();
  for (const line of ["/react \u{1f44d}", "/react -\u{1f44d} 2", "/edit tea", "/delete", "/delete 1"]) {
    stage.chat.submit(line);
  }
  assertEquals(sent(stage), [
    ["\u{1f44d}", { kind: "react", of: idOf(3) }],
    ["\u{1f44d}", { kind: "react", of: idOf(2), remove: true }],
    ["tea", { kind: "edit", of: idOf(2) }],
    ["", { kind: "delete", of: idOf(2) }],
    ["", { kind: "delete", of: idOf(1) }],
  ]);
  for (const line of ["/react", "/react yes", "/react \u{1f44d} x", "/delete x", "/delete 0"]) {
    assertEquals(stage.chat.submit(line), false, line);
  }
});

Deno.test("chat: after a direct message of another place, a command that may mean it is needed twice", () => {
  const { chat, client, printed } = talk();
  let seq = 0;
  const direct = (from: typeof ADA) => client.receive(directMessage("psst", ++seq, from, BOB));
  const twice = (line: string) => [chat.submit(line), chat.submit(line)];
  direct(BOB);
  printed.length = 0;
  assert(chat.submit("/reply ada: no"));
  assert(chat.submit("/react \u{1f44d} 1"));
  assertEquals(twice("/reply yes"), [false, true]);
  direct(BOB);
  assertEquals(twice("/reply bob yes"), [false, true]);
  direct(YOU);
  assertEquals(twice("/edit tea"), [false, true]);
  direct(YOU);
  assert(chat.submit("/delete 2"));
  client.receive({ ...roomMessage("tea", 4), from: YOU } as ServerEvent);
  assert(chat.submit("/delete"));
  assertEquals(printed.filter((line) => line.startsWith("!")), [
    "! The last message is from bob to you: answer with /msg bob TEXT, or repeat the command for the last in #lobby",
    "! The last message is from bob to you: answer with /msg bob TEXT, or repeat the command for the last in #lobby",
    "! Your last message went to bob: /msg bob goes there, or repeat the command for your last message in #lobby",
  ]);
  assertEquals(client.pending.map(({ text }) => text), ["no", "\u{1f44d}", "yes", "yes", "tea", "", ""]);
});

Deno.test("chat: a reply with only a direct message shown explains /msg", () => {
  const { chat, client, printed } = start();
  client.receive(directMessage("psst", 1, BOB));
  chat.submit("/reply yes");
  assert(printed.at(-1)?.includes("answer with /msg bob TEXT"));
});

Deno.test("chat: /edit without a text puts the last own message with its edits into the input line", () => {
  const { chat, client, filled, printed } = talk();
  const change = { id: "x", room: "lobby", from: YOU, at: AT, of: { seq: 2, from: YOU } };
  client.receive({ type: "edited", ...change, seq: 4, text: "tea" });
  assert(chat.submit("/edit"));
  assertEquals(filled, ["/edit tea"]);
  assertEquals(printed, ["* zoe edited message 2: tea"]);
  client.receive({ type: "deleted", ...change, seq: 5 });
  assertEquals(chat.submit("/edit"), false);
  assertEquals(printed.slice(1), [
    "* zoe deleted message 2",
    "! There is no message of yours to edit here: write /edit TEXT",
  ]);
});

Deno.test("chat: an edit while a message is pending has no seq, so the server picks the last message", () => {
  const stage = talk();
  for (const line of ["more", "/edit most"]) stage.chat.submit(line);
  assertEquals(sent(stage), [["more", undefined], ["most", { kind: "edit", of: undefined }]]);
});

Deno.test("chat: a reply is printed below the message it answers, reactions below their message, and history has seqs", () => {
  const { client, printed } = talk();
  const reply = { seq: 1, from: ADA, text: "one" };
  const from = { ...roomMessage("yes", 4), reply } as RoomMessage;
  client.receive(from);
  assertEquals(printed.splice(0), ["        > ada: one", "[12:03] ada: yes"]);
  const change = { id: "x", room: "lobby", from: BOB, at: AT, of: reply };
  client.receive({ type: "reacted", ...change, seq: 5, emoji: "\u{1f44d}", count: 1 });
  client.receive({ type: "deleted", ...change, seq: 6 }, { type: "edited", ...change, seq: 7 });
  assertEquals(printed.splice(0), ["* bob reacted \u{1f44d} to message 1, ada: one", "* bob deleted message 1 of ada"]);
  const reactions = [{ emoji: "\u{1f44d}", count: 2 }];
  const messages = [
    { ...from, reply: undefined, edited: true, reactions } as RoomMessage,
    { ...from, seq: 5, text: "", deleted: true } as RoomMessage,
  ];
  client.receive({ type: "history", room: "lobby", messages, more: false });
  assertEquals(printed.slice(2, -1), [
    "[12:03 · 4] ada: yes (edited)",
    "        \u{1f44d} 2",
    "        > ada: one",
    "[12:03 · 5] ada: (deleted)",
  ]);
});

Deno.test("chat: joins and leaves of a muted member are never shown, in a large room either", () => {
  const { client, printed } = start();
  const member = { ...BOB, quiet: true as const };
  for (let round = 0; round < 50; round++) {
    client.receive({ type: "leave", room: "lobby", member, at: AT, reason: "left" });
    client.receive({ type: "join", room: "lobby", member, at: AT });
  }
  client.receive({ type: "presence", room: "lobby", count: 300, joined: [member], left: [member] });
  client.receive({ type: "join", room: "lobby", member: { id: "m-kim", name: "kim" }, at: AT });
  assertEquals(printed, ["* kim joined"]);
});
