import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as limits from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

const OUTSIDE = { address: "192.0.2.7" };

/** Connects from an address and joins a room. */
function arrive(stage: Stage, name: string, room: string, opening: { readonly address?: string } = {}): number {
  const session = stage.connect(true, opening);
  stage.say(session, { type: "join", name, room });
  return session;
}

/** The answer to a command: the error's message, or else the event's type. */
function answer(stage: Stage, session: number, command: object): string {
  stage.now += 100;
  stage.events(session);
  stage.say(session, { ...command, ref: "r" });
  const event = stage.events(session).find((event) => "ref" in event && event.ref === "r");
  return event?.type === "error" ? event.message : event?.type ?? "nothing";
}

/** Records of restrictions from before the start, made by `by`. */
function restrictionRecords(count: number, by: object, more: object = {}) {
  return Array.from({ length: count }, (_, index) => ({
    kind: "restriction" as const,
    key: `o-${JSON.stringify([by, more])}-${index}`,
    value: { kind: "mute", room: `r${index}`, member: { id: `m-${index}`, name: "x" }, by, ...more },
  }));
}

/** The restrictions of the room, newest first. */
function inForce(stage: Stage, session: number, room: string): string[] {
  stage.events(session);
  stage.say(session, { type: "restrictions", room });
  const { restrictions } = stage.events(session).find(({ type }) => type === "restrictions") as Of<"restrictions">;
  return restrictions.map(({ kind, member }) => `${kind} ${member?.name}`);
}

Deno.test("a member has at most MAX_RESTRICTIONS_PER_MEMBER restrictions in force, also after a restart, until one ends", () => {
  const stage = new Stage();
  const ada = arrive(stage, "ada", "dev");
  const names = Array.from({ length: limits.MAX_RESTRICTIONS_PER_MEMBER + 1 }, (_, index) => `guest${index}x`);
  for (const name of names) stage.join(name, "dev");
  const mute = (session: number, name: string) => answer(stage, session, { type: "mute", room: "dev", name });
  stage.say(ada, { type: "message", room: "dev", text: "hi" });
  for (const name of names.slice(0, -1)) assertEquals(mute(ada, name), "restriction");
  const last = names.at(-1)!;
  assertEquals(
    mute(ada, last),
    `You have ${limits.MAX_RESTRICTIONS_PER_MEMBER} restrictions in force: end some of them first`,
  );
  assertEquals(mute(ada, names[0]!), "restriction", "Replacing a restriction adds none");
  stage.say(ada, { type: "join", room: "dev" });
  const { you } = stage.events(ada).find((event) => event.type === "joined") as Of<"joined">;
  stage.restart();
  const again = stage.connect();
  stage.say(again, { type: "join", room: "dev", token: you.token });
  assertStringIncludes(mute(again, last), "You have");
  stage.say(again, { type: "restrictions", room: "dev" });
  const { restrictions } = stage.events(again).find((event) => event.type === "restrictions") as Of<
    "restrictions"
  >;
  assertEquals(answer(stage, again, { type: "allow", restriction: restrictions[0]!.id }), "restriction");
  assertEquals(mute(again, last), "restriction");
});

Deno.test("the restrictions of one address, and of the server's machine, are limited across members", () => {
  const records = [
    ...restrictionRecords(limits.MAX_RESTRICTIONS_PER_ADDRESS, { name: "gone" }, { from: "192.0.2.7" }),
    ...restrictionRecords(limits.MAX_RESTRICTIONS_OF_THIS_MACHINE, { name: "gone" }, { from: "local" }),
  ];
  const stage = new Stage({ records });
  const slow = (room: string, opening: { readonly address?: string }) => {
    const session = arrive(stage, room, room, opening);
    return answer(stage, session, { type: "slow", room, seconds: 5 });
  };
  assertStringIncludes(slow("one", OUTSIDE), `Your address has ${limits.MAX_RESTRICTIONS_PER_ADDRESS} restrictions`);
  for (const opening of [{}, { address: "127.0.0.1" }, { address: "::1" }]) {
    assertStringIncludes(slow(`two${opening.address?.length ?? ""}`, opening), "Your address has");
  }
  assertEquals(slow("three", { address: "192.0.2.8" }), "restriction");
});

Deno.test("an IPv6 /64 network counts as one address", () => {
  const stage = new Stage({
    records: restrictionRecords(limits.MAX_RESTRICTIONS_PER_ADDRESS, { name: "gone" }, { from: "2001:db8::/64" }),
  });
  const near = arrive(stage, "near", "near", { address: "2001:db8::7" });
  const far = arrive(stage, "far", "far", { address: "2001:db8:0:1::7" });
  assertStringIncludes(answer(stage, near, { type: "slow", room: "near", seconds: 5 }), "Your address has");
  assertEquals(answer(stage, far, { type: "slow", room: "far", seconds: 5 }), "restriction");
});

Deno.test("the reserved restrictions are for owners and moderators of all rooms", () => {
  const stage = new Stage({
    records: restrictionRecords(limits.MAX_RESTRICTIONS - limits.RESERVED_RESTRICTIONS, { name: "gone" }),
  });
  const owner = stage.connect(true, { privileged: true });
  const mod = arrive(stage, "mod", "dev");
  const eve = arrive(stage, "eve", "own");
  assertStringIncludes(answer(stage, eve, { type: "slow", room: "own", seconds: 5 }), "ask its owner");
  assertEquals(answer(stage, owner, { type: "moderator", name: "mod" }), "role");
  assertEquals(answer(stage, mod, { type: "mute", name: "eve" }), "restriction");
  assertEquals(answer(stage, owner, { type: "lockdown", on: true }), "restriction");
});

Deno.test("at the quota, allow lifts a mute only if its admission to the room fits afterwards", () => {
  const records = restrictionRecords(limits.MAX_RESTRICTIONS_PER_ADDRESS - 1, { name: "gone" }, {
    from: OUTSIDE.address,
  });
  const stage = new Stage({ records });
  const ada = arrive(stage, "ada", "dev", OUTSIDE);
  const mod = arrive(stage, "mod", "dev");
  for (const name of ["bob", "eve"]) arrive(stage, name, "dev");
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "moderator", room: "dev", name: "mod" });
  assertEquals(answer(stage, mod, { type: "mute", room: "dev", name: "bob" }), "restriction");
  assertEquals(answer(stage, ada, { type: "mute", room: "dev", name: "eve" }), "restriction");
  assertStringIncludes(answer(stage, ada, { type: "allow", room: "dev", name: "bob" }), "Your address has");
  assertEquals(inForce(stage, mod, "dev"), ["mute eve", "mute bob"]);
  assertEquals(answer(stage, ada, { type: "allow", room: "dev", name: "eve" }), "restriction");
  assertEquals(inForce(stage, mod, "dev"), ["allow eve", "mute bob"]);
});

Deno.test("members from one address who join by invite get admissions up to its quota of restrictions", () => {
  const stage = new Stage({
    records: restrictionRecords(limits.MAX_RESTRICTIONS_PER_ADDRESS - 1, { name: "gone" }, { from: OUTSIDE.address }),
  });
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "join", name: "boss", room: "dev" });
  stage.say(owner, { type: "lock", room: "dev" });
  stage.say(owner, { type: "invite", room: "dev" });
  const { secret } = stage.events(owner).find(({ type }) => type === "invite") as Of<"invite">;
  for (const name of ["bob", "eve"]) {
    const session = stage.connect(true, OUTSIDE);
    assertEquals(answer(stage, session, { type: "join", name, room: "dev", password: secret }), "joined");
  }
  assertEquals(inForce(stage, owner, "dev"), ["allow bob", "lock undefined"]);
});

Deno.test("no restriction shows its author's address, not even to the owner", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const ada = arrive(stage, "ada", "dev", OUTSIDE);
  stage.say(ada, { type: "slow", room: "dev", seconds: 5 });
  stage.say(owner, { type: "restrictions" });
  assert(!JSON.stringify([stage.events(ada), stage.events(owner)]).includes(OUTSIDE.address));
});

Deno.test("one address creates at most MAX_ROOMS_MADE_PER_ADDRESS rooms, and another after one ends", () => {
  const stage = new Stage();
  const members: number[] = [];
  for (let room = 0; room < limits.MAX_ROOMS_MADE_PER_ADDRESS; room++) {
    if (room % limits.MAX_ROOMS_PER_MEMBER === 0) members.push(arrive(stage, `guest${room}x`, `room${room}`, OUTSIDE));
    else assertEquals(answer(stage, members.at(-1)!, { type: "join", room: `room${room}` }), "joined");
  }
  const late = stage.connect(true, OUTSIDE);
  assertStringIncludes(answer(stage, late, { type: "join", name: "late", room: "new" }), "Your address has created");
  assertEquals(answer(stage, late, { type: "join", name: "late", room: "room1" }), "joined");
  assertEquals(answer(stage, members[0]!, { type: "leave", room: "room2" }), "leave");
  assertEquals(answer(stage, late, { type: "join", room: "new" }), "joined");
});

Deno.test("a login from an address at its limit of rooms enters the room that the member is alone in", () => {
  const stage = new Stage();
  const plain = stage.connect(false, { address: "192.0.2.8" });
  stage.say(plain, { type: "join", name: "ada", room: "solo" });
  stage.say(plain, { type: "register", password: "horse battery" });
  stage.hash();
  let guest = 0;
  for (let room = 0; room < limits.MAX_ROOMS_MADE_PER_ADDRESS; room++) {
    if (room % limits.MAX_ROOMS_PER_MEMBER === 0) guest = arrive(stage, `guest${room}x`, `room${room}`, OUTSIDE);
    else assertEquals(answer(stage, guest, { type: "join", room: `room${room}` }), "joined");
  }
  stage.forget();
  const again = stage.connect(true, OUTSIDE);
  stage.say(again, { type: "join", name: "ada", room: "solo", password: "horse battery" });
  stage.hash();
  assertEquals(stage.seen(again), ["joined solo as ada with 1, seq 0"]);
  assertEquals(stage.closed.size, 0);
  assertStringIncludes(answer(stage, again, { type: "join", room: "new" }), "Your address has created");
});

Deno.test("topics keep up to MAX_ROOMS_PREPARED_PER_ACCOUNT empty rooms of an account, more of an owner, also over a restart", () => {
  const stage = new Stage();
  const ada = arrive(stage, "ada", "lobby");
  stage.say(ada, { type: "register", password: "horse battery" });
  stage.hash();
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "join", name: "boss", room: "lobby" });
  const prepare = (session: number, room: string) => {
    for (const command of [{ type: "join" }, { type: "topic", text: "tea" }, { type: "leave" }]) {
      answer(stage, session, { ...command, room });
    }
  };
  for (let nth = 0; nth <= limits.MAX_ROOMS_PREPARED_PER_ACCOUNT; nth++) {
    prepare(ada, `ada${nth}`);
    prepare(owner, `boss${nth}`);
  }
  const count = 2 * limits.MAX_ROOMS_PREPARED_PER_ACCOUNT + 1;
  assertEquals(stage.store.rooms.length, count);
  stage.restart();
  for (let tick = 0; tick <= limits.GRACE_MS; tick += 1_000) stage.pass(1_000);
  assertEquals(stage.hub.census().rooms, count);
});

Deno.test("after a restart a guests' room without messages waits for them until the grace is over", () => {
  const stage = new Stage();
  const ada = arrive(stage, "ada", "dev");
  stage.say(ada, { type: "topic", room: "dev", text: "tea" });
  stage.restart();
  stage.pass(1_000);
  stage.pass(limits.GRACE_MS - 1_000);
  assertEquals(stage.store.rooms.map(({ topic }) => topic), ["tea"]);
  stage.pass(1_000);
  assertEquals([stage.store.rooms, stage.store.records, stage.hub.census().rooms], [[], [], 0]);
});

Deno.test("stored rooms without a recorded creator remain", () => {
  const rooms = [{ id: "r-1", name: "dev", topic: "tea", seq: 0 }];
  const stage = new Stage({ rooms });
  for (let tick = 0; tick <= 2 * limits.GRACE_MS; tick += 1_000) stage.pass(1_000);
  assertEquals(stage.hub.census().rooms, 1);
});

Deno.test("the lobby can be joined when guests may create no more rooms, and the last invites are reserved for the owner", () => {
  const stage = new Stage({ maxRooms: 10 });
  const owner = stage.connect(true, { privileged: true });
  for (let room = 0; room < 9; room++) arrive(stage, `guest${room}x`, `room${room}`);
  const late = stage.connect();
  assertStringIncludes(answer(stage, late, { type: "join", name: "late", room: "new" }), "limit of rooms");
  assertEquals(answer(stage, late, { type: "join", name: "late", room: "lobby" }), "joined");
  answer(stage, owner, { type: "moderator", name: "late" });
  for (let count = 0; count < limits.MAX_INVITES - limits.RESERVED_INVITES; count++) {
    assertEquals(answer(stage, late, { type: "invite" }), "invite");
  }
  assertStringIncludes(answer(stage, late, { type: "invite" }), "limit of invites");
  assertEquals(answer(stage, owner, { type: "invite" }), "invite");
});

Deno.test("one address registers at most MAX_ACCOUNTS_PER_ADDRESS accounts, until the owner removes one; others go on", () => {
  const records = Array.from({ length: limits.MAX_ACCOUNTS_PER_ADDRESS }, (_, index) => ({
    kind: "account" as const,
    key: `a-${index}`,
    value: { name: `name${index}x`, hash: "hash", from: OUTSIDE.address },
  }));
  const stage = new Stage({ records });
  const owner = stage.connect(true, { privileged: true });
  const register = { type: "register", password: "horse battery" };
  const ada = arrive(stage, "ada", "lobby", OUTSIDE);
  assertStringIncludes(answer(stage, ada, register), "Your address has registered");
  assertEquals(answer(stage, owner, { type: "remove", account: "NAME7X" }), "notice");
  stage.say(ada, register);
  stage.hash();
  assertEquals(stage.seen(ada), ["registered ada"]);
  const bob = arrive(stage, "bob", "lobby", { address: "192.0.2.8" });
  stage.say(bob, register);
  stage.hash();
  assertEquals(stage.seen(bob).at(-1), "registered bob");
});
