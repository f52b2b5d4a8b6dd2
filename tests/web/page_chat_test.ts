import { assertEquals, assertThrows } from "@std/assert";
import type { DirectMessage, JoinedEvent, RoomMessage, ServerEvent } from "../../src/protocol/messages/messages.ts";
import { ADA, AT, BOB, joined, roomMessage, YOU } from "../terminal/memory_terminal.ts";
import { PageStage } from "./page_stage.ts";

/** A message of the conversation with ada, or with `partner`. */
function whispered(text: string, seq: number, from = ADA, partner = ADA): DirectMessage {
  const { id, name } = partner;
  return { type: "message", id: `d${seq}`, with: { id, name }, seq, from, text, at: AT };
}

function welcome(id: string): ServerEvent {
  return {
    type: "welcome",
    protocol: 1,
    server: { id, name: "Confab", version: "1" },
    limits: { lineBytes: 1, nameChars: 1, textBytes: 1, rooms: 1, page: 1 },
  };
}

function entered(...rooms: string[]): PageStage {
  const stage = new PageStage();
  stage.receive(...rooms.map((room) => joined(room)));
  return stage;
}

Deno.test("the first room opens at once, other rooms do not, and a requested room does", () => {
  const stage = entered("lobby", "build");
  assertEquals(stage.title, "#lobby");
  stage.actions.join("#Ops");
  assertEquals([stage.title, stage.client.asked.at(-1)], ["#lobby", { join: "ops" }]);
  stage.receive(joined("ops"));
  assertEquals(stage.title, "#ops");
  stage.actions.join("build");
  assertEquals(stage.title, "#build");
});

Deno.test("messages in other rooms or in a hidden page are unread until the user sees them", () => {
  const stage = entered("lobby", "build");
  stage.receive(
    roomMessage("seen", 1),
    roomMessage("hello", 1, ADA, "build"),
    roomMessage("zoe: look", 2, ADA, "build"),
  );
  assertEquals([stage.unread("#lobby"), stage.unread("#build")], [[0, 0], [2, 1]]);
  stage.watched = false;
  stage.receive(roomMessage("Zoe?", 2), roomMessage("mine", 3, YOU));
  assertEquals([stage.unread("#lobby"), stage.mentioned], [[1, 1], ["zoe: look", "Zoe?"]]);
  stage.keywords = ["tea"];
  stage.receive(roomMessage("Tea is ready", 3, ADA, "build"), roomMessage("teapot", 4, ADA, "build"));
  assertEquals([stage.unread("#build"), stage.mentioned.at(-1)], [[4, 2], "Tea is ready"]);
  stage.chat.markRead();
  assertEquals(stage.unread("#lobby"), [1, 1]);
  stage.watched = true;
  stage.chat.markRead();
  stage.chat.select(stage.chat.conversations.get("#build")!);
  assertEquals([stage.unread("#lobby"), stage.unread("#build")], [[0, 0], [0, 0]]);
  assertEquals(stage.chat.conversations.get("#build")!.readSeq, 0);
});

Deno.test("older messages are requested once, before the oldest present one, until there are none", () => {
  const stage = entered("lobby");
  const lobby = stage.chat.conversations.current!;
  stage.receive(roomMessage("new", 9));
  const asked = () => stage.client.asked.filter((command) => (command as { type?: string }).type === "history");
  stage.chat.loadOlder(lobby, 200);
  stage.chat.loadOlder(lobby, 200);
  const ref = "older #lobby";
  assertEquals(asked(), [{ type: "history", ref, room: "lobby", before: 9, limit: 200 }]);
  const messages = [roomMessage("seven", 7), roomMessage("eight", 8)] as RoomMessage[];
  stage.receive({ type: "history", ref, room: "lobby", messages, more: true });
  stage.chat.loadOlder(lobby, 200);
  stage.receive({ type: "error", ref, code: "rate_limited", message: "Too many" });
  stage.chat.loadOlder(lobby, 200);
  assertEquals(asked().length, 3);
  stage.receive({ type: "history", ref, room: "lobby", messages: [], more: false });
  stage.chat.loadOlder(lobby, 200);
  assertEquals([asked().length, stage.shown("#lobby")], [3, ["ada: seven", "ada: eight", "ada: new"]]);
});

Deno.test("direct messages have a conversation for each member, also when the member changes their name", () => {
  const stage = entered("lobby");
  stage.receive(whispered("psst", 1));
  assertEquals([stage.title, stage.unread("@1"), stage.mentioned], ["#lobby", [1, 1], ["psst"]]);
  stage.receive({ type: "rename", member: { id: "1", name: "eva" }, was: "ada", at: AT });
  stage.chat.select(stage.chat.conversations.get("@1")!);
  assertEquals(stage.title, "eva");
  stage.actions.submit("here I am");
  assertEquals(stage.client.pending[0]?.target, { to: "1" });
  stage.receive(whispered("here I am", 2, YOU, { id: "1", name: "eva" }));
  assertEquals(stage.shown("@1"), ["ada: psst", "zoe: here I am"]);
});

Deno.test("/msg opens the conversation at once for a present member, and for others once the message arrived", () => {
  const stage = entered("lobby");
  stage.actions.submit("/msg bob hi");
  assertEquals([stage.title, stage.client.pending.at(-1)?.target], ["bob", { to: BOB.id }]);
  stage.actions.submit("/msg kim hi");
  assertEquals([stage.title, stage.client.pending.at(-1)?.target], ["bob", { to: "kim" }]);
  stage.receive(whispered("hi", 1, YOU, { id: "7", name: "kim" }));
  assertEquals(stage.title, "kim");
});

Deno.test("failed messages stay until the user resends or drops them", () => {
  const stage = entered("lobby");
  const lobby = stage.chat.conversations.current!;
  for (const text of ["one", "two"]) stage.actions.submit(text);
  for (const message of stage.client.pending.splice(0)) {
    const error = { type: "error", ref: message.ref, code: "forbidden", message: "You are muted" } as const;
    stage.receive(error);
    stage.client.emit({ type: "failed", message, error });
  }
  assertEquals(lobby.failed.map(({ message, reason }) => [message.text, reason]), [
    ["one", "You are muted"],
    ["two", "You are muted"],
  ]);
  assertEquals(stage.shown("#lobby"), []);
  stage.actions.resend(lobby, lobby.failed[0]!);
  stage.actions.drop(lobby, lobby.failed[0]!);
  assertEquals([lobby.failed, stage.client.pending.map(({ text }) => text)], [[], ["one"]]);
});

Deno.test("a room is removed by the same command twice in a row, and restrictions end by one line", () => {
  const stage = new PageStage();
  stage.receive(joined("lobby"), joined("ops"));
  const removals = () => stage.client.asked.filter((command) => (command as { type?: string }).type === "remove");
  for (const line of ["/room remove ops", "hello", "/room remove ops"]) stage.actions.submit(line);
  assertEquals(removals(), []);
  stage.actions.submit("/room remove ops");
  assertEquals(removals(), [{ type: "remove", room: "ops" }]);
  for (const line of ["/restrictions end all", "/restrictions end by eve"]) stage.actions.submit(line);
  assertEquals(stage.client.asked.slice(-2), [
    { type: "allow", all: true, room: "lobby", ref: "typed" },
    { type: "allow", by: "eve", ref: "typed" },
  ]);
});

Deno.test("leaving removes the room, the only room cannot be left, and being kicked is reported", () => {
  const stage = entered("lobby", "build");
  stage.actions.submit("/leave");
  assertEquals([stage.title, stage.client.asked.at(-1)], ["#build", { leave: "lobby" }]);
  assertThrows(() => stage.actions.submit("/leave"), Error, "This is your only room");
  stage.receive(joined("ops"));
  stage.receive({ type: "leave", room: "build", member: YOU, at: AT, reason: "kicked" });
  assertEquals([stage.title, stage.shown("#ops")], ["#ops", ["* You were removed from #build"]]);
});

Deno.test("joins, leaves, renames and topics are noted in their rooms", () => {
  const stage = entered("lobby", "build");
  stage.receive(
    { type: "join", room: "lobby", member: { id: "5", name: "kim", new: true }, at: AT },
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "timeout" },
    { type: "rename", member: { id: "1", name: "eva" }, was: "ada", at: AT },
    { type: "topic", room: "build", text: "tea", by: YOU, at: AT },
    { type: "error", code: "invalid", message: "Nothing like that" },
  );
  assertEquals(stage.shown("#lobby"), [
    "* kim joined, and is not the kim from before",
    "* bob left (no answer)",
    "* ada is now eva",
    "* Nothing like that",
  ]);
  assertEquals(stage.shown("#build"), ["* ada is now eva", "* You set the topic: tea"]);
});

Deno.test("after a gap, and on another server, messages are loaded again", () => {
  const stage = entered("lobby");
  stage.receive(roomMessage("one", 1));
  stage.receive(
    { ...joined("lobby") as JoinedEvent, seq: 2_000, missed: 1, truncated: true },
    roomMessage("last", 2_000),
  );
  assertEquals(stage.shown("#lobby"), ["ada: last"]);
  stage.receive(welcome("a"), welcome("a"));
  assertEquals(stage.shown("#lobby"), ["ada: last"]);
  stage.receive(welcome("b"));
  assertEquals(stage.shown("#lobby"), []);
});

Deno.test("what has other seqs now is shown once, in its new order, and other places stay", () => {
  const stage = entered("lobby", "build");
  stage.receive(
    roomMessage("one", 1),
    roomMessage("two", 2),
    roomMessage("here", 1, ADA, "build"),
    whispered("psst", 1),
  );
  stage.receive({ type: "renumbered", room: "lobby", from: 2 }, { type: "renumbered", room: "none", from: 1 });
  assertEquals([stage.shown("#lobby"), stage.shown("#build")], [[], ["ada: here"]]);
  stage.receive(roomMessage("between", 2), roomMessage("two", 3));
  assertEquals(stage.shown("#lobby"), ["ada: between", "ada: two"]);
  assertEquals(stage.chat.conversations.get("#lobby")!.timeline.complete, false);
  stage.receive({ type: "renumbered", with: ADA, from: 1 });
  assertEquals(stage.chat.conversations.directs.map(({ timeline }) => timeline.end - timeline.first), [0]);
});

Deno.test("the line of a joined room is where the member has read it on any device", () => {
  const stage = new PageStage();
  stage.watched = false;
  const mark = { id: "m1", seq: 1 };
  stage.receive(welcome("a"), { ...joined("lobby") as JoinedEvent, seq: 4, mark }, joined("build"));
  assertEquals([stage.unread("#lobby"), stage.unread("#build")], [[3, 0], [0, 0]]);
  assertEquals(stage.chat.conversations.get("#lobby")!.readSeq, 1);
});

Deno.test("what the user sees is marked as read, and nothing else", () => {
  const stage = entered("lobby", "build");
  stage.receive(roomMessage("one", 1), roomMessage("there", 1, ADA, "build"));
  assertEquals(new Map(stage.client.read), new Map([["lobby", 1]]));
  stage.watched = false;
  stage.receive(roomMessage("two", 2));
  assertEquals([new Map(stage.client.read).get("lobby"), stage.unread("#lobby")], [1, [1, 0]]);
  stage.watched = true;
  stage.chat.markRead();
  assertEquals([new Map(stage.client.read).get("lobby"), stage.unread("#lobby")], [2, [0, 0]]);
});

Deno.test("reading on another device clears the counts, and what it has not seen stays", () => {
  const stage = entered("lobby", "build");
  stage.receive(roomMessage("one", 1, ADA, "build"), whispered("psst", 1), whispered("again", 2));
  stage.receive({ type: "mark", with: ADA, id: "d1", seq: 1 });
  assertEquals(stage.unread("@1"), [1, 1]);
  stage.receive({ type: "mark", with: ADA, id: "d2", seq: 2 }, { type: "mark", room: "build", id: "m1", seq: 1 });
  assertEquals([stage.unread("@1"), stage.unread("#build")], [[0, 0], [0, 0]]);
});

Deno.test("the member's conversations are listed, newest first, and the messages that were missed count as unread", () => {
  const stage = entered("lobby");
  const last = (seq: number, at = AT) => ({ id: "d", seq, from: ADA, text: "", at });
  const listed = (id: string, name: string, unread: number) => ({
    ...{ with: { id, name }, seq: 2, unread, last: last(2, AT.replace("2025", `200${9 - Number(id)}`)) },
  });
  stage.receive({
    type: "conversations",
    conversations: [listed("1", "ada", 1), { ...listed("7", "kim", 0), mark: { id: "k2", seq: 2 } }],
    more: true,
  });
  assertEquals(stage.chat.conversations.directs.map(({ title }) => title), ["ada", "kim"]);
  assertEquals([stage.chat.hasMoreConversations, stage.unread("@1"), stage.unread("@7")], [true, [1, 1], [0, 0]]);
  stage.receive(whispered("one", 1, YOU), whispered("two", 2));
  assertEquals([stage.unread("@1"), stage.unread("@7")], [[1, 1], [0, 0]]);
  stage.chat.loadConversations();
  const ref = "more conversations";
  assertEquals(stage.client.asked.at(-1), { type: "conversations", ref, before: "7", limit: 50 });
  stage.receive(
    { type: "conversations", ref, conversations: [listed("8", "eve", 0), listed("9", "tom", 0)], more: false },
    { type: "conversations", conversations: [listed("1", "ada", 1)], more: true },
  );
  assertEquals(stage.chat.conversations.directs.map(({ title }) => title), ["ada", "kim", "eve", "tom"]);
  assertEquals([stage.chat.hasMoreConversations, stage.unread("@1")], [false, [1, 1]]);
  stage.actions.leave(stage.chat.conversations.get("@1")!);
  stage.receive({ type: "conversations", conversations: [{ ...listed("1", "ada", 1), last: last(2) }], more: true });
  assertEquals(stage.chat.conversations.get("@1"), undefined);
  stage.receive(whispered("three", 3));
  assertEquals([stage.chat.conversations.directs[0]?.title, stage.unread("@1")], ["ada", [1, 1]]);
});

Deno.test("messages of a conversation are answered, changed and loaded as those of a room", () => {
  const stage = entered("lobby");
  stage.receive(whispered("tee?", 1), whispered("no", 2, YOU));
  stage.chat.select(stage.chat.conversations.get("@1")!);
  stage.actions.submit("/reply 1 yes");
  stage.actions.submit("/edit yes");
  stage.actions.submit("/react \u{1f44d}");
  stage.chat.loadOlder(stage.chat.conversations.current!, 50);
  assertEquals(stage.client.pending.map(({ target, intent }) => [target, intent?.kind]), [
    [{ to: "1" }, "reply"],
    [{ to: "1" }, "edit"],
    [{ to: "1" }, "react"],
  ]);
  const older = stage.client.asked.at(-1) as Record<string, unknown>;
  assertEquals([older.to, older.before], ["1", 1]);
  stage.receive({
    ...{ type: "edited", id: "e", seq: 3, with: ADA, from: ADA, at: AT, text: "tea?" },
    of: { id: "d1", seq: 1, from: ADA },
  });
  assertEquals(stage.shown("@1"), ["ada: tea?", "zoe: no"]);
});

Deno.test("messages of an ignored member are hidden, do not count, and are loaded again when the member is not ignored", () => {
  const stage = entered("lobby");
  const lobby = stage.chat.conversations.get("#lobby")!;
  const bob = { id: BOB.id, name: BOB.name };
  stage.receive(roomMessage("one", 1), roomMessage("noise", 2, BOB), whispered("psst", 1, bob, bob));
  assertThrows(() => stage.actions.submit("/ignore zoe"), Error, "You cannot ignore yourself");
  stage.actions.submit("/ignore bob");
  assertEquals(stage.client.asked.at(-1), { type: "block", to: BOB.id });
  assertEquals(stage.chat.conversations.directs, []);
  stage.receive(roomMessage("more noise", 3, BOB), roomMessage("two", 4), whispered("psst", 2, bob, bob));
  stage.receive({ type: "leave", room: "lobby", member: BOB, at: AT, reason: "left" });
  const note = "* You no longer see messages of bob: /unignore bob ends that";
  assertEquals(stage.shown("#lobby"), ["ada: one", note, "ada: two"]);
  assertEquals(stage.chat.conversations.directs, []);
  stage.actions.submit("/ignore");
  assertEquals(stage.shown("#lobby").at(-1), "* You ignore bob");
  stage.actions.submit("/unignore bob");
  assertEquals(stage.client.asked.at(-1), { type: "block", to: BOB.id, off: true });
  assertEquals([stage.shown("#lobby"), lobby.timeline.complete], [["* You see messages of bob again"], false]);
  assertThrows(() => stage.actions.submit("/unignore bob"), Error, "You do not ignore bob");
});

Deno.test("commands open their panels, and impossible ones are refused with a reason", () => {
  const stage = entered("lobby");
  for (const line of ["/who", "/search tea", "/login ada", "/lock password", "/quit"]) stage.actions.submit(line);
  assertEquals(stage.opened, ["members", "search tea", "login ada", "room lobby", "quit"]);
  assertThrows(() => stage.actions.submit("x".repeat(8_193)), Error, "1 bytes too long");
  stage.client.online = false;
  assertThrows(() => stage.actions.submit("/topic tea"), Error, "Not connected");
});

Deno.test("commands of calls go to the part that is loaded later", () => {
  const stage = entered("lobby");
  const lines = ["/call", "/call bob -audio", "/answer", "/decline", "/mic off", "/camera on", "/hangup"];
  for (const line of lines) stage.actions.submit(line);
  assertEquals(stage.opened.map((each) => JSON.parse(each.slice("call ".length))), [
    { do: "call", place: { room: "lobby" }, audio: false },
    { do: "call", place: { to: "bob" }, audio: true },
    { do: "answer", audio: false },
    { do: "decline" },
    { do: "microphone", on: false },
    { do: "camera", on: true },
    { do: "hangup" },
  ]);
});

Deno.test("what happens to a call is a note in its place, unless the caller is ignored", () => {
  const stage = entered("lobby", "build");
  const call = { type: "call" as const, id: "c-1", by: BOB, members: [{ ...BOB, state: "in" as const, stream: 0 }] };
  const started = { ...call, member: BOB, did: "called" as const };
  stage.receive({ ...started, room: "lobby" }, { ...call, id: "c-2", room: "build" });
  stage.chat.ignored.add("bob");
  stage.receive({ ...started, room: "lobby", did: "left", ended: true });
  assertEquals(stage.shown("#lobby").slice(0, 1), ["* bob has started a call"]);
  assertEquals(stage.shown("#build"), ["* A call is on: bob"]);
});

Deno.test("a muted member joins and leaves without a note, and the list of members changes", () => {
  const stage = entered("lobby");
  const member = { ...BOB, quiet: true as const };
  stage.receive({ type: "leave", room: "lobby", member, at: AT, reason: "left" });
  assertEquals(stage.chat.state.rooms.get("lobby")!.members.has(BOB.id), false);
  stage.receive({ type: "join", room: "lobby", member, at: AT });
  assertEquals(stage.chat.state.rooms.get("lobby")!.members.has(BOB.id), true);
  stage.receive({ type: "presence", room: "lobby", count: 9, joined: [], left: [member] });
  assertEquals(stage.shown("#lobby"), []);
});

Deno.test("an offer of a file is a note, unless its member is ignored, and the other steps of a straight transfer make no note", () => {
  const stage = entered("lobby");
  const offer = { type: "direct" as const, from: BOB, id: "d-1", step: "offer" as const, name: "film.bin", size: 900 };
  stage.receive(offer, { type: "direct", from: BOB, id: "d-1", step: "cancel" });
  stage.chat.ignored.add("bob");
  stage.receive(offer);
  assertEquals(stage.shown("#lobby"), [
    "* bob offers you File film.bin (900 bytes), straight from their machine: connect with a terminal to take it",
  ]);
});

Deno.test("a false signature marks its message or edit, and a change without a message of its own is a note", () => {
  const stage = entered("lobby");
  const { timeline } = stage.chat.conversations.current!;
  const marks = () =>
    [0, 1, 2].map((position) => (timeline.at(position) as { isFalse?: boolean } | undefined)?.isFalse);
  const [first, second] = [roomMessage("tea", 1), roomMessage("so?", 2)] as RoomMessage[];
  stage.receive(first!, second!);
  stage.client.emit({ type: "falseSignature", entry: second! });
  assertEquals(marks(), [undefined, true, undefined]);
  const change = { id: "c-3", room: "lobby", seq: 3, of: { id: first!.id, seq: 1 }, from: ADA, at: AT };
  const signed = { signature: "s", key: "k", time: AT };
  const edit = { type: "edited" as const, ...change, text: "green tea", ...signed };
  stage.receive(edit);
  stage.client.emit({ type: "falseSignature", entry: edit });
  assertEquals(marks(), [true, true, undefined]);
  stage.receive({ type: "edited", ...change, id: "c-4", seq: 4, text: "black tea" });
  assertEquals(marks(), [false, true, undefined]);
  stage.client.emit({ type: "falseSignature", entry: { type: "deleted", ...change, id: "c-5", seq: 5, ...signed } });
  assertEquals((timeline.at(2) as { text?: string }).text?.slice(0, 34), "The signature of this deletion of ");
});

Deno.test("the reply to a typed query becomes notes, and replies to the page's own queries do not", () => {
  const stage = new PageStage();
  stage.receive(joined("lobby"));
  stage.actions.submit("/restrictions");
  assertEquals(stage.client.asked.at(-1), { type: "restrictions", room: "lobby", ref: "typed" });
  const restriction = { id: "r-1", kind: "mute", room: "lobby", member: BOB, by: ADA } as const;
  const reply = { type: "restrictions", room: "lobby", restrictions: [restriction], moderators: [], count: 1 } as const;
  stage.receive({ ...reply, ref: "typed" }, { type: "rooms", rooms: [], count: 0 });
  assertEquals(stage.shown("#lobby"), [
    "* Restrictions in #lobby; /restrictions end N ends one",
    "* 1. mute of bob in #lobby (by ada)",
  ]);
  stage.actions.submit("/restrictions end 1");
  assertEquals(stage.client.asked.at(-1), { type: "allow", restriction: "r-1", ref: "typed" });
  assertThrows(() => stage.actions.submit("/restrictions end 2"), Error, "There is no number 2");
});

Deno.test("an offer to another device ends with the connection, unless the user has closed it", () => {
  const stage = entered("lobby");
  const offer = { step: "offered", code: "c", words: "otter-lamp-crane", secret: "s", expires: AT } as const;
  stage.client.emit({ type: "linkOffer", offer });
  assertEquals(stage.chat.links.offer, offer);
  const lost = { kind: "waiting", retryAt: 0, reason: "" } as const;
  stage.client.emit({ type: "status", status: lost });
  const reason = "The connection was lost, and the code with it: link the device again";
  assertEquals(stage.chat.links.offer, { step: "ended", accepted: false, reason });
  stage.client.emit({ type: "linkOffer", offer });
  stage.chat.links.closeOffer();
  stage.client.emit({ type: "status", status: lost });
  assertEquals(stage.chat.links.offer, undefined);
  const claimed = { step: "claimed", kind: "page", name: "Firefox on Android" } as const;
  stage.client.emit({ type: "linkOffer", offer: claimed });
  assertEquals(stage.chat.links.offer, claimed);
});
