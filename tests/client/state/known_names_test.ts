import { assertEquals } from "@std/assert";
import { KnownNames, MAX_NAMES_REMEMBERED } from "../../../src/client/state/known_names.ts";
import type { MemberInfo, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ADA, AT, BOB, directMessage, Harness, joined, roomMessage } from "../harness.ts";

const OTHER_BOB: MemberInfo = { id: "m-bob-2", name: "Bob" };
const MARKED: MemberInfo = { ...OTHER_BOB, new: true };

function joinOf(member: MemberInfo): ServerEvent {
  return { type: "join", room: "lobby", member, at: AT };
}

function knowing(...names: [string, string][]) {
  const known = new KnownNames(() => {});
  known.restore(names);
  return known;
}

Deno.test("a member whose name belonged to another member is marked, ignoring case", () => {
  const known = knowing(["bob", BOB.id]);
  assertEquals(known.mark(joinOf(OTHER_BOB)), joinOf(MARKED));
  assertEquals(known.mark(joinOf(BOB)), joinOf(BOB));
});

Deno.test("the mark is set in lists, in presence events, in renames and on messages", () => {
  const known = knowing(["bob", BOB.id]);
  const list = { type: "members", room: "lobby", members: [ADA, OTHER_BOB], count: 2 } as const;
  assertEquals(known.mark(list), { ...list, members: [ADA, MARKED] });
  const presence = { type: "presence", room: "lobby", count: 2, joined: [OTHER_BOB], left: [ADA] } as const;
  assertEquals(known.mark(presence), { ...presence, joined: [MARKED] });
  const rename = { type: "rename", member: OTHER_BOB, was: "rob", at: AT } as const;
  assertEquals(known.mark(rename), { ...rename, member: MARKED });
  assertEquals(known.mark(roomMessage(1, "hi", "lobby", OTHER_BOB)), roomMessage(1, "hi", "lobby", MARKED));
  const direct = { ...directMessage(1), from: OTHER_BOB };
  assertEquals(known.mark(direct), { ...direct, from: MARKED });
});

Deno.test("a member who takes another name loses the mark", () => {
  const known = knowing(["bob", BOB.id]);
  known.mark(joinOf(OTHER_BOB));
  const renamed = { ...OTHER_BOB, name: "robert" };
  known.mark({ type: "rename", member: renamed, was: "bob", at: AT });
  assertEquals(known.mark(roomMessage(1, "hi", "lobby", renamed)), roomMessage(1, "hi", "lobby", renamed));
});

Deno.test("the server's own mark applies to clients that never knew the earlier member, and stays for this run", () => {
  const known = knowing();
  assertEquals(known.mark(joinOf(MARKED)), joinOf(MARKED));
  assertEquals(known.mark(joinOf(OTHER_BOB)), joinOf(MARKED));
  const friend = knowing(["bob", OTHER_BOB.id]);
  assertEquals(friend.mark(joinOf(MARKED)), joinOf(OTHER_BOB), "this member was known before");
});

Deno.test("the user's own name is never marked, even if another member had it", () => {
  const known = knowing(["ada", "m-else"]);
  known.mark(joined());
  assertEquals(known.names, [["ada", ADA.id]]);
});

Deno.test("a thousand names are remembered, and the longest unseen is forgotten first", () => {
  const known = knowing();
  for (let index = 0; index <= MAX_NAMES_REMEMBERED; index++) {
    known.mark(joinOf({ id: `m-${index}`, name: `user${index}` }));
    known.mark(joinOf({ id: "m-0", name: "user0" }));
  }
  assertEquals(known.names.length, MAX_NAMES_REMEMBERED);
  assertEquals(known.names.at(-1), ["user0", "m-0"]);
  assertEquals(known.names[0], ["user2", "m-2"]);
});

Deno.test("a client knows the names of the previous one, but not on another server", async () => {
  const memory = new FakeMemory();
  const first = await Harness.online({ memory });
  first.server.send(joinOf(BOB));
  await first.server.commands();
  await first.harness.finish(first.server);
  assertEquals(memory.stored?.names, [["ada", ADA.id], ["bob", BOB.id]]);
  memory.closed = false;
  const second = await Harness.online({ memory });
  second.server.send(joinOf(OTHER_BOB), roomMessage(1, "hi", "lobby", OTHER_BOB));
  await second.server.commands();
  const [marked, message] = second.harness.received.filter((event) =>
    event?.type === "join" || event?.type === "message"
  );
  assertEquals([marked, message], [joinOf(MARKED), roomMessage(1, "hi", "lobby", MARKED)]);
  const lines = second.harness.events.flatMap((event) => event.type === "received" ? [event.line] : []);
  assertEquals(lines.filter((line) => line.includes('"new"')), [], "scripts get the server's own lines");
  await second.harness.finish(second.server);
});
