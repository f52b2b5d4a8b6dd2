import { assert, assertEquals } from "@std/assert";
import { MAX_ROOMS, MAX_ROOMS_PER_MEMBER } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { type Of, Stage } from "../stage.ts";

Deno.test("a new connection gets a welcome with the server's name and the limits in force", () => {
  const stage = new Stage({ rate: { perSecond: 3, burst: 9 } });
  const [effect] = stage.hub.open(1, { resumable: true }, stage.now);
  assertEquals(effect, {
    type: "send",
    session: 1,
    event: {
      type: "welcome",
      protocol: 1,
      server: { id: "s-1", name: "test", version: "0" },
      chat: "s-1",
      limits: {
        lineBytes: 65_536,
        nameChars: 32,
        textBytes: 8_192,
        rooms: 32,
        page: 200,
        rate: { perSecond: 3, burst: 9 },
      },
      files: undefined,
      calls: { members: 4 },
    },
  });
});

Deno.test("the other members get the join event before the new member gets the reply", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  assertEquals(stage.seen(ada), ["joined lobby as ada with 1, seq 0"]);
  const bob = stage.connect();
  stage.say(bob, { type: "join", name: "bob", ref: "j" });
  assertEquals(stage.effects.map(({ type }) => type), ["keepMember", "publish", "enter", "replay", "conversations"]);
  assertEquals(stage.seen(ada), ["+bob lobby"]);
  assertEquals(stage.seen(bob), ["joined lobby as bob with 2, seq 0 <j>"]);
});

Deno.test("the reply to join gives room, member, token, seq, members and counts", () => {
  const stage = new Stage();
  const ada = stage.join("ada", "dev");
  const [{ room }] = stage.events(ada) as [Of<"joined">];
  const bob = stage.join("bob", "dev", { ref: "j" });
  assertEquals(stage.events(bob), [{
    type: "joined",
    ref: "j",
    room: { id: room.id, name: "dev", topic: "" },
    you: { id: stage.idOf("bob"), name: "bob", token: "token-2", session: `${bob}-${stage.now}` },
    seq: 0,
    members: [{ id: stage.idOf("ada"), name: "ada", role: "moderator" }, { id: stage.idOf("bob"), name: "bob" }],
    count: 2,
    missed: 0,
  }]);
});

Deno.test("the first join needs a name or a known token", () => {
  const stage = new Stage();
  const ada = stage.connect();
  stage.say(ada, { type: "join", ref: "1" });
  stage.say(ada, { type: "join", ref: "2", token: "made up" });
  assertEquals(stage.seen(ada), ["! invalid <1>", "! invalid <2>"]);
  stage.say(ada, { type: "join", ref: "3", token: "made up", name: "ada" });
  assertEquals(stage.seen(ada), ["joined lobby as ada with 1, seq 0 <3>"]);
});

Deno.test("a further join may omit or repeat the name, but not give another", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "join", room: "dev" });
  stage.say(ada, { type: "join", room: "ops", name: "ada" });
  stage.say(ada, { type: "join", room: "ops", name: "bob" });
  assertEquals(stage.seen(ada).slice(1), [
    "joined dev as ada with 1, seq 0",
    "joined ops as ada with 1, seq 0",
    "! invalid",
  ]);
});

Deno.test("a further join returns the same member id and token as the first", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "join", room: "dev" });
  const [first, second] = stage.events(ada) as Of<"joined">[];
  assertEquals(second!.you, first!.you);
});

Deno.test("joining the same room again gets a reply, and the other members get no event", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { type: "join" });
  assertEquals(stage.seen(ada), ["joined lobby as ada with 2, seq 0"]);
  assertEquals(stage.seen(bob), []);
});

Deno.test("the leave event carries the ref for the leaving member only", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { type: "leave", room: "lobby", ref: "l" });
  assertEquals(stage.seen(bob), ["-ada lobby left"]);
  assertEquals(stage.seen(ada), ["-ada lobby left <l>"]);
  stage.say(bob, { type: "message", room: "lobby", text: "alone" });
  assertEquals(stage.seen(ada), []);
});

Deno.test("a member who has left all rooms keeps their name and still receives direct messages", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob", "dev")];
  stage.say(ada, { type: "leave", room: "lobby" });
  stage.forget();
  stage.say(bob, { type: "message", to: "ada", text: "psst" });
  assertEquals(stage.seen(ada), ["@bob 1 bob: psst"]);
  stage.say(bob, { type: "rename", name: "ada" });
  assertEquals(stage.seen(bob), ["@ada 1 bob: psst", "! name_taken, ada2 is free"]);
});

Deno.test("a leave command without a room leaves all rooms and closes the connection", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "join", room: "dev" });
  const [bob, eve] = [stage.join("bob"), stage.join("eve", "dev")];
  stage.forget();
  stage.say(ada, { type: "leave" });
  assertEquals(stage.seen(ada), ["goodbye left"]);
  assertEquals([stage.seen(bob), stage.seen(eve)], [["-ada lobby left"], ["-ada dev left"]]);
  assertEquals(stage.closed.get(ada), "left");
  assertEquals(stage.join("ada") > 0 && stage.seen(bob), ["+ada lobby"]);
});

Deno.test("commands from a closed or unknown session have no effect", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "leave" });
  assertEquals(stage.say(ada, { type: "join", name: "ada" }), []);
  assertEquals(stage.hub.close(ada, "closed", stage.now), []);
  assertEquals(stage.hub.handle(999, { type: "rooms" }, stage.now), []);
});

Deno.test("before the first join only ping, pong and leave work, and every other command is not_joined", () => {
  const stage = new Stage();
  const ada = stage.connect();
  const commands = [
    { type: "leave", room: "lobby" },
    { type: "message", text: "hi" },
    { type: "rename", name: "bob" },
    { type: "topic", room: "lobby", text: "x" },
    { type: "members", room: "lobby" },
    { type: "rooms" },
    { type: "history", room: "lobby" },
    { type: "search", room: "lobby", query: "x" },
  ];
  for (const command of commands) stage.say(ada, { ...command, ref: "r" });
  assertEquals(stage.seen(ada), commands.map(() => "! not_joined <r>"));
  stage.say(ada, { type: "ping", ref: "p" });
  stage.say(ada, { type: "pong" });
  assertEquals(stage.seen(ada), ["pong <p>"]);
  stage.say(ada, { type: "leave" });
  assertEquals(stage.closed.get(ada), "left");
});

Deno.test("a command for a room the member is not in is not_joined, and for an unknown room no_such_room", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.join("bob", "dev");
  stage.forget();
  const commands = [
    { type: "leave" },
    { type: "topic", text: "x" },
    { type: "history" },
    { type: "search", query: "x" },
  ];
  for (const command of commands) {
    stage.say(ada, { ...command, room: "dev" });
    stage.say(ada, { ...command, room: "nowhere" });
    assertEquals(stage.seen(ada), ["! not_joined", "! no_such_room"], command.type);
  }
  stage.say(ada, { type: "members", room: "nowhere" });
  assertEquals(stage.seen(ada), ["! no_such_room"]);
});

Deno.test("a member is in at most MAX_ROOMS_PER_MEMBER rooms, and may join another after leaving one", () => {
  const stage = new Stage();
  const ada = stage.join("ada", "room1");
  for (let n = 2; n <= MAX_ROOMS_PER_MEMBER; n++) stage.say(ada, { type: "join", room: `room${n}` });
  assertEquals(stage.seen(ada).length, MAX_ROOMS_PER_MEMBER);
  stage.say(ada, { type: "join", room: "one-more", ref: "j" });
  assertEquals(stage.seen(ada), ["! forbidden <j>"]);
  stage.say(ada, { type: "join", room: "room1" });
  stage.say(ada, { type: "leave", room: "room2" });
  stage.say(ada, { type: "join", room: "one-more" });
  assertEquals(stage.seen(ada).at(-1), "joined one-more as ada with 1, seq 0");
});

Deno.test("a refused join creates no room", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const bob = stage.connect();
  stage.say(bob, { type: "join", room: "dev", name: "ada" });
  stage.say(bob, { type: "join", room: "dev" });
  stage.forget();
  stage.say(ada, { type: "rooms" });
  assertEquals(stage.seen(ada), ["rooms 1: lobby=1"]);
});

Deno.test("a room without members and messages ends, even if a guest has set its topic", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  for (const room of ["blank", "spoken", "topical"]) stage.say(ada, { type: "join", room });
  stage.say(ada, { type: "message", room: "spoken", text: "hi" });
  stage.say(ada, { type: "topic", room: "topical", text: "engines" });
  for (const room of ["blank", "spoken", "topical"]) stage.say(ada, { type: "leave", room });
  stage.forget();
  stage.say(ada, { type: "rooms" });
  assertEquals(stage.seen(ada), ["rooms 2: lobby=1 spoken=0"]);
  stage.say(ada, { type: "join", room: "spoken" });
  assertEquals(stage.seen(ada), ["joined spoken as ada with 1, seq 1"]);
});

/** Opens a connection from an address of its own that has created no rooms yet. */
function arrive(stage: Stage, nth: number): number {
  return stage.connect(true, { address: `192.0.${nth >> 8 & 255}.${nth & 255}` });
}

Deno.test("a server has at most MAX_ROOMS rooms, the last ones reserved for owners, and existing rooms can still be joined", () => {
  const stage = new Stage();
  const members: number[] = [];
  for (let room = 0; room < MAX_ROOMS; room++) {
    if (room % MAX_ROOMS_PER_MEMBER === 0) members.push(arrive(stage, room));
    stage.say(members.at(-1)!, { type: "join", name: `guest${members.length}`, room: `room${room}` });
  }
  const [guest] = members.splice(-1);
  stage.say(guest!, { type: "join", room: "one-too-many", ref: "1" });
  assertEquals(stage.seen(guest!).at(-1), "! forbidden <1>");
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "join", name: "boss", room: "lobby" });
  for (let room = stage.hub.census().rooms; room < MAX_ROOMS; room++) {
    stage.say(owner, { type: "join", room: `reserved${room}` });
    stage.say(owner, { type: "topic", room: `reserved${room}`, text: "engines" });
    stage.say(owner, { type: "leave", room: `reserved${room}` });
    stage.pass(1_000);
  }
  assertEquals(stage.hub.census().rooms, MAX_ROOMS);
  const late = stage.connect(true, { privileged: true });
  stage.say(late, { type: "join", name: "late", room: "new", ref: "1" });
  stage.say(late, { type: "join", name: "late", room: "room5", ref: "2" });
  assertEquals(stage.seen(late), ["! forbidden <1>", "joined room5 as late with 2, seq 0 <2>"]);
  stage.say(members[0]!, { type: "leave", room: "room0" });
  stage.say(late, { type: "join", room: "new" });
  assertEquals(stage.seen(late), ["joined new as late with 1, seq 0"]);
});

Deno.test("the options maxRooms and roomsPerMember lower the limits, and the errors give the numbers in force", () => {
  const stage = new Stage({ maxRooms: 3, roomsPerMember: 2 });
  const errorTexts = (session: number) =>
    stage.events(session).flatMap((event) => event.type === "error" ? [event.message] : []);
  const [welcome] = stage.hub.open(99, { resumable: true }, stage.now);
  assert(welcome?.type === "send" && welcome.event.type === "welcome");
  assertEquals(welcome.event.limits.rooms, 2);
  const [ada, bob] = [stage.join("ada", "one"), stage.join("bob", "two")];
  stage.say(ada, { type: "join", room: "two" });
  stage.say(ada, { type: "join", room: "three", ref: "1" });
  assertEquals(errorTexts(ada), ["You are in 2 rooms: leave one of them first"]);
  stage.say(bob, { type: "join", room: "three" });
  stage.join("cyd", "one");
  const dan = stage.connect();
  stage.say(dan, { type: "join", name: "dan", room: "four" });
  assertEquals(errorTexts(dan), [
    "The server has reached its limit of rooms: join an existing one",
  ]);
});

Deno.test("event times come from the hub's clock, in UTC with milliseconds", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.now += 1;
  stage.join("bob");
  const join = stage.events(ada).at(-1) as Extract<ServerEvent, { type: "join" }>;
  assertEquals(join.at, "2026-01-02T03:04:05.679Z");
  assert(!Number.isNaN(Date.parse(join.at)));
});
