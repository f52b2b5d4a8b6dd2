import { assert, assertEquals } from "@std/assert";
import {
  GRACE_MS,
  MAX_ABSENT_MEMBERS,
  MAX_ACKS_PER_MEMBER,
  MEMORY_OF_MEMBERS_MS,
  PRESENCE_INTERVAL_MS,
} from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

const HI = { type: "message", room: "lobby", text: "hi" };

function comeBack(stage: Stage, token = "token-1", more: object = {}): number {
  const session = stage.connect();
  stage.say(session, { type: "join", token, ...more });
  return session;
}

function you(stage: Stage, session: number): Of<"joined">["you"] {
  return (stage.events(session).find(({ type }) => type === "joined") as Of<"joined">).you;
}

Deno.test("a token restores the member's id and name", () => {
  const stage = new Stage();
  const before = you(stage, stage.join("ada"));
  stage.join("bob");
  stage.restart();
  assertEquals({ ...you(stage, comeBack(stage)), session: before.session }, before);
});

Deno.test("a returning member causes a join event, and one who does not return causes no leave event", () => {
  const stage = new Stage();
  stage.join("ada");
  stage.join("bob");
  stage.restart();
  const ada = comeBack(stage);
  assertEquals(stage.seen(ada), ["joined lobby as ada with 1, seq 0"]);
  comeBack(stage, "token-2");
  stage.pass(GRACE_MS);
  assertEquals(stage.seen(ada), ["+bob lobby"]);
});

Deno.test("the last name is restored, whether it came by rename or by join", () => {
  for (const byRename of [true, false]) {
    const stage = new Stage();
    const ada = stage.join("ada");
    if (byRename) stage.say(ada, { type: "rename", name: "countess" });
    else stage.drop(ada);
    if (!byRename) comeBack(stage, "token-1", { name: "countess" });
    stage.restart();
    assertEquals(you(stage, comeBack(stage)).name, "countess");
  }
});

Deno.test("a name is free after a restart, and its former holder may take another", () => {
  const stage = new Stage();
  const { id } = you(stage, stage.join("ada"));
  stage.restart();
  assertEquals(stage.seen(stage.join("ada")), ["joined lobby as ada with 1, seq 0"]);
  const again = comeBack(stage);
  assertEquals(stage.seen(again), ["! name_taken, ada2 is free"]);
  stage.say(again, { type: "join", token: "token-1", name: "ada2" });
  assertEquals(you(stage, again).id, id);
});

Deno.test("an unknown token is invalid after a restart, too", () => {
  const stage = new Stage();
  stage.join("ada");
  stage.restart();
  for (const token of ["", "token-2", "digest of token-1"]) {
    assertEquals(stage.seen(comeBack(stage, token)), ["! invalid"]);
  }
});

Deno.test("rooms with messages or a topic continue without a gap in seq, and empty ones end", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  for (const room of ["spoken", "topical", "both", "blank"]) stage.say(ada, { type: "join", room });
  for (const room of ["spoken", "both", "spoken"]) stage.say(ada, { ...HI, room });
  for (const room of ["topical", "both"]) stage.say(ada, { type: "topic", room, text: `about ${room}` });
  const ids = new Map(
    stage.events(ada).flatMap((event) => event.type === "joined" ? [[event.room.name, event.room.id]] : []),
  );
  stage.restart();
  const again = comeBack(stage);
  stage.say(again, { type: "rooms" });
  assertEquals(stage.seen(again).at(-1), "rooms 4: lobby=1 both=0 spoken=0 topical=0");
  for (const [room, seq, topic] of [["spoken", 2, ""], ["topical", 0, "about topical"], ["both", 1, "about both"]]) {
    stage.say(again, { type: "join", room });
    const joined = stage.events(again)[0] as Of<"joined">;
    assertEquals([joined.seq, joined.room.topic, joined.room.id], [seq, topic, ids.get(room as string)]);
    stage.say(again, { ...HI, room, ref: `${room}` });
    assertEquals(stage.seen(again).at(-1), `ack ${room} ${Number(seq) + 1}`);
  }
});

Deno.test("a room is stored before its first message and then only when its topic changes", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const storedRooms = () => stage.effects.filter(({ type }) => type === "keepRoom").length;
  const steps: [object, number][] = [
    [HI, 1],
    [HI, 0],
    [{ type: "topic", room: "lobby", text: "tea" }, 1],
    [{ type: "topic", room: "lobby", text: "" }, 1],
    [HI, 0],
  ];
  for (const [command, count] of steps) {
    stage.say(ada, command);
    assertEquals(storedRooms(), count, JSON.stringify(command));
  }
  stage.restart();
  stage.say(comeBack(stage), HI);
  assertEquals(storedRooms(), 0);
  assertEquals(stage.stored.at(-1)!.seq, 4);
});

Deno.test("a returning member gets the messages after their last seq, from before and after the restart", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (const text of ["one", "two"]) stage.say(bob, { ...HI, text });
  stage.drop(ada);
  stage.restart();
  const again = comeBack(stage, "token-2");
  stage.say(again, { ...HI, text: "three" });
  assertEquals(stage.seen(comeBack(stage, "token-1", { after: stage.idAt(1) })), [
    "joined lobby as ada with 2, seq 3",
    "lobby 2 bob: two",
    "lobby 3 bob: three",
  ]);
});

Deno.test("after a restart a repeated ref gets the first acknowledgement, and no message is stored or published", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { ...HI, ref: "m" });
  stage.say(ada, { type: "message", to: "bob", text: "psst", ref: "d" });
  const first = stage.events(ada).filter(({ type }) => type === "ack");
  stage.restart();
  const [again, witness] = [comeBack(stage), comeBack(stage, "token-2")];
  stage.forget();
  stage.now += 60_000;
  stage.say(again, { ...HI, text: "something else", ref: "m" });
  stage.say(again, { type: "message", to: "bob", text: "something else", ref: "d" });
  assertEquals(stage.events(again), first);
  assertEquals(stage.seen(witness), []);
  assertEquals([stage.stored.length, stage.store.conversations], [2, ["ada and bob: psst"]]);
});

Deno.test("after a restart two members may use the same ref", () => {
  const stage = new Stage();
  stage.say(stage.join("ada"), { ...HI, ref: "m" });
  stage.join("bob");
  stage.restart();
  const bob = comeBack(stage, "token-2");
  stage.say(bob, { ...HI, ref: "m" });
  assertEquals(stage.seen(bob).slice(1), ["lobby 2 bob: hi", "ack m 2"]);
});

Deno.test("an acknowledgement that is no longer in memory is read from the store, and only if there may be one", () => {
  const stage = new Stage();
  stage.say(stage.join("ada"), { ...HI, ref: "1" });
  stage.restart();
  const [again, newcomer] = [comeBack(stage), stage.join("bob")];
  stage.forget();
  stage.store.calls.length = 0;
  stage.say(newcomer, { ...HI, ref: "1" });
  assertEquals(stage.store.calls, []);
  stage.say(again, { ...HI, ref: "1" });
  assertEquals(stage.store.calls, ["ack"]);
  stage.say(again, { ...HI, ref: "2" });
  stage.store.calls.length = 0;
  stage.say(again, { ...HI, ref: "2" });
  assertEquals(stage.store.calls, []);
  assertEquals(stage.seen(again), ["lobby 2 bob: hi", "ack 1 1", "lobby 3 ada: hi", "ack 2 3", "ack 2 3"]);
});

Deno.test("an acknowledgement dropped from memory without a restart is read from the store, too", () => {
  const stage = new Stage();
  stage.restart();
  const ada = stage.join("ada");
  for (let n = 0; n < MAX_ACKS_PER_MEMBER + 5; n++) stage.say(ada, { ...HI, ref: `${n}` });
  stage.forget();
  stage.say(ada, { ...HI, ref: "0" });
  assertEquals(stage.seen(ada), ["ack 0 1"]);
});

Deno.test("acknowledgements of departed members are not held in memory but read from the store on their return", () => {
  const stage = new Stage();
  stage.restart();
  const ada = stage.join("ada");
  stage.say(ada, { ...HI, ref: "m" });
  stage.drop(ada);
  stage.pass(GRACE_MS);
  stage.pass(PRESENCE_INTERVAL_MS);
  const again = comeBack(stage);
  stage.forget();
  stage.store.calls.length = 0;
  stage.say(again, { ...HI, ref: "m" });
  assertEquals(stage.store.calls, ["ack"]);
  assertEquals(stage.seen(again), ["ack m 1"]);
});

Deno.test("a ref is forgotten after MEMORY_OF_MEMBERS_MS", () => {
  const stage = new Stage();
  stage.say(stage.join("ada"), { ...HI, ref: "m" });
  stage.restart();
  stage.now += MEMORY_OF_MEMBERS_MS;
  const again = comeBack(stage);
  stage.say(again, { ...HI, ref: "m" });
  assertEquals(stage.seen(again).slice(1), ["lobby 2 ada: hi", "ack m 2"]);
});

Deno.test("a direct message to a member from before the restart waits, found by their last name in any case", () => {
  const stage = new Stage();
  const bob = stage.join("bob");
  stage.say(bob, { type: "rename", name: "robert" });
  stage.restart();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, { type: "message", to: "ROBERT", text: "psst", ref: "m" });
  stage.say(ada, { type: "message", to: "nobody", text: "psst", ref: "n" });
  assertEquals(stage.seen(ada), ["@robert 1 ada: psst, waiting", "ack m 1, waiting", "! no_such_member <n>"]);
});

Deno.test("the store is asked once about a returning member, and never about a present one", () => {
  const stage = new Stage();
  stage.join("ada");
  stage.restart();
  const ada = comeBack(stage);
  assertEquals(stage.store.calls, ["memberByToken", "memberByName"]);
  stage.store.calls.length = 0;
  stage.say(ada, { type: "join", room: "dev" });
  stage.say(ada, HI);
  stage.say(ada, { type: "message", to: "ada", text: "note" });
  assertEquals(stage.store.calls.splice(0), ["conversation"]);
  comeBack(stage);
  stage.pass(GRACE_MS);
  assertEquals(stage.store.calls, []);
});

Deno.test("a member forgotten in memory is known by token, with their acknowledgements", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const { id } = you(stage, ada);
  stage.restart();
  const again = comeBack(stage);
  stage.say(again, { ...HI, ref: "m" });
  stage.say(again, { type: "leave" });
  for (let n = 0; n <= MAX_ABSENT_MEMBERS; n++) stage.say(stage.join(`guest${n}`), { type: "leave" });
  const third = comeBack(stage);
  assertEquals(you(stage, third).id, id);
  stage.say(third, { ...HI, ref: "m" });
  assertEquals(stage.seen(third), ["ack m 1"]);
});

Deno.test("nc users are never stored", () => {
  const stage = new Stage();
  const ada = stage.join("ada", "lobby", {}, false);
  stage.say(ada, { type: "rename", name: "countess" });
  stage.say(ada, { ...HI, ref: "m" });
  stage.drop(ada);
  assertEquals(stage.store.members, []);
  stage.restart();
  assertEquals(stage.seen(comeBack(stage)), ["! invalid"]);
  const bob = stage.join("bob");
  stage.forget();
  stage.say(bob, { type: "message", to: "countess", text: "psst" });
  assertEquals(stage.seen(bob), ["! no_such_member"]);
});

Deno.test("a member is stored when they join, return or are renamed, with case-folded name keys", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "rename", name: "Ivan" });
  stage.say(ada, { type: "join", room: "dev" });
  stage.drop(ada);
  comeBack(stage, "token-1", { name: "lvan" });
  assertEquals(stage.store.members.map(({ name }) => name), ["ada", "Ivan", "lvan"]);
  assertEquals(stage.store.members[1]!.nameKeys, ["ivan"]);
  assertEquals(new Set(stage.store.members.map(({ tokenDigest }) => tokenDigest)), new Set(["digest of token-1"]));
});

Deno.test("no token is stored, only its digest", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { ...HI, ref: "m" });
  stage.say(ada, { type: "message", to: "ada", text: "note" });
  const stored = JSON.stringify([
    stage.store.members,
    stage.store.stored,
    stage.store.conversations,
    stage.store.rooms,
  ]);
  assert(!stored.replaceAll("digest of token-1", "").includes("token-1"));
});
