import { assert, assertEquals, assertThrows } from "@std/assert";
import { MAX_QUOTE_CHARS } from "../../../src/protocol/limits.ts";
import type { Change, JoinedEvent, MemberInfo, RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { changedMessage, reactorsOf, type ReceivedMessage } from "../../../src/web/model/reactions.ts";
import { ADA, AT, BOB, idOf, joined, roomMessage, YOU } from "../../terminal/memory_terminal.ts";
import { PageStage } from "../page_stage.ts";

const SEQ = 1;

function spoken(more: Partial<RoomMessage> = {}): ReceivedMessage {
  return { kind: "message", message: { ...roomMessage("hello", SEQ) as RoomMessage, ...more } };
}

function about(seq: number, own: number, from = ADA) {
  return { id: `c${own}`, room: "lobby", seq: own, of: { seq }, from, at: AT };
}

function edited(seq: number, own: number, text?: string): Change {
  return { type: "edited", ...about(seq, own), ...text !== undefined && { text } };
}

function deleted(seq: number, own: number): Change {
  return { type: "deleted", ...about(seq, own) };
}

function reacted(emoji: string, count: number, from: MemberInfo, removed?: true): Change {
  return { type: "reacted", ...about(SEQ, 2, from), emoji, count, ...removed && { removed } };
}

function ofRoom({ message }: ReceivedMessage): RoomMessage {
  return message as RoomMessage;
}

Deno.test("an edit replaces the text, and without a new text keeps the old one", () => {
  const once = ofRoom(changedMessage(spoken(), edited(SEQ, 2, "hi")));
  assertEquals([once.text, once.edited], ["hi", true]);
  const later = ofRoom(changedMessage(spoken(), edited(SEQ, 2)));
  assertEquals([later.text, later.edited], ["hello", true]);
});

Deno.test("a deleted message loses its text and reactions for good", () => {
  const gone = changedMessage(changedMessage(spoken(), reacted("👍", 1, BOB)), deleted(SEQ, 3));
  assertEquals([ofRoom(gone).text, ofRoom(gone).deleted, ofRoom(gone).reactions, gone.reactors], [
    "",
    true,
    undefined,
    undefined,
  ]);
  for (const change of [edited(SEQ, 4, "back"), reacted("👍", 1, BOB)]) {
    assertEquals(changedMessage(gone, change), gone);
  }
});

Deno.test("a quote follows its message, in one line, and is empty once that is deleted", () => {
  const answer = spoken({ seq: 2, reply: { seq: SEQ, from: ADA, text: "hello" } });
  const after = ofRoom(changedMessage(answer, edited(SEQ, 3, `a\nb ${"x".repeat(200)}`))).reply;
  assert(after?.text?.startsWith("a b xx") && after.text.length === MAX_QUOTE_CHARS);
  assertEquals(ofRoom(changedMessage(answer, deleted(SEQ, 3))).reply, { seq: SEQ, from: ADA });
  assertEquals(changedMessage(answer, reacted("👍", 1, BOB)), answer);
});

Deno.test("reactions have the server's counts and name the members who were seen", () => {
  let said = spoken({ reactions: [{ emoji: "👍", count: 2 }] });
  for (const change of [reacted("👍", 3, BOB), reacted("🎉", 1, YOU)]) said = changedMessage(said, change);
  const titles = () => ofRoom(said).reactions!.map((reaction) => reactorsOf(reaction, said.reactors, YOU));
  assertEquals(ofRoom(said).reactions, [{ emoji: "👍", count: 3 }, { emoji: "🎉", count: 1 }]);
  assertEquals(titles(), ["bob and 2 more", "you"]);
  for (const change of [reacted("👍", 2, BOB, true), reacted("🎉", 0, YOU, true)]) said = changedMessage(said, change);
  assertEquals([ofRoom(said).reactions, titles()], [[{ emoji: "👍", count: 2 }], ["2 people"]]);
});

Deno.test("reactions of a message are limited in number and in names", () => {
  let said = spoken();
  for (let nth = 0; nth < 100; nth++) said = changedMessage(said, reacted(`${nth}`, 1, BOB));
  for (let nth = 0; nth < 100; nth++) {
    said = changedMessage(said, reacted("0", nth + 1, { id: `${nth}`, name: `n${nth}` }));
  }
  assertEquals([ofRoom(said).reactions?.length, said.reactors?.size, said.reactors?.get("0")?.length], [20, 20, 20]);
});

Deno.test("changes leave no gap, mention nobody, and are read with the messages", () => {
  const stage = new PageStage();
  stage.receive(
    joined("lobby"),
    roomMessage("hello", 1),
    roomMessage("and again", 2),
    edited(1, 3, "hi"),
    deleted(2, 4),
  );
  stage.receive(deleted(77, 5), roomMessage("more", 6));
  const { timeline, unread } = stage.chat.conversations.current!;
  assertEquals(stage.shown("#lobby"), ["ada: hi", "ada: ", "ada: more"]);
  assertEquals([timeline.newestSeq, timeline.revision, unread, stage.mentioned], [6, 0, 0, []]);
  stage.receive(reacted("👍", 1, BOB), { ...deleted(77, 7) });
  assertEquals(new Map(stage.client.read), new Map([["lobby", 7]]));
});

Deno.test("a change of a message that is not loaded yet does not hide it later", () => {
  const stage = new PageStage();
  stage.receive(joined("lobby"), deleted(2, 9));
  stage.chat.loadOlder(stage.chat.conversations.current!, 200);
  const messages = [roomMessage("one", 1), { ...roomMessage("", 2), deleted: true }] as RoomMessage[];
  stage.receive({ type: "history", ref: "older #lobby", room: "lobby", messages, more: false });
  assertEquals(stage.shown("#lobby"), ["ada: one", "ada: "]);
});

Deno.test("typed commands apply to the last matching message, loaded or new, and failed ones keep their intent", () => {
  const stage = new PageStage();
  stage.receive(joined("lobby"));
  for (const line of ["/reply yes", "/edit"]) assertThrows(() => stage.actions.submit(line), Error, "There is no");
  stage.chat.loadOlder(stage.chat.conversations.current!, 200);
  const messages = [
    roomMessage("mine", 1, YOU),
    roomMessage("bob's", 2, BOB),
    roomMessage("ada's", 3),
  ] as RoomMessage[];
  stage.receive({ type: "history", ref: "older #lobby", room: "lobby", messages, more: false });
  stage.actions.submit("/edit");
  assertEquals(stage.opened, ["write /edit mine"]);
  for (const line of ["/react 👍", "/edit ours", "/delete", "/reply bob yes", "/reply no"]) stage.actions.submit(line);
  assertEquals(stage.client.pending.map(({ text, intent }) => [text, intent]), [
    ["👍", { kind: "react", of: idOf(3) }],
    ["ours", { kind: "edit", of: idOf(1) }],
    ["", { kind: "delete", of: idOf(1) }],
    ["yes", { kind: "reply", to: idOf(2) }],
    ["no", { kind: "reply", to: idOf(3) }],
  ]);
  const lobby = stage.chat.conversations.current!;
  stage.client.refuse("No");
  stage.actions.resend(lobby, lobby.failed[0]!);
  assertEquals(stage.client.pending.at(-1)?.intent, { kind: "react", of: idOf(3) });
});

Deno.test("the bar at a message offers its possible actions, and removes the user's own reaction", () => {
  const stage = new PageStage();
  stage.receive(
    joined("lobby"),
    roomMessage("old", 1, YOU),
    roomMessage("new\nest", 2, YOU),
    roomMessage("hi", 3),
    deleted(3, 4),
  );
  assertEquals([1, 2, 3, 9].map((seq) => stage.actions.allowed(seq)), [
    { label: "zoe: old", edit: false, delete: true },
    { label: "zoe: new est", edit: true, delete: true },
    undefined,
    undefined,
  ]);
  stage.actions.perform(1, { kind: "react", emoji: "👍" });
  stage.receive(reacted("👍", 1, YOU));
  stage.actions.perform(1, { kind: "react", emoji: "👍" });
  for (const kind of ["reply", "edit", "delete"] as const) stage.actions.perform(2, { kind });
  assertEquals(stage.opened, ["write /reply 2 ", "write /edit new\nest"]);
  assertEquals(stage.client.pending.map(({ intent }) => intent), [
    { kind: "react", of: idOf(1) },
    { kind: "react", of: idOf(1), remove: true },
    { kind: "delete", of: idOf(2) },
  ]);
});

Deno.test("a message that is older than the last 200 on the page is named by its id, and one that is not there by its number", () => {
  const stage = new PageStage();
  stage.receive({ ...joined("lobby") as JoinedEvent, seq: 300 });
  for (let seq = 10; seq <= 250; seq++) stage.receive(roomMessage(`m${seq}`, seq, seq % 2 ? ADA : YOU));
  stage.actions.perform(11, { kind: "react", emoji: "👍" });
  stage.actions.perform(12, { kind: "delete" });
  for (const line of ["/reply 13 yes", "/reply 5 no"]) stage.actions.submit(line);
  assertEquals(stage.client.pending.map(({ intent }) => intent), [
    { kind: "react", of: idOf(11) },
    { kind: "delete", of: idOf(12) },
    { kind: "reply", to: idOf(13) },
    { kind: "reply", to: 5 },
  ]);
});
