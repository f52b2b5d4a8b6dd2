import { assert, assertEquals } from "@std/assert";
import {
  DIRECT_BATCH_BYTES,
  GRACE_MS,
  MAX_TEXT_BYTES,
  MAX_WAITING_DIRECT,
  MAX_WAITING_FROM_GUESTS,
  MAX_WAITING_FROM_SENDER,
} from "../../src/protocol/limits.ts";
import type { ServerEvent } from "../../src/protocol/messages/messages.ts";
import { brief, type Of, Stage } from "./stage.ts";

/** The pongs with which a client answers the pings among the events. */
function pongs(events: readonly ServerEvent[]): object[] {
  return events.filter((event) => event.type === "ping").map(({ ref }) => ({ type: "pong", ref }));
}

function isDirect(event: ServerEvent): event is Of<"message"> {
  return event.type === "message" && "to" in event;
}

/** The texts of the direct messages among the events. */
function directs(events: readonly ServerEvent[]): string[] {
  return events.filter(isDirect).map(({ text }) => text);
}

function comeBack(stage: Stage, token: string, more: object = {}): number {
  const session = stage.connect();
  stage.say(session, { type: "join", token, ...more });
  return session;
}

function psst(to: string, text = "psst", ref?: string): object {
  return { type: "message", to, text, ref };
}

Deno.test("only the sender and the receiver get a direct message", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob", "dev"), stage.join("eve")];
  stage.forget();
  stage.say(ada, psst("BOB", "psst", "m"));
  assertEquals(stage.seen(ada), ["ada to bob: psst", "ack m direct"]);
  const [message, ping, ...others] = stage.events(bob) as [Of<"message">, Of<"ping">];
  assertEquals([brief(message), ping, others], ["ada to bob: psst", { type: "ping", ref: `direct ${message.id}` }, []]);
  assertEquals(stage.seen(eve), []);
  assertEquals(stage.stored, []);
});

Deno.test("a direct message is stored with its ref before it is sent", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  const [append, ...others] = stage.say(ada, psst("bob", "psst", "m"));
  assert(append?.type === "appendDirect");
  assertEquals([append.message.text, append.ref], ["psst", "m"]);
  assertEquals(others.map(({ type }) => type), ["send", "send", "send", "send"]);
});

Deno.test("a direct message to oneself arrives once and needs no confirmation", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, psst("ada", "note", "m"));
  assertEquals(stage.seen(ada), ["ada to ada: note", "ack m direct"]);
  assertEquals(stage.store.directs, []);
  assertEquals(directs(stage.events(comeBack(stage, "token-1"))), []);
});

Deno.test("a direct message to oneself does not confirm messages from other members", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  stage.drop(ada);
  stage.say(stage.join("eve"), psst("ada", "from eve"));
  const again = comeBack(stage, "token-1");
  stage.say(again, psst("ada", "note"));
  assertEquals(directs(stage.events(again)), ["from eve", "note"]);
  stage.restart();
  assert(directs(stage.events(comeBack(stage, "token-1"))).includes("from eve"));
});

Deno.test("a repeated direct message gets the first acknowledgement and is not sent again", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  for (let n = 0; n < 3; n++) stage.say(ada, psst("bob", "psst", "m"));
  assertEquals(stage.seen(ada), ["ada to bob: psst", ...Array(3).fill("ack m direct")]);
  assertEquals(directs(stage.events(bob)), ["psst"]);
});

Deno.test("a direct message to an unknown name is no_such_member, and one that also names a room is invalid", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, psst("bob", "psst", "1"));
  stage.say(ada, { type: "message", to: "ada", room: "lobby", text: "psst", ref: "2" });
  assertEquals(stage.seen(ada), ["! no_such_member <1>", "! invalid <2>"]);
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
  Deno.test(`a direct message to a member ${departure} waits for their return, and its acknowledgement says so`, () => {
    const stage = new Stage();
    const [ada, bob] = [stage.join("ada"), stage.join("bob")];
    depart(stage, bob);
    stage.forget();
    stage.say(ada, psst("bob", "one", "1"));
    stage.say(ada, psst("BOB", "two"));
    assertEquals(stage.seen(ada), ["ada to bob: one", "ack 1 direct, waiting", "ada to bob: two"]);
    const again = comeBack(stage, "token-2");
    assertEquals(stage.seen(again), [
      "joined lobby as bob with 2, seq 0",
      "ada to bob: one",
      "ada to bob: two",
      `ping <direct ${stage.store.directs.at(-1)!.id}>`,
    ]);
    stage.say(again, { type: "join", room: "dev" });
    assertEquals(stage.seen(again), ["joined dev as bob with 1, seq 0"]);
  });
}

Deno.test("an unconfirmed direct message is sent again on each new connection, until its pong", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, psst("bob"));
  assertEquals(directs(stage.events(bob)), ["psst"]);
  const again = comeBack(stage, "token-2");
  const events = stage.events(again);
  assertEquals(directs(events), ["psst"]);
  stage.say(again, pongs(events)[0]!);
  assertEquals(stage.effects.map(({ type }) => type), ["confirm"]);
  assertEquals(stage.store.directs, []);
  assertEquals(directs(stage.events(comeBack(stage, "token-2"))), []);
});

Deno.test("a pong confirms all messages before its ping, and none after it", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (const text of ["one", "two", "three"]) stage.say(ada, psst("bob", text));
  stage.say(bob, pongs(stage.events(bob))[1]!);
  assertEquals(stage.store.directs.map(({ text }) => text), ["three"]);
  assertEquals(directs(stage.events(comeBack(stage, "token-2"))), ["three"]);
});

Deno.test("a pong with another ref, or from another member, confirms nothing", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve")];
  stage.say(ada, psst("bob"));
  const [pong] = pongs(stage.events(bob));
  stage.forget();
  const others = [{ type: "pong" }, { type: "pong", ref: "direct " }, { type: "pong", ref: "direct id-999999" }];
  for (const other of others) assertEquals(stage.say(bob, other), []);
  assertEquals(stage.say(eve, pong!), []);
  assertEquals(stage.store.directs.length, 1);
  stage.say(bob, pong!);
  assertEquals(stage.say(bob, pong!), []);
  assertEquals(stage.store.directs, []);
});

Deno.test("at most MAX_WAITING_DIRECT messages wait for an absent member, and the next one is refused", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.drop(bob);
  const senders = Array.from(
    { length: MAX_WAITING_DIRECT / MAX_WAITING_FROM_SENDER },
    (_, n) => registered(stage, `s${n}x`),
  );
  for (let n = 0; n < MAX_WAITING_DIRECT; n++) stage.say(senders[n % senders.length]!, psst("bob", `${n}`));
  stage.forget();
  const late = registered(stage, "late");
  for (const session of [ada, late]) {
    stage.say(session, psst("bob", "one more", "m"));
    assertEquals(stage.seen(session).at(-1), "! forbidden <m>");
  }
  assertEquals(stage.store.directs.length, MAX_WAITING_DIRECT);
  const events = stage.events(comeBack(stage, "token-2"));
  assertEquals(directs(events), Array.from({ length: MAX_WAITING_DIRECT }, (_, n) => `${n}`));
  assertEquals(pongs(events).length, 1);
});

Deno.test("one sender has at most MAX_WAITING_FROM_SENDER messages waiting for a member, and guests leave space for accounts", () => {
  const stage = new Stage();
  const bob = stage.join("bob");
  stage.drop(bob);
  for (let guest = 0; guest <= MAX_WAITING_FROM_GUESTS / MAX_WAITING_FROM_SENDER; guest++) {
    const session = stage.join(`guest${guest}x`);
    for (let n = 0; n <= MAX_WAITING_FROM_SENDER; n++) stage.say(session, psst("bob", "buy pills"));
    assertEquals(stage.seen(session).at(-1), "! forbidden");
  }
  assertEquals(stage.store.directs.length, MAX_WAITING_FROM_GUESTS);
  const ada = registered(stage, "ada");
  stage.say(ada, psst("bob", "are you there?", "m"));
  assertEquals(stage.seen(ada).at(-1), "ack m direct, waiting");
});

/** Joins and registers a member. */
function registered(stage: Stage, name: string): number {
  const session = stage.join(name);
  stage.say(session, { type: "register", password: "horse battery" });
  stage.hash();
  return session;
}

Deno.test("if a present member never confirms, the newest MAX_WAITING_DIRECT messages are kept", () => {
  const stage = new Stage();
  const [ada] = [stage.join("ada"), stage.join("bob")];
  for (let n = 0; n <= MAX_WAITING_DIRECT; n++) stage.say(ada, psst("bob", `${n}`));
  const texts = directs(stage.events(comeBack(stage, "token-2")));
  assertEquals([texts.length, texts[0], texts.at(-1)], [MAX_WAITING_DIRECT, "1", `${MAX_WAITING_DIRECT}`]);
});

Deno.test("many waiting messages are sent in batches of DIRECT_BATCH_BYTES, each after the previous batch's pong", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.drop(bob);
  const count = 100;
  for (let n = 0; n < count; n++) stage.say(ada, psst("bob", `${n} `.padEnd(MAX_TEXT_BYTES, "x")));
  const again = comeBack(stage, "token-2");
  const got: string[] = [];
  for (let events = stage.events(again); directs(events).length > 0; events = stage.events(again)) {
    const texts = directs(events);
    assert(texts.join("").length < DIRECT_BATCH_BYTES + MAX_TEXT_BYTES);
    assertEquals(events.at(-1)!.type, "ping");
    assertEquals(pongs(events).length, 1);
    got.push(...texts);
    stage.say(again, pongs(events)[0]!);
  }
  assertEquals(got.map((text) => Number.parseInt(text)), Array.from({ length: count }, (_, n) => n));
  assertEquals(stage.store.directs, []);
});

Deno.test("while a batch is unconfirmed no more is sent, and later messages follow it in order", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const fits = DIRECT_BATCH_BYTES / MAX_TEXT_BYTES;
  for (let n = 0; n < fits + 2; n++) stage.say(ada, psst("bob", `${n} `.padEnd(MAX_TEXT_BYTES, "x")));
  const events = stage.events(bob);
  assertEquals(directs(events).length, fits);
  stage.say(ada, psst("bob", "late"));
  assertEquals(stage.events(bob), []);
  stage.say(bob, pongs(events).at(-1)!);
  assertEquals(directs(stage.events(bob)).map((text) => text.slice(0, 4)), [`${fits} x`, `${fits + 1} x`, "late"]);
});

Deno.test("a connection that takes over in the middle of a batch gets its unconfirmed part again", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (let n = 0; n < 50; n++) stage.say(ada, psst("bob", `${n} `.padEnd(MAX_TEXT_BYTES, "x")));
  stage.say(bob, pongs(stage.events(bob))[2]!);
  stage.forget();
  const again = comeBack(stage, "token-2");
  assertEquals(Number.parseInt(directs(stage.events(again))[0]!), 3);
});

Deno.test("a direct message to an nc user is sent at once, without a ping, and counts as confirmed", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob", "lobby", {}, false)];
  stage.forget();
  stage.say(ada, psst("bob", "psst", "m"));
  assertEquals(stage.effects.map(({ type }) => type), ["appendDirect", "send", "send", "confirm", "send"]);
  assertEquals(stage.seen(bob), ["ada to bob: psst"]);
  assertEquals(stage.seen(ada), ["ada to bob: psst", "ack m direct"]);
  assertEquals(stage.store.directs, []);
});

Deno.test("a direct message to an nc user who has gone is no_such_member", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob", "lobby", {}, false)];
  stage.drop(bob);
  stage.forget();
  stage.say(ada, psst("bob"));
  assertEquals(stage.seen(ada), ["! no_such_member"]);
});

Deno.test("a member who takes a departed member's name gets new direct messages, not the waiting ones", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(bob, { type: "leave" });
  stage.say(ada, psst("bob", "for the first"));
  const other = stage.join("bob");
  stage.say(ada, psst("bob", "for the second"));
  assertEquals(directs(stage.events(other)), ["for the second"]);
  stage.say(other, { type: "leave" });
  assertEquals(directs(stage.events(comeBack(stage, "token-2"))), ["for the first"]);
});

Deno.test("a member with a name that looks like a departed member's does not get their direct messages", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(bob, { type: "leave" });
  const other = stage.join("b0b");
  stage.forget();
  stage.say(ada, psst("bob", "for bob alone"));
  assertEquals(directs(stage.events(other)), []);
  assertEquals(directs(stage.events(comeBack(stage, "token-2", { name: "robert" }))), ["for bob alone"]);
});
