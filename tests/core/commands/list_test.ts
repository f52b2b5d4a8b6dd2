import { assert, assertEquals } from "@std/assert";
import type { Effect } from "../../../src/core/effect.ts";
import {
  MAX_LINE_BYTES,
  MAX_MEMBERS_LISTED,
  MAX_SEARCH_WORDS,
  PRESENCE_ABOVE_MEMBERS,
} from "../../../src/protocol/limits.ts";
import { type Of, Stage } from "../stage.ts";

Deno.test("members are listed by their last message, newest first, then the silent ones in order of arrival", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve")];
  for (const session of [ada, eve, ada]) stage.say(session, { type: "message", text: "hi" });
  stage.forget();
  stage.say(bob, { type: "members", room: "lobby", ref: "m" });
  assertEquals(stage.seen(bob), ["members lobby 3: ada eve bob <m>"]);
  stage.say(ada, { type: "leave", room: "lobby" });
  stage.say(ada, { type: "join", room: "lobby" });
  stage.forget();
  stage.say(bob, { type: "members", room: "lobby" });
  assertEquals(stage.seen(bob), ["members lobby 3: eve bob ada"]);
});

Deno.test("a member who left, returned and wrote again is listed first", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { type: "message", text: "hi" });
  stage.say(ada, { type: "leave", room: "lobby" });
  stage.say(ada, { type: "join", room: "lobby" });
  stage.say(ada, { type: "message", text: "hi again" });
  stage.forget();
  stage.say(bob, { type: "members", room: "lobby" });
  assertEquals(stage.seen(bob), ["members lobby 2: ada bob"]);
});

Deno.test("a member outside a room can list its members", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.join("bob", "dev");
  stage.forget();
  stage.say(ada, { type: "members", room: "dev" });
  assertEquals(stage.seen(ada), ["members dev 1: bob"]);
});

Deno.test("a long list of members is cut at MAX_MEMBERS_LISTED, and the count includes all", () => {
  const stage = new Stage();
  const guests = Array.from({ length: MAX_MEMBERS_LISTED + 50 }, (_, n) => stage.join(`guest${n}`));
  stage.say(guests.at(-1)!, { type: "message", text: "hi" });
  stage.forget();
  stage.say(guests[0]!, { type: "members", room: "lobby" });
  const [list] = stage.events(guests[0]!) as Of<"members">[];
  assertEquals([list!.count, list!.members.length], [MAX_MEMBERS_LISTED + 50, MAX_MEMBERS_LISTED]);
  assertEquals(list!.members.slice(0, 2).map(({ name }) => name), ["guest249", "guest0"]);
  for (const session of guests) stage.say(session, { type: "message", text: "hi" });
  stage.forget();
  stage.say(guests[0]!, { type: "members", room: "lobby" });
  const names = (stage.events(guests[0]!)[0] as Of<"members">).members.map(({ name }) => name);
  assertEquals(names, Array.from({ length: MAX_MEMBERS_LISTED }, (_, n) => `guest${249 - n}`));
});

Deno.test("rooms are listed by number of members, then by name", () => {
  const stage = new Stage();
  const ada = stage.join("ada", "zoo");
  for (const room of ["dev", "ops", "art"]) stage.say(ada, { type: "join", room });
  stage.join("bob", "ops");
  stage.forget();
  stage.say(ada, { type: "rooms", ref: "r" });
  assertEquals(stage.seen(ada), ["rooms 4: ops=2 art=1 dev=1 zoo=1 <r>"]);
});

Deno.test("whois shows a member's role and the rooms that both members are in", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "join", name: "ada" });
  const bob = stage.join("bob", "dev");
  for (const room of ["lobby", "art"]) stage.say(bob, { type: "join", room });
  stage.join("eve", "ops");
  stage.forget();
  stage.say(bob, { type: "whois", name: "ADA", ref: "w" });
  stage.say(bob, { type: "whois", name: "bob" });
  stage.say(bob, { type: "whois", name: "eve" });
  assertEquals(stage.seen(bob), [
    "whois ada, role owner: @lobby <w>",
    "whois bob, role none: @art @dev lobby",
    "whois eve, role none: ",
  ]);
});

Deno.test("whois finds a departed member, and an unknown name is no_such_member", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { type: "leave" });
  stage.forget();
  stage.say(bob, { type: "whois", name: "ada" });
  stage.say(bob, { type: "whois", name: "mia" });
  assertEquals(stage.seen(bob), ["whois ada absent, role none: ", "! no_such_member"]);
});

Deno.test("whois shows when a member first joined, taken from the member's UUIDv7", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const first = stage.now;
  stage.pass(86_400_000);
  stage.forget();
  stage.say(ada, { type: "whois", name: "ada" });
  const [whois] = stage.events(ada) as Of<"whois">[];
  assertEquals(whois!.since, new Date(first).toISOString());
});

Deno.test("a member invited to one room finds only its members by whois", () => {
  const stage = new Stage({ access: { passwordDigest: "digest of pass", inviteOnly: true } });
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "join", name: "ada" });
  stage.say(owner, { type: "invite", room: "den", uses: 2 });
  const { secret } = stage.events(owner).find(({ type }) => type === "invite") as Of<"invite">;
  const [bob, eve] = [stage.connect(), stage.connect()];
  stage.say(bob, { type: "join", name: "bob", room: "den", password: secret });
  stage.say(eve, { type: "join", name: "eve", room: "den", password: secret });
  stage.forget();
  stage.say(bob, { type: "whois", name: "eve" });
  stage.say(bob, { type: "whois", name: "ada" });
  stage.say(bob, { type: "whois", name: "nobody" });
  const [found, known, unknown] = stage.events(bob) as [Of<"whois">, Of<"error">, Of<"error">];
  assertEquals([found.member.name, known.code, unknown.code], ["eve", "no_such_member", "no_such_member"]);
  assertEquals(known.message.replace("ada", "nobody"), unknown.message);
});

Deno.test("a list of many rooms with long topics still fits on a line", () => {
  const stage = new Stage();
  let session = 0;
  for (let n = 0; n < 250; n++) {
    const room = `room${n}`.padEnd(32, "x");
    if (n % 30 === 0) session = stage.join(`guest${n}`, room);
    else stage.say(session, { type: "join", room });
    stage.say(session, { type: "topic", room, text: '"'.repeat(512) });
    stage.now += 1_000;
  }
  stage.forget();
  stage.say(session, { type: "rooms" });
  const [list] = stage.events(session) as Of<"rooms">[];
  assertEquals(list!.count, 250);
  assert(list!.rooms.length > 40 && list!.rooms.length < 250);
  assert(JSON.stringify(list).length <= MAX_LINE_BYTES);
});

Deno.test("every member in the room gets a new topic once, and its author gets the ref", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve", "dev")];
  stage.forget();
  stage.say(ada, { type: "topic", room: "lobby", text: "engines", ref: "t" });
  assertEquals([stage.seen(ada), stage.seen(bob), stage.seen(eve)], [
    ["topic lobby: engines by ada <t>"],
    ["topic lobby: engines by ada"],
    [],
  ]);
  const late = stage.join("late");
  assertEquals((stage.events(late)[0] as Of<"joined">).room.topic, "engines");
});

Deno.test("history and search become effects with all fields of the command", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  assertEquals(stage.say(ada, { type: "history", room: "lobby", before: 9, limit: 3, ref: "h" }), [
    { type: "page", session: ada, room: "lobby", before: 9, limit: 3, ref: "h" },
  ]);
  assertEquals(stage.say(ada, { type: "search", room: "lobby", query: "x", ref: "s" }), [
    { type: "search", session: ada, room: "lobby", query: "x", parsed: { phrases: [["x"]] }, limit: 50, ref: "s" },
  ]);
});

Deno.test("a search for more than MAX_SEARCH_WORDS different words is refused, and a repeated word counts once", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const words = Array.from({ length: MAX_SEARCH_WORDS + 1 }, (_, n) => `w${n}`).join(" ");
  for (const query of [words, `"${words}"`]) {
    const [error] = stage.say(ada, { type: "search", room: "lobby", query, ref: "s" }) as Extract<
      Effect,
      { type: "send" }
    >[];
    assertEquals([error!.event.type, "code" in error!.event && error!.event.code], ["error", "invalid"]);
  }
  const [effect] = stage.say(ada, { type: "search", room: "lobby", query: "w0 W0 w0 ".repeat(40), ref: "s" });
  assertEquals(effect!.type, "search");
});

Deno.test("an expensive command takes more tokens from its connection's bucket", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const count = (type: "search" | "history" | "members") => {
    stage.pass(60_000);
    const command = type === "search" ? { type, room: "lobby", query: "x" } : { type, room: "lobby" };
    for (let passed = 0;; passed++) {
      const [effect] = stage.say(ada, command);
      if (effect!.type === "send" && effect!.event.type === "error") return passed;
    }
  };
  assertEquals([count("members"), count("history"), count("search")], [64, 32, 21]);
});

/** A room with the most members for which each join is an event of its own; the first one is the observer. */
function full(): { stage: Stage; guests: number[]; observer: number } {
  const stage = new Stage();
  const guests = Array.from({ length: PRESENCE_ABOVE_MEMBERS }, (_, n) => stage.join(`guest${n}`));
  stage.pass(1_000);
  stage.forget();
  return { stage, guests, observer: guests[0]! };
}

Deno.test("up to PRESENCE_ABOVE_MEMBERS members, each join and leave is an event of its own", () => {
  const { stage, guests, observer } = full();
  stage.say(guests[1]!, { type: "leave", room: "lobby" });
  stage.say(guests[1]!, { type: "join", room: "lobby" });
  assertEquals(stage.seen(observer), ["-guest1 lobby left", "+guest1 lobby"]);
  stage.pass(1_000);
  assertEquals(stage.seen(observer), []);
});

Deno.test("above PRESENCE_ABOVE_MEMBERS members, joins and leaves are gathered into one presence event a second", () => {
  const { stage, guests, observer } = full();
  const late = [stage.join("late0"), stage.join("late1"), stage.join("late2")];
  stage.say(guests[1]!, { type: "leave" });
  assertEquals(stage.seen(observer), []);
  stage.pass(1_000);
  const [presence] = stage.events(observer) as Of<"presence">[];
  assertEquals(presence!.count, 202);
  assertEquals(presence!.joined.map(({ name }) => name), ["late0", "late1", "late2"]);
  assertEquals(presence!.left.map(({ name }) => name), ["guest1"]);
  assertEquals(stage.seen(late[0]!), ["joined lobby as late0 with 201, seq 0", "presence lobby 202 +3 -1"]);
  stage.pass(1_000);
  assertEquals(stage.seen(observer), []);
});

Deno.test("a member who joins and leaves, or leaves and rejoins, within the second is in no presence event", () => {
  const { stage, guests, observer } = full();
  const late = stage.join("late");
  stage.join("later");
  stage.pass(1_000);
  stage.forget();
  stage.say(stage.join("brief"), { type: "leave" });
  stage.say(guests[1]!, { type: "leave", room: "lobby" });
  stage.say(guests[1]!, { type: "join", room: "lobby" });
  stage.pass(1_000);
  assertEquals([stage.seen(observer), stage.seen(late)], [[], []]);
});

Deno.test("a presence event has the name that a member has by then", () => {
  const { stage, observer } = full();
  const late = [stage.join("late0"), stage.join("late1")];
  stage.say(late[0]!, { type: "rename", name: "latest" });
  stage.pass(1_000);
  const presence = stage.events(observer).find(({ type }) => type === "presence") as Of<"presence">;
  assertEquals(presence.joined.map(({ name }) => name), ["latest", "late1"]);
});

Deno.test("a member who leaves and rejoins under another name within the second has only joined", () => {
  const { stage, guests, observer } = full();
  stage.join("late");
  const rejoinAs = (session: number, name: string) => {
    stage.say(session, { type: "leave", room: "lobby" });
    stage.say(session, { type: "rename", name });
    stage.say(session, { type: "join", room: "lobby" });
  };
  rejoinAs(guests[1]!, "ada");
  rejoinAs(guests[2]!, "bob");
  stage.say(guests[2]!, { type: "leave", room: "lobby" });
  stage.pass(1_000);
  const [presence] = stage.events(observer) as Of<"presence">[];
  assertEquals(presence!.joined.map(({ name }) => name), ["late", "ada"]);
  assertEquals(presence!.left.map(({ name }) => name), ["guest2"]);
});

Deno.test("pending joins and leaves are sent even after the room has shrunk below the threshold", () => {
  const { stage, guests, observer } = full();
  const late = [stage.join("late0"), stage.join("late1")];
  for (const session of [...guests.slice(1, 4), late[0]!]) stage.say(session, { type: "leave", room: "lobby" });
  assertEquals(stage.seen(observer), ["-guest3 lobby left"]);
  stage.pass(1_000);
  assertEquals(stage.seen(observer), ["presence lobby 198 +1 -2"]);
});

Deno.test("both lists of a presence event are cut, and its count includes all members", () => {
  const { stage, guests, observer } = full();
  for (let n = 0; n < 450; n++) stage.join(`late${n}`);
  for (const session of guests.slice(1)) stage.say(session, { type: "leave" });
  stage.pass(1_000);
  assertEquals(stage.seen(observer), ["presence lobby 451 +200 -199"]);
});

Deno.test("the room list shows the topic of a locked room only to its members", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada", "dev"), stage.join("bob")];
  stage.say(ada, { type: "topic", room: "dev", text: "secret plans" });
  stage.say(ada, { type: "lock", room: "dev" });
  stage.forget();
  const topics = (session: number) => {
    stage.say(session, { type: "rooms" });
    const list = stage.events(session).findLast(({ type }) => type === "rooms") as Of<"rooms">;
    return list.rooms.filter(({ name }) => name === "dev").map(({ topic, count }) => [topic, count]);
  };
  assertEquals([topics(ada), topics(bob)], [[["secret plans", 1]], [["", 1]]]);
});
