import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COPY_PATIENCE_MS } from "../../src/protocol/limits.ts";
import { HostStage, KeyOwner } from "./copy_stage.ts";

function say(text: string, more: object = {}) {
  return { type: "message", room: "lobby", text, ...more };
}

/** Two members: ada's client, and bob with his key. */
async function adaAndBob(stage: HostStage) {
  const bob = new KeyOwner();
  const { guest } = await stage.joinWith(new KeyOwner(), "ada");
  return { guest, bob, member: await stage.joinWith(bob, "bob") };
}

Deno.test("a follower gets what was before, and what comes later, with edits, reactions and topics", async () => {
  await using stage = new HostStage();
  const [ada, bob] = [new KeyOwner(), new KeyOwner()];
  const host = await stage.joinWith(ada, "ada");
  const member = await stage.joinWith(bob, "bob");
  await host.guest.say(say("one", { ref: "1" }), say("two", { ref: "2" }));
  const { id } = await host.guest.until("ack");
  const follower = await stage.follow(bob, member.id);
  await follower.has("lobby", 2);
  await host.guest.say(say("three"), { type: "edit", room: "lobby", of: id, text: "uno" });
  await host.guest.say({ type: "react", room: "lobby", of: id, emoji: "👍" }, {
    type: "topic",
    room: "lobby",
    text: "tea",
  });
  await follower.has("lobby", 5);
  await follower.until((copy) => copy.rooms()[0]?.topic === "tea");
  const page = { room: "lobby", limit: 100 };
  assertEquals(follower.history.read(page), stage.history.read(page));
  assertEquals(follower.history.entries(page), stage.history.entries(page));
  assertEquals(follower.history.memberById(host.id), stage.history.memberById(host.id));
  await follower.leave();
});

Deno.test("an acknowledgement waits for one copy, and without a copy says that the message is alone", async () => {
  await using stage = new HostStage();
  const { guest, bob, member } = await adaAndBob(stage);
  await guest.say(say("alone", { ref: "1" }));
  assertEquals((await guest.until("ack") as { alone?: true }).alone, true);
  const follower = await stage.follow(bob, member.id);
  await follower.has("lobby", 1);
  await stage.current(1);
  await guest.events();
  follower.hold();
  await guest.say(say("copied", { ref: "2" }));
  await stage.stored(2);
  follower.release();
  const ack = await guest.until("ack");
  assertEquals([ack.ref, (ack as { alone?: true }).alone], ["2", undefined]);
  assertEquals(follower.history.entries({ room: "lobby", limit: 1 })[0]!.id, ack.id);
  await follower.leave();
});

Deno.test("a follower that stalls holds others back for a moment only, and again only after it has caught up", async () => {
  await using stage = new HostStage();
  const { guest, bob, member } = await adaAndBob(stage);
  const follower = await stage.follow(bob, member.id);
  await stage.current(1);
  follower.hold();
  await guest.say(say("one", { ref: "1" }));
  await stage.stored(1);
  stage.pass(COPY_PATIENCE_MS);
  assertEquals((await guest.until("ack") as { alone?: true }).alone, true);
  await guest.say(say("two", { ref: "2" }));
  assertEquals((await guest.until("ack") as { alone?: true }).alone, true);
  follower.release();
  await stage.current(1);
  await guest.say(say("three", { ref: "3" }));
  assertEquals((await guest.until("ack") as { alone?: true }).alone, undefined);
  await follower.leave();
});

Deno.test("a follower that ends, or dies, holds nothing back", async () => {
  await using stage = new HostStage();
  const { guest, bob, member } = await adaAndBob(stage);
  const follower = await stage.follow(bob, member.id);
  await stage.current(1);
  follower.hold();
  await guest.say(say("one", { ref: "1" }));
  await stage.stored(1);
  await follower.leave();
  assertEquals((await guest.until("ack") as { alone?: true }).alone, true);
});

Deno.test("a locked room is copied to its members only, and a conversation to its two members only", async () => {
  await using stage = new HostStage();
  const [ada, bob, eve] = [new KeyOwner(), new KeyOwner(), new KeyOwner()];
  const host = await stage.joinWith(ada, "ada");
  const friend = await stage.joinWith(bob, "bob");
  const other = await stage.joinWith(eve, "eve");
  const inside = stage.dialAsOwner();
  await inside.say({ type: "join", name: "op", room: "vault" }, { type: "lock", room: "vault" });
  await inside.say({ type: "message", room: "vault", text: "gold" });
  await host.guest.say({ type: "message", to: "bob", text: "psst" }, say("hello"));
  await host.guest.events();
  await inside.events();
  const [mine, theirs] = [await stage.follow(bob, friend.id), await stage.follow(eve, other.id)];
  await mine.has("lobby", 1);
  await theirs.has("lobby", 1);
  await stage.current(2);
  await host.guest.say({ type: "message", to: "bob", text: "again", ref: "d" }, say("bye"));
  await mine.has("lobby", 2);
  await theirs.has("lobby", 2);
  const rooms = (copy: typeof mine) => copy.history.rooms().map(({ name }) => name);
  assertEquals([rooms(mine), rooms(theirs)], [["lobby"], ["lobby"]]);
  assertEquals([mine.history.conversationCount(), theirs.history.conversationCount()], [1, 0]);
  const channel = [host.id, friend.id].toSorted().join(" ");
  assertEquals(mine.history.read({ room: channel, limit: 9 }), stage.history.read({ room: channel, limit: 9 }));
  await mine.leave();
  await theirs.leave();
});

Deno.test("a follower that comes back gets only what it lacks, and records that ended meanwhile are gone", async () => {
  await using stage = new HostStage();
  const { guest, bob, member } = await adaAndBob(stage);
  const owner = stage.dialAsOwner();
  await owner.say({ type: "join", name: "op", room: "lobby" }, { type: "slow", room: "lobby", seconds: 1 });
  await owner.events();
  const first = await stage.follow(bob, member.id);
  await first.until((copy) => copy.records().some(({ kind }) => kind === "restriction"));
  await guest.say(say("one"));
  await first.has("lobby", 1);
  await first.leave();
  await owner.say({ type: "slow", room: "lobby", seconds: 0 });
  await owner.say(say("two"), say("three"));
  await owner.events();
  const second = await stage.follow(bob, member.id, { history: first.history });
  await second.has("lobby", 3);
  await stage.current(1);
  assertEquals(second.history.read({ room: "lobby", limit: 9 }), stage.history.read({ room: "lobby", limit: 9 }));
  assertEquals(second.history.records().filter(({ kind }) => kind === "restriction"), []);
  await second.leave();
});

Deno.test("nobody keeps a copy without a proof, against the owner's will, or of another chat", async () => {
  await using stage = new HostStage();
  const [bob, eve] = [new KeyOwner(), new KeyOwner()];
  const member = await stage.joinWith(bob, "bob");
  const uninvited = await stage.follow(bob, member.id);
  stage.followers.clear();
  assertStringIncludes(await uninvited.ended, "not allowed");
  stage.followers.add(bob.key);
  const forger = await stage.follow(bob, member.id, {
    prove: (challenge) => Promise.resolve({ ...eve.prove(challenge), key: bob.key }),
  });
  assertStringIncludes(await forger.ended, "not valid for this key");
  const stranger = await stage.follow(eve, "nobody");
  assertStringIncludes(await stranger.ended, "not allowed");
});

Deno.test("a server of a chat that is not shared has no path for followers", async () => {
  await using stage = new HostStage({ hosted: undefined });
  let message = "";
  await stage.follow(new KeyOwner(), "m").catch((error) => message = (error as Error).message);
  assertStringIncludes(message, "404");
});

Deno.test("a copy that the follower does not want ends before it begins", async () => {
  await using stage = new HostStage();
  const ada = new KeyOwner();
  const { guest, id } = await stage.joinWith(ada, "ada");
  await guest.say(say("one"), say("two"));
  await guest.events();
  const sizes: object[] = [];
  const follower = await stage.follow(ada, id, { wants: (size) => sizes.push(size) === 0 });
  assertEquals(await follower.ended, "");
  assertEquals(sizes, [{ entries: 2, channels: 1 }]);
  assert(follower.history.rooms().length === 0);
});
