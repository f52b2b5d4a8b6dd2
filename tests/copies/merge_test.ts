import { assertEquals } from "@std/assert";
import { SpyHistory } from "../server/stage.ts";
import type { HistoryStore } from "../../src/history/store.ts";
import { conversationName } from "../../src/protocol/conventions.ts";
import { entryText } from "../../src/protocol/identity/signed_text.ts";
import type { RoomEntry } from "../../src/protocol/messages/messages.ts";
import { UuidSource } from "../../src/protocol/uuid.ts";
import { HostStage, KeyOwner } from "./copy_stage.ts";

type Half = Awaited<ReturnType<HostStage["joinWith"]>>;

/** Two halves of a chat with ada and bob: both have the same beginning, and go on without each other. */
async function part() {
  const [ada, bob] = [new KeyOwner(), new KeyOwner()];
  const left = new HostStage();
  const begun = await left.joinWith(ada, "ada");
  const { id: bobId } = await left.joinWith(bob, "bob");
  const say = (stage: HostStage, { guest, id }: Half, owner: KeyOwner, said: Said) =>
    guest.say(signed(stage, owner, id, said));
  await say(left, begun, ada, { text: "before one" });
  await say(left, begun, ada, { text: "before two" });
  const history = new SpyHistory({}, left.history.serverId);
  const copying = await left.follow(bob, bobId, { history });
  await copying.has("lobby", 2);
  await copying.leave();
  const right = new HostStage({ history });
  return { ada, bob, left, right, begun, bobId, say };
}

interface Said {
  readonly text?: string;
  readonly room?: string;
  readonly to?: string;
  readonly reply?: string;
  readonly of?: string;
  readonly emoji?: string;
}

const IDS = new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });

/** A message, an edit or a reaction, with the signature of its author. */
function signed({ history, now }: HostStage, owner: KeyOwner, author: string, said: Said): object {
  const time = new Date(0).toISOString();
  const place = said.to === undefined ? { room: "lobby", ...said } : said;
  const id = IDS.next(now);
  const [type, command] = said.of === undefined
    ? ["message" as const, "message"]
    : said.emoji === undefined
    ? ["edited" as const, "edit"]
    : ["reaction" as const, "react"];
  const text = entryText({ type, chat: history.serverId, author, id, time, ...place });
  return { type: command, id, ...place, key: owner.key, signature: owner.sign(text), time };
}

function entriesOf(history: HistoryStore, room = "lobby"): RoomEntry[] {
  return history.entries({ room, limit: 100_000 });
}

function texts(history: HistoryStore, room?: string): string[] {
  return entriesOf(history, room).map((entry) => entry.type === "message" ? entry.text : entry.type);
}

/** Joins both halves: bob, who hosted the right one, now follows the left one. */
async function follow({ left, right, bob, bobId }: Awaited<ReturnType<typeof part>>) {
  const { history } = right;
  await right[Symbol.asyncDispose]();
  const follower = await left.follow(bob, bobId, { history });
  await left.current(1);
  return follower;
}

Deno.test("two halves that went on have all entries in one order after they have met", async () => {
  const halves = await part();
  const { left, right, begun, ada, bob, say } = halves;
  await using _left = left;
  const [first] = entriesOf(left.history);
  const there = await right.joinWith(bob, "bob");
  await say(left, begun, ada, { text: "left one" });
  await say(right, there, bob, { text: "right one" });
  await there.guest.events();
  const reply = entriesOf(right.history).at(-1)!.id;
  await say(right, there, bob, { text: "right two", reply });
  const owner = right.dialAsOwner();
  await owner.say({ type: "join", name: "op", room: "den" }, { type: "message", room: "den", text: "new room" });
  await owner.events();
  await say(right, there, bob, { emoji: "👍", of: first!.id });
  await say(right, there, bob, { text: "right two, better", of: entriesOf(right.history)[3]!.id });
  await there.guest.events();
  await say(left, begun, ada, { text: "left two" });
  await begun.guest.events();
  const ids = new Set([left, right].flatMap(({ history }) => entriesOf(history).map(({ id }) => id)));
  const follower = await follow(halves);
  const { history } = follower;
  assertEquals(texts(history), [
    ...["before one", "before two", "left one", "left two"],
    ...["right one", "right two, better", "reacted", "edited"],
  ]);
  assertEquals(entriesOf(history), entriesOf(left.history));
  assertEquals(history.read({ room: "lobby", limit: 99 }), left.history.read({ room: "lobby", limit: 99 }));
  assertEquals(new Set(entriesOf(history).map(({ id }) => id)), ids);
  assertEquals([texts(left.history, "den"), texts(history, "den")], [["new room"], ["new room"]]);
  const seen = (await begun.guest.events()).filter(({ type }) => type === "message" || type === "edited");
  const better = "right two, better";
  assertEquals(seen.map((event) => "text" in event ? event.text : ""), ["right one", better, better]);
  await say(left, begun, ada, { text: "together" });
  await follower.has("lobby", 9);
  assertEquals(entriesOf(history), entriesOf(left.history));
  await follower.leave();
});

Deno.test("conversations of two halves are merged, and only those of the follower's member", async () => {
  const halves = await part();
  const { left, right, begun, ada, bob, bobId, say } = halves;
  await using _left = left;
  const there = await right.joinWith(bob, "bob");
  const elsewhere = await right.joinWith(ada, "ada");
  await say(left, begun, ada, { text: "left", to: bobId });
  await say(right, elsewhere, ada, { text: "right", to: bobId });
  await say(right, there, bob, { text: "answer", to: begun.id });
  await say(right, elsewhere, ada, { text: "note to myself", to: begun.id });
  for (const { guest } of [begun, elsewhere, there]) await guest.events();
  const follower = await follow(halves);
  const channel = conversationName(begun.id, bobId);
  assertEquals(texts(left.history, channel), ["left", "right", "answer"]);
  assertEquals(entriesOf(follower.history, channel), entriesOf(left.history, channel));
  assertEquals(texts(left.history, conversationName(begun.id, begun.id)), []);
  const seen = (await begun.guest.events()).filter(({ type }) => type === "message");
  assertEquals(seen.map((event) => "text" in event ? event.text : ""), ["right", "answer"]);
  await follower.leave();
});

Deno.test("an entry without its author's signature is left out at both ends, and what it changed is as before", async () => {
  const halves = await part();
  const { left, right, begun, bob, ada, say } = halves;
  await using _left = left;
  const [first] = entriesOf(left.history);
  const there = await right.joinWith(bob, "bob");
  const elsewhere = await right.joinWith(ada, "ada");
  await there.guest.say({ type: "message", room: "lobby", text: "unsigned" });
  await elsewhere.guest.say({ type: "edit", room: "lobby", of: first!.id, text: "forged" });
  await say(right, there, ada, { text: "by another key" });
  await say(right, there, bob, { text: "right" });
  await there.guest.events();
  const guest = right.dial();
  await guest.say({ type: "join", name: "eve", room: "lobby" }, { type: "message", room: "lobby", text: "no key" });
  for (const each of [there.guest, elsewhere.guest, guest]) await each.events();
  assertEquals(texts(right.history)[0], "forged");
  const follower = await follow(halves);
  assertEquals(texts(left.history), ["before one", "before two", "right", "no key"]);
  assertEquals(entriesOf(follower.history), entriesOf(left.history));
  assertEquals(left.logged.filter((line) => line.includes('"merged"')).length, 1);
  await follower.leave();
  await begun.guest.events();
});

Deno.test("a follower that has met the host once is merged no more, and lacks nothing", async () => {
  const halves = await part();
  const { left, right, begun, ada, bob, bobId, say } = halves;
  await using _left = left;
  const there = await right.joinWith(bob, "bob");
  await say(right, there, bob, { text: "right" });
  await say(left, begun, ada, { text: "left" });
  await there.guest.events();
  const first = await follow(halves);
  await first.leave();
  const merges = () => left.logged.filter((line) => line.includes('"merged"')).length;
  assertEquals(merges(), 1);
  const second = await left.follow(bob, bobId, { history: first.history });
  await left.current(1);
  assertEquals([merges(), texts(second.history)], [1, ["before one", "before two", "left", "right"]]);
  await second.leave();
});
