import { assert, assertEquals } from "@std/assert";
import {
  GRACE_MS,
  MAX_CONVERSATIONS,
  MAX_CONVERSATIONS_OF_GUESTS,
  MAX_CONVERSATIONS_PER_MEMBER,
  NEW_CONVERSATIONS_BURST,
  NEW_CONVERSATIONS_PER_ADDRESS_BURST,
  NEW_CONVERSATIONS_PER_HOUR,
} from "../../src/protocol/limits.ts";
import { brief, inLetters, type Of, Stage } from "./stage.ts";

function comeBack(stage: Stage, token: string, more: object = {}): number {
  const session = stage.connect();
  stage.say(session, { type: "join", token, ...more });
  return session;
}

function psst(to: string, text = "psst", ref?: string): object {
  return { type: "message", to, text, ref };
}

function registered(stage: Stage, name: string): number {
  const session = stage.join(name);
  stage.say(session, { type: "register", password: "horse battery" });
  stage.hash();
  return session;
}

Deno.test("only the two members of a conversation get its messages, and each sees the other's name", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob", "dev"), stage.join("eve")];
  stage.forget();
  stage.say(ada, psst("BOB", "psst", "m"));
  assertEquals(stage.seen(ada), ["@bob 1 ada: psst", "ack m 1"]);
  const events = stage.events(bob) as Of<"message">[];
  assertEquals(events.map(brief), ["@ada 1 ada: psst"]);
  assert(!("room" in events[0]!));
  assertEquals(stage.seen(eve), []);
  assertEquals(stage.store.rooms, []);
  assertEquals(stage.store.conversations, ["ada and bob: psst"]);
});

Deno.test("a conversation and its first message are stored before they are sent", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  const effects = stage.say(ada, psst("bob", "psst", "m"));
  assertEquals(effects.map(({ type }) => type), ["keepConversation", "append", "broadcast", "broadcast", "send"]);
  const [, append] = effects;
  assert(append?.type === "append");
  assertEquals([append.message.id, append.ref], [(stage.events(ada) as Of<"message">[]).at(-2)!.id, "m"]);
});

Deno.test("both members write into one numbered order, also after a restart", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, psst("bob", "one"));
  stage.say(bob, psst("ada", "two"));
  stage.restart();
  const again = comeBack(stage, "token-2");
  stage.forget();
  stage.say(again, psst("ada", "three", "m"));
  assertEquals(stage.seen(again), ["@ada 3 bob: three, waiting", "ack m 3, waiting"]);
  assertEquals(stage.store.conversations, ["ada and bob: one, two, three"]);
});

Deno.test("notes to oneself arrive once on each device, with one's own name", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const phone = comeBack(stage, "token-1");
  stage.forget();
  stage.say(ada, psst("ada", "note", "m"));
  assertEquals(stage.seen(ada), ["@ada 1 ada: note", "ack m 1"]);
  assertEquals(stage.seen(phone), ["@ada 1 ada: note"]);
});

Deno.test("a repeated direct message gets the first acknowledgement and is not sent again", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  for (let n = 0; n < 3; n++) stage.say(ada, psst("bob", "psst", "m"));
  assertEquals(stage.seen(ada), ["@bob 1 ada: psst", ...Array(3).fill("ack m 1")]);
  assertEquals(stage.seen(bob), ["@ada 1 ada: psst"]);
});

Deno.test("a direct message to an unknown name or id is no_such_member, and one that also names a room is invalid", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, psst("bob", "psst", "1"));
  stage.say(ada, psst("019b7ca9-8f92-7001-805d-6ae55386bd28", "psst", "2"));
  stage.say(ada, { type: "message", to: "ada", room: "lobby", text: "psst", ref: "3" });
  stage.say(ada, { type: "history", to: "ada", room: "lobby", ref: "4" });
  stage.say(ada, { type: "edit", text: "x", ref: "5" });
  assertEquals(stage.seen(ada), [
    "! no_such_member <1>",
    "! no_such_member <2>",
    "! invalid <3>",
    "! invalid <4>",
    "! invalid <5>",
  ]);
});

for (
  const [departure, depart] of [
    ["whose link broke", (stage: Stage, bob: number) => stage.drop(bob)],
    ["who left", (stage: Stage, bob: number) => void stage.say(bob, { type: "leave" })],
    ["whose grace is over", (stage: Stage, bob: number) => {
      stage.drop(bob);
      stage.pass(GRACE_MS);
    }],
  ] as const
) {
  Deno.test(`a message to a member ${departure} is stored, its acknowledgement says that it waits, and their return asks for the list`, () => {
    const stage = new Stage();
    const [ada, bob] = [stage.join("ada"), stage.join("bob")];
    depart(stage, bob);
    stage.forget();
    stage.say(ada, psst("bob", "one", "1"));
    stage.say(ada, psst("BOB", "two"));
    assertEquals(stage.seen(ada), ["@bob 1 ada: one, waiting", "ack 1 1, waiting", "@bob 2 ada: two, waiting"]);
    comeBack(stage, "token-2");
    const [list] = stage.effects.filter(({ type }) => type === "conversations");
    assertEquals([list?.type === "conversations" && list.memberId], [stage.idOf("bob")]);
  });
}

Deno.test("messages of a conversation are answered, edited, deleted and reacted to as those of a room", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, psst("bob", "tee"));
  stage.forget();
  stage.say(ada, { type: "edit", to: "bob", text: "tea" });
  stage.say(bob, { type: "message", to: "ada", text: "yes", reply: 1 });
  stage.say(bob, { type: "react", to: "ada", emoji: "\u{1f44d}" });
  stage.say(bob, { type: "edit", to: "ada", of: 1, text: "coffee", ref: "e" });
  stage.say(bob, { type: "delete", to: "ada", of: 1, ref: "d" });
  stage.say(ada, { type: "delete", to: "bob", of: 1 });
  assertEquals(stage.seen(bob), [
    "@ada 2 ada changed 1: tea",
    "@ada 3 bob: yes",
    "@ada 4 bob +\u{1f44d} 1 =1",
    "! forbidden <e>",
    "! forbidden <d>",
    "@ada 5 ada deleted 1 of ada",
  ]);
  assertEquals(stage.seen(ada)[1], "@bob 3 bob: yes");
});

Deno.test("nobody else can read, search, change or mark a conversation, not even an owner", () => {
  const stage = new Stage({ access: { adminDigest: "digest of open sesame", inviteOnly: false } });
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve")];
  stage.say(ada, psst("bob", "secret"));
  const { id, room } = stage.stored[0]!;
  stage.say(eve, { type: "auth", password: "open sesame" });
  stage.forget();
  for (const to of ["ada", "bob"]) {
    stage.say(eve, { type: "history", to });
    stage.say(eve, { type: "search", to, query: "secret" });
    stage.say(eve, { type: "delete", to, of: id });
    stage.say(eve, { type: "read", to, id });
  }
  assertEquals(stage.seen(eve), Array(8).fill("! no_such_message"));
  for (const name of [room, room.split(" ").toReversed().join(" ")]) {
    assertEquals(
      ["join", "history"].map((type) => {
        try {
          stage.say(eve, { type, room: name });
          return "taken";
        } catch {
          return "not a room";
        }
      }),
      ["not a room", "not a room"],
    );
  }
  assertEquals(stage.seen(bob), []);
});

Deno.test("a conversation stays with the member, not with the name", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, psst("bob", "for the first"));
  stage.say(bob, { type: "rename", name: "robert" });
  const other = stage.join("bob");
  stage.forget();
  stage.say(ada, psst("bob", "for the second"));
  stage.say(ada, psst("robert", "for the first again"));
  assertEquals(stage.seen(other), ["@ada 1 ada: for the second"]);
  assertEquals(stage.seen(bob), ["@ada 2 ada: for the first again"]);
});

Deno.test("a member is written to by id, also under another name, and a forgotten one can still be read", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("nick", "lobby", {}, false)];
  stage.say(bob, psst("ada", "hi from nc"));
  const { from } = stage.stored[0]!;
  stage.say(bob, { type: "rename", name: "nicholas" });
  stage.forget();
  stage.say(ada, psst(from.id, "hi"));
  assertEquals(stage.seen(bob), ["@ada 2 ada: hi"]);
  stage.drop(bob);
  stage.forget();
  stage.say(ada, psst(from.id, "gone?", "m"));
  assertEquals(stage.seen(ada), ["! no_such_member <m>"]);
  const [page] = stage.say(ada, { type: "history", to: from.id });
  assert(page?.type === "page" && page.with?.id === from.id && page.with.name !== "");
});

Deno.test("a member who is banned from the server can be written to, and reads it after the ban", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const owner = stage.connect(true, { privileged: true });
  stage.say(ada, psst("bob", "one"));
  stage.say(owner, { type: "ban", name: "bob" });
  assertEquals(stage.closed.get(bob), "kicked");
  stage.forget();
  stage.say(ada, psst("bob", "two", "m"));
  assertEquals(stage.seen(ada), ["@bob 2 ada: two, waiting", "ack m 2, waiting"]);
});

Deno.test("what a blocked member writes is stored for them alone: it is not delivered, and they are not told", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, psst("bob", "one"));
  stage.say(bob, { type: "block", to: "ada" });
  stage.forget();
  stage.say(ada, psst("bob", "two", "m"));
  assertEquals(stage.seen(ada), ["@bob 2 ada: two", "ack m 2"]);
  assertEquals(stage.seen(bob), []);
  stage.say(bob, psst("ada", "three"));
  assertEquals(stage.seen(ada), ["@bob 3 bob: three"]);
  stage.restart();
  const [ada2, bob2] = [comeBack(stage, "token-1"), comeBack(stage, "token-2")];
  stage.forget();
  stage.say(ada2, psst("bob", "four"));
  assertEquals(stage.seen(bob2), []);
  stage.say(bob2, { type: "block", to: "ada", off: true });
  stage.say(ada2, psst("bob", "five"));
  assertEquals(stage.seen(bob2), ["@ada 5 ada: five"]);
});

Deno.test("a member may block someone before their first message", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(bob, { type: "block", to: "ada", ref: "b" });
  assertEquals(stage.seen(bob).at(-1), "notice all: Nothing that ada writes to you is delivered any more <b>");
  stage.forget();
  stage.say(ada, psst("bob", "hi", "m"));
  assertEquals([stage.seen(ada), stage.seen(bob)], [["@bob 1 ada: hi", "ack m 1"], []]);
});

Deno.test("a read mark moves forward only, is told to the member's other sessions, and outlives a restart", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const phone = comeBack(stage, "token-2");
  for (const text of ["one", "two"]) stage.say(ada, psst("bob", text));
  stage.say(ada, { type: "message", text: "hi" });
  const [one, two, hi] = stage.stored.map(({ id }) => id);
  stage.forget();
  stage.say(bob, { type: "read", to: "ada", id: two, ref: "r" });
  assertEquals([stage.seen(bob), stage.seen(phone), stage.seen(ada)], [["mark @ada 2 <r>"], ["mark @ada 2"], []]);
  stage.say(phone, { type: "read", to: "ada", id: one, ref: "back" });
  stage.say(phone, { type: "read", to: "ada", id: "unknown", ref: "none" });
  assertEquals([stage.seen(phone), stage.seen(bob)], [["mark @ada 2 <back>", "mark @ada 2 <none>"], []]);
  stage.say(phone, { type: "read", room: "lobby", id: hi });
  assertEquals([stage.seen(bob), stage.seen(phone)], [["mark lobby 1"], []]);
  stage.restart();
  const again = comeBack(stage, "token-2");
  const [joined] = stage.events(again) as [Of<"joined">];
  assertEquals(joined.mark, { id: hi, seq: 1 });
  stage.say(again, { type: "read", to: "ada", id: one, ref: "r" });
  assertEquals(stage.seen(again), ["mark @ada 2 <r>"]);
});

Deno.test("one turn's messages can be marked before the store has them", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { type: "message", to: "bob", text: "hi", id: "019b7ca9-8f92-7001-805d-6ae55386bd28" });
  const read = { type: "read" as const, to: "ada", id: "019b7ca9-8f92-7001-805d-6ae55386bd28" };
  assertEquals(stage.say(bob, read).map(({ type }) => type), ["keepMark"]);
});

Deno.test("a member who begins a conversation with each member must wait after NEW_CONVERSATIONS_BURST of them", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  for (let n = 0; n <= NEW_CONVERSATIONS_BURST; n++) stage.join(inLetters(n));
  stage.forget();
  for (let n = 0; n <= NEW_CONVERSATIONS_BURST; n++) stage.say(ada, psst(inLetters(n), "pills", `${n}`));
  const seen = stage.seen(ada);
  assertEquals(seen.filter((line) => line.startsWith("ack")).length, NEW_CONVERSATIONS_BURST);
  assertEquals(seen.at(-1), `! rate_limited <${NEW_CONVERSATIONS_BURST}>`);
  stage.say(ada, psst(inLetters(0), "known already", "k"));
  assertEquals(stage.seen(ada).at(-1), "ack k 2");
  stage.now += 3_600_000 / NEW_CONVERSATIONS_PER_HOUR;
  stage.say(ada, psst(inLetters(NEW_CONVERSATIONS_BURST), "pills", "late"));
  assertEquals(stage.seen(ada).at(-1), "ack late 1");
});

Deno.test("the guests of one address begin NEW_CONVERSATIONS_PER_ADDRESS_BURST conversations at once, and accounts there are free of that", () => {
  const stage = new Stage();
  const bob = stage.join("bob");
  const spammers = 1 + NEW_CONVERSATIONS_PER_ADDRESS_BURST / NEW_CONVERSATIONS_BURST;
  for (let n = 0; n < NEW_CONVERSATIONS_BURST; n++) stage.join(inLetters(n));
  let last = "";
  for (let guest = 0; guest < spammers; guest++) {
    const session = stage.connect(true, { address: "192.0.2.7" });
    stage.say(session, { type: "join", name: `guest${guest}x` });
    for (let n = 0; n < NEW_CONVERSATIONS_BURST; n++) stage.say(session, psst(inLetters(n), "pills", `r${n}`));
    last = stage.seen(session).at(-1)!;
  }
  assertEquals(last, `! rate_limited <r${NEW_CONVERSATIONS_BURST - 1}>`);
  stage.forget();
  const ada = registered(stage, "ada");
  stage.say(ada, psst("bob", "hello", "m"));
  assertEquals([stage.seen(ada).at(-1), stage.seen(bob).at(-1)], ["ack m 1", "@ada 1 ada: hello"]);
});

Deno.test("the numbers of conversations are limited: of the server, of its guests, and of one member", () => {
  const counts = { all: 0, own: 0 };
  const stage = new Stage();
  stage.store.conversationCount = (memberId) => memberId === undefined ? counts.all : counts.own;
  stage.restart();
  const [guest, ada] = [stage.join("guest"), registered(stage, "ada")];
  stage.join("bob");
  const answerOf = (session: number) => {
    stage.forget();
    stage.say(session, psst("bob", "hi", "r"));
    return stage.seen(session).at(-1);
  };
  counts.all = MAX_CONVERSATIONS_OF_GUESTS;
  assertEquals(answerOf(guest), "! forbidden <r>");
  counts.all = MAX_CONVERSATIONS;
  assertEquals(answerOf(ada), "! forbidden <r>");
  counts.all = MAX_CONVERSATIONS_OF_GUESTS;
  counts.own = MAX_CONVERSATIONS_PER_MEMBER;
  assertEquals(answerOf(ada), "! forbidden <r>");
  counts.own--;
  assertEquals(answerOf(ada), "ack r 1");
});

Deno.test("a member who is muted everywhere writes no direct messages, and no changes of earlier ones", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  const owner = stage.connect(true, { privileged: true });
  stage.say(ada, psst("bob", "one"));
  stage.say(owner, { type: "mute", name: "ada" });
  stage.forget();
  stage.say(ada, psst("bob", "two", "m"));
  stage.say(ada, { type: "edit", to: "bob", text: "three", ref: "e" });
  assertEquals(stage.seen(ada), ["! forbidden <m>", "! forbidden <e>"]);
});

Deno.test("on a server that keeps no text, a message to a member who is away is refused", () => {
  const stage = new Stage();
  stage.store.keepsText = false;
  stage.restart();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, psst("bob", "one", "1"));
  stage.drop(bob);
  stage.say(ada, psst("bob", "two", "2"));
  assertEquals(stage.seen(ada), ["@bob 1 ada: one", "ack 1 1", "! forbidden <2>"]);
});

Deno.test("a message that is refused begins no conversation", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { ...psst("bob", "yes", "1"), reply: 1 });
  assertEquals([stage.seen(ada), stage.store.conversations], [["! no_such_message <1>"], []]);
  stage.say(ada, psst("bob", "one", "2"));
  stage.say(ada, { ...psst("bob", "yes", "3"), reply: 9 });
  assertEquals(stage.seen(ada), ["@bob 1 ada: one", "ack 2 1", "! no_such_message <3>"]);
  stage.say(ada, psst("bob", "two", "4"));
  assertEquals(stage.seen(ada), ["@bob 2 ada: two", "ack 4 2"]);
});
