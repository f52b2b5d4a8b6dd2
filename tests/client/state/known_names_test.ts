import { assertEquals } from "@std/assert";
import { KnownNames, MAX_NAMES_REMEMBERED } from "../../../src/client/state/known_names.ts";
import type { MemberInfo, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ADA, AT, BOB, Harness, joined, said, whispered } from "../harness.ts";

const OTHER_BOB: MemberInfo = { id: "m-bob-2", name: "Bob" };
const MARKED: MemberInfo = { ...OTHER_BOB, new: true };

function comes(member: MemberInfo): ServerEvent {
  return { type: "join", room: "lobby", member, at: AT };
}

function knowing(...names: [string, string][]) {
  const known = new KnownNames(() => {});
  known.restore(names);
  return known;
}

Deno.test("whoever comes with a name that somebody else had is marked, in whatever case it is written", () => {
  const known = knowing(["bob", BOB.id]);
  assertEquals(known.mark(comes(OTHER_BOB)), comes(MARKED));
  assertEquals(known.mark(comes(BOB)), comes(BOB));
});

Deno.test("the mark stands in lists, in rooms of many, in renames and on what they say", () => {
  const known = knowing(["bob", BOB.id]);
  const list = { type: "members", room: "lobby", members: [ADA, OTHER_BOB], count: 2 } as const;
  assertEquals(known.mark(list), { ...list, members: [ADA, MARKED] });
  const presence = { type: "presence", room: "lobby", count: 2, joined: [OTHER_BOB], left: [ADA] } as const;
  assertEquals(known.mark(presence), { ...presence, joined: [MARKED] });
  const rename = { type: "rename", member: OTHER_BOB, was: "rob", at: AT } as const;
  assertEquals(known.mark(rename), { ...rename, member: MARKED });
  assertEquals(known.mark(said(1, "hi", "lobby", OTHER_BOB)), said(1, "hi", "lobby", MARKED));
  const direct = { ...whispered("d-1"), from: OTHER_BOB };
  assertEquals(known.mark(direct), { ...direct, from: MARKED });
});

Deno.test("who takes another name loses the mark with the old one", () => {
  const known = knowing(["bob", BOB.id]);
  known.mark(comes(OTHER_BOB));
  const renamed = { ...OTHER_BOB, name: "robert" };
  known.mark({ type: "rename", member: renamed, was: "bob", at: AT });
  assertEquals(known.mark(said(1, "hi", "lobby", renamed)), said(1, "hi", "lobby", renamed));
});

Deno.test("the server's own mark counts for those who never knew the one before, and stays for this run", () => {
  const known = knowing();
  assertEquals(known.mark(comes(MARKED)), comes(MARKED));
  assertEquals(known.mark(comes(OTHER_BOB)), comes(MARKED));
  const friend = knowing(["bob", OTHER_BOB.id]);
  assertEquals(friend.mark(comes(MARKED)), comes(OTHER_BOB), "we knew this one all along");
});

Deno.test("our own name is ours, whoever had it before", () => {
  const known = knowing(["ada", "m-else"]);
  known.mark(joined());
  assertEquals(known.names, [["ada", ADA.id]]);
});

Deno.test("a thousand names are remembered, the longest unseen forgotten first", () => {
  const known = knowing();
  for (let index = 0; index <= MAX_NAMES_REMEMBERED; index++) {
    known.mark(comes({ id: `m-${index}`, name: `user${index}` }));
    known.mark(comes({ id: "m-0", name: "user0" }));
  }
  assertEquals(known.names.length, MAX_NAMES_REMEMBERED);
  assertEquals(known.names.at(-1), ["user0", "m-0"]);
  assertEquals(known.names[0], ["user2", "m-2"]);
});

Deno.test("a client knows the names of the one before it, but not on another server", async () => {
  const memory = new FakeMemory();
  const first = await Harness.online({ memory });
  first.server.send(comes(BOB));
  await first.server.commands();
  await first.harness.finish(first.server);
  assertEquals(memory.stored?.names, [["ada", ADA.id], ["bob", BOB.id]]);
  memory.closed = false;
  const second = await Harness.online({ memory });
  second.server.send(comes(OTHER_BOB), said(1, "hi", "lobby", OTHER_BOB));
  await second.server.commands();
  const [marked, spoken] = second.harness.received.filter((event) =>
    event?.type === "join" || event?.type === "message"
  );
  assertEquals([marked, spoken], [comes(MARKED), said(1, "hi", "lobby", MARKED)]);
  const lines = second.harness.events.flatMap((event) => event.type === "received" ? [event.line] : []);
  assertEquals(lines.filter((line) => line.includes('"new"')), [], "scripts get the server's own lines");
  await second.harness.finish(second.server);
});
