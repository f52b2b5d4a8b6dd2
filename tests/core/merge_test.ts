import { assertEquals } from "@std/assert";
import type { MergedPage } from "../../src/core/commands/merge/mod.ts";
import { MAX_REACTIONS_PER_MESSAGE } from "../../src/protocol/limits.ts";
import type { MemberInfo, RoomEntry, RoomMessage } from "../../src/protocol/messages/messages.ts";
import { conversationName } from "../../src/protocol/conventions.ts";
import { digest } from "../../src/server/turn/ids.ts";
import { Stage, type StageOptions, START } from "./stage.ts";
import { twinOptions } from "./replay/twin_hubs.ts";

const EVE = { id: "eve-id", name: "eve", tokenDigest: "digest of eve" };
const AT = new Date(START - 1_000).toISOString();
const THUMB = "\u{1f44d}";

function message(id: string, from: MemberInfo = EVE, more: Partial<RoomMessage> = {}): RoomMessage {
  const { id: fromId, name } = from;
  return { type: "message", id, room: "lobby", seq: 1, from: { id: fromId, name }, text: id, at: AT, ...more };
}

function change(id: string, of: string, from: MemberInfo = EVE) {
  return { id, room: "lobby", seq: 9, from: { id: from.id, name: from.name }, at: AT, of: { id: of, seq: 9 } };
}

/** A chat on two hubs with ada in the lobby, who has written one message. Its store answers, as after a start. */
function begin(options: StageOptions = {}) {
  const stage = new Stage({ ...twinOptions(), ...options });
  stage.join("ada");
  stage.restart();
  const ada = stage.connect();
  stage.say(ada, { type: "join", token: "token-1", room: "lobby" });
  stage.say(ada, { type: "message", room: "lobby", text: "own" });
  stage.forget();
  const merge = (entries: readonly RoomEntry[], more: Partial<MergedPage> = {}) =>
    stage.merge({
      place: { room: { id: "r-1", name: "lobby", topic: "" } },
      members: [EVE],
      after: 0,
      entries,
      ...more,
    });
  /** Merges each entry in a page of its own, since it refers to others. */
  const mergeEach = (...entries: readonly RoomEntry[]) => entries.forEach((entry) => merge([entry]));
  return { stage, ada, merge, mergeEach, adaInfo: { id: stage.idOf("ada"), name: "ada" } };
}

function lines(stage: Stage, room = "lobby"): string[] {
  return stage.store.entries({ room, limit: 99 }).map(({ seq, id, from, ...entry }) =>
    `${seq} ${entry.type === "message" && from.name === "ada" ? entry.text : id} of ${from.name}`
  );
}

Deno.test("merged entries get the next seqs in their order, keep ids, authors and times, and all members see them", () => {
  const { stage, ada, merge } = begin();
  merge([message("e-1", EVE, { seq: 7 }), message("e-2", EVE, { seq: 8 })]);
  assertEquals(lines(stage), ["1 own of ada", "2 e-1 of eve", "3 e-2 of eve"]);
  assertEquals(stage.stored.map(({ at }) => at).slice(1), [AT, AT]);
  assertEquals(stage.events(ada).map((event) => event.type === "message" && event.id), ["e-1", "e-2"]);
  stage.say(ada, { type: "message", room: "lobby", text: "next" });
  assertEquals(lines(stage).at(-1), "4 next of ada");
});

Deno.test("an entry that the chat has is skipped, however often and in whatever order it comes", () => {
  const { stage, merge } = begin();
  merge([message("e-1"), message("e-1"), message("e-2")]);
  merge([message("e-2"), message("e-1"), message("e-3"), message(stage.idAt(1))]);
  assertEquals(lines(stage), ["1 own of ada", "2 e-1 of eve", "3 e-2 of eve", "4 e-3 of eve"]);
});

Deno.test("merged changes and replies find their messages by id", () => {
  const { stage, ada, mergeEach } = begin();
  const own = stage.idAt(1);
  mergeEach(
    message("e-1"),
    message("e-2", EVE, { reply: { id: "e-1", seq: 5 } }),
    { ...change("c-1", "e-1"), type: "edited", text: "uno" },
    { ...change("c-2", own), type: "reacted", emoji: THUMB, count: 7 },
    { ...change("c-3", "e-2"), type: "deleted" },
  );
  const read = stage.store.read({ room: "lobby", limit: 9 });
  assertEquals(read.map(({ text }) => text), ["own", "uno", ""]);
  assertEquals(read[0]!.reactions?.map(({ emoji, count }) => [emoji, count]), [[THUMB, 1]]);
  const [, second, edit, reaction, deletion] = stage.events(ada);
  assertEquals(second?.type === "message" && second.reply, {
    ...{ id: "e-1", seq: 2, from: { id: "eve-id", name: "eve" }, text: "e-1" },
  });
  const targets = [edit, reaction, deletion].map((event) => event !== undefined && "of" in event && event.of);
  assertEquals(targets.map((of) => typeof of === "object" && of.seq), [2, 1, 3]);
});

Deno.test("a merged change of another member's message, of an unknown or of a deleted one is left out", () => {
  const { stage, adaInfo, mergeEach } = begin();
  const own = stage.idAt(1);
  const bob = { id: "bob-id", name: "bob" };
  mergeEach(
    { ...change("c-1", own), type: "edited", text: "stolen" },
    { ...change("c-2", own), type: "deleted" },
    { ...change("c-3", "unknown"), type: "reacted", emoji: THUMB, count: 1 },
    { ...change("c-4", own, adaInfo), type: "deleted" },
    { ...change("c-5", own, bob), type: "reacted", emoji: THUMB, count: 1 },
    { ...change("c-6", own, adaInfo), type: "edited", text: "back" },
  );
  assertEquals(stage.stored.map(({ type }) => type), ["message", "deleted"]);
});

Deno.test("merged reactions count each member once, and have the limits of all others", () => {
  const { stage, mergeEach } = begin();
  const own = stage.idAt(1);
  const emoji = Array.from({ length: MAX_REACTIONS_PER_MESSAGE + 3 }, (_, n) => String.fromCodePoint(0x1f600 + n));
  mergeEach(...emoji.map((emoji, n) => ({
    ...{ ...change(`c-${n}`, own, { id: `m-${n}`, name: `m${n}` }), type: "reacted" as const, emoji, count: 1 },
  })));
  mergeEach({ ...change("d", own, { id: "m-1", name: "m1" }), type: "reacted", emoji: emoji[1]!, count: 1 });
  const [message] = stage.store.read({ room: "lobby", limit: 1 });
  assertEquals(message!.reactions!.length, MAX_REACTIONS_PER_MESSAGE);
  assertEquals(new Set(message!.reactions!.map(({ count }) => count)), new Set([1]));
});

Deno.test("a merged reply loses a quote that nobody can find, and keeps one from before both orders parted", () => {
  const { stage, merge, mergeEach } = begin();
  mergeEach(message("e-1", EVE, { reply: { id: "unknown", seq: 5 }, signature: "s", key: "k", time: AT }));
  merge([message("e-2", EVE, { reply: { id: "pruned", seq: 4 } })], { after: 4 });
  const [, first, second] = stage.store.entries({ room: "lobby", limit: 9 }) as RoomMessage[];
  assertEquals([first!.reply, first!.signature], [undefined, undefined]);
  assertEquals(second!.reply, { id: "pruned", seq: 4 });
});

Deno.test("a merge makes rooms, conversations and members that are missing, and nothing for entries that are left out", () => {
  const { stage, ada, adaInfo, merge } = begin();
  const room = { id: "den-id", name: "den", topic: "tea" };
  merge([message("e-1", EVE, { room: "den" })], { place: { room } });
  merge([{ ...change("c", "unknown"), type: "deleted" }], { place: { room: { ...room, name: "empty" } } });
  const channel = conversationName(EVE.id, adaInfo.id);
  const conversation = { id: "c-1", members: [{ id: EVE.id, name: "eve" }, adaInfo] as const };
  const stranger = { id: "x-id", name: "x" };
  merge([message("x", stranger), message("e-2", EVE)], { place: { conversation } });
  assertEquals(stage.store.rooms.map(({ id, name, topic, seq }) => [id, name, topic, seq]).slice(1), [
    ["den-id", "den", "tea", 1],
  ]);
  assertEquals(lines(stage, channel), ["1 e-2 of eve"]);
  assertEquals(stage.events(ada).map((event) => event.type === "message" && "with" in event && event.with.name), [
    "eve",
  ]);
  assertEquals(stage.store.memberByName(["eve"])?.id, EVE.id);
  assertEquals(stage.hub.census().rooms, 2);
  stage.restart();
  assertEquals(stage.hub.census().rooms, 2);
});

Deno.test("a merged member takes no other member's token, name or place", () => {
  const { stage, adaInfo, merge } = begin();
  const known = stage.store.members.length;
  const forged = [
    { id: adaInfo.id, name: "other", tokenDigest: "digest of x" },
    { id: "mallory", name: "mallory", tokenDigest: stage.store.memberById(adaInfo.id)!.tokenDigest },
  ];
  merge([message("e-1", { id: adaInfo.id, name: "other" })], { members: forged });
  assertEquals(stage.store.members.length, known);
  assertEquals(stage.stored.at(-1)!.from, adaInfo);
  merge([message("e-2", { id: "other-id", name: "Ada" })], {
    members: [{ id: "other-id", name: "Ada", tokenDigest: "digest of y" }],
  });
  assertEquals([stage.stored.at(-1)!.from.id, stage.store.memberByName(["ada"])?.id], ["other-id", adaInfo.id]);
});

Deno.test("entries of a member who is muted, and of one whose name another member owns, are left out", () => {
  const { stage, merge, adaInfo } = begin({ access: { adminDigest: digest("boss of all"), inviteOnly: false } });
  const owner = stage.connect();
  stage.say(owner, { type: "auth", password: "boss of all" });
  stage.say(owner, { type: "join", name: "op", room: "lobby" });
  stage.say(owner, { type: "mute", room: "lobby", name: "ada" });
  merge([message("e-0", adaInfo)]);
  stage.say(owner, { type: "register", password: "otter lamp crane" });
  stage.hash();
  merge([message("e-1", { id: "mallory", name: "Op" })]);
  merge([message("e-2", { id: "mallory", name: "Op" })], {
    members: [{ id: "mallory", name: "Op", tokenDigest: "digest of y" }],
  });
  assertEquals(lines(stage), ["1 own of ada"]);
});

Deno.test("a merged file does not take the place of another message's file", () => {
  const { stage, merge } = begin();
  const file = { id: "f-1", name: "f.txt", size: 1, media: "text/plain", sha256: "h".repeat(43) };
  merge([message("e-1", EVE, { file })]);
  merge([message("e-2", EVE, { file: { ...file, sha256: "i".repeat(43) } })]);
  assertEquals(lines(stage), ["1 own of ada", "2 e-1 of eve"]);
});

Deno.test("a merged entry is not from the future", () => {
  const { stage, merge } = begin();
  merge([message("e-1", EVE, { at: "2099-01-01T00:00:00.000Z" })]);
  assertEquals(stage.stored.at(-1)!.at, new Date(stage.now).toISOString());
});

Deno.test("a client that has a merged entry with another seq learns from where on to ask again, and one that has it right does not", () => {
  const { stage, merge } = begin();
  merge([message("e-1", EVE, { seq: 3 }), message("e-2", EVE, { seq: 4 })], { after: 1 });
  const renumbered = (more: object) => {
    const session = stage.join("bob" + Object.values(more).join("").replace("-", ""), "lobby", more);
    return stage.events(session).flatMap((event) => event.type === "renumbered" ? [event.room, event.from] : []);
  };
  assertEquals(renumbered({ after: "e-2", seq: 5 }), ["lobby", 1]);
  assertEquals(renumbered({ after: "e-2", seq: 3 }), []);
  assertEquals(renumbered({ after: "pruned", seq: 1 }), []);
  assertEquals(renumbered({ after: "e-1" }), []);
});
