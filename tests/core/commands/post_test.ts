import { assert, assertEquals } from "@std/assert";
import { MAX_ACKS_PER_MEMBER, PINGS_BURST } from "../../../src/protocol/limits.ts";
import { type Of, Stage } from "../stage.ts";

const HI = { type: "message", room: "lobby", text: "hi" };

Deno.test("a message is stored, published and acknowledged, in this order", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { ...HI, ref: "m" });
  assertEquals(stage.effects.map(({ type }) => type), [
    ...["keepRoom", "keepRecord", "keepRecord"],
    ...["append", "publish", "send"],
  ]);
  assertEquals(stage.seen(ada), ["lobby 1 ada: hi", "ack m 1"]);
  assertEquals(stage.seen(bob), ["lobby 1 ada: hi"]);
  stage.say(ada, { ...HI, ref: "n" });
  assertEquals(stage.effects.map(({ type }) => type), ["append", "publish", "send"]);
});

Deno.test("the published message equals the stored one, and the acknowledgement agrees with it", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, { ...HI, ref: "m" });
  const [message, ack] = stage.events(ada) as [Of<"message">, Of<"ack">];
  assertEquals(stage.stored, [message as never]);
  assertEquals(ack, { type: "ack", ref: "m", id: message.id, seq: 1, at: message.at });
  assertEquals(message.at, "2026-01-02T03:04:05.678Z");
});

Deno.test("the stored message object itself is published, with the session of its author", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, HI);
  const [append, publish] = stage.say(ada, HI);
  assert(append?.type === "append" && publish?.type === "publish");
  assert(append.message === publish.event);
  assertEquals(publish.author, ada);
});

Deno.test("a text is stored unchanged, also with control characters", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const text = " \x1b[2J\r\n\u202ehi\0\n";
  stage.say(ada, { ...HI, text });
  const [message] = stage.stored;
  assert(message?.type === "message");
  assertEquals(message.text, text);
});

Deno.test("each room numbers its own messages without a gap", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (const session of [ada, bob]) stage.say(session, { type: "join", room: "dev" });
  for (let n = 0; n < 30; n++) {
    stage.say(n % 3 === 0 ? ada : bob, { ...HI, room: n % 2 === 0 ? "dev" : "lobby" });
    stage.say(ada, { ...HI, room: "nowhere" });
  }
  for (const room of ["dev", "lobby"]) {
    const seqs = stage.stored.filter((message) => message.room === room).map(({ seq }) => seq);
    assertEquals(seqs, Array.from({ length: 15 }, (_, index) => index + 1));
  }
});

Deno.test("a message without room and receiver goes to the lobby", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, { type: "message", text: "hi" });
  assertEquals(stage.seen(ada), ["lobby 1 ada: hi"]);
});

Deno.test("a message to a room the sender is not in is not_joined and takes no seq", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob", "dev")];
  stage.forget();
  stage.say(ada, { ...HI, room: "dev", ref: "m" });
  stage.say(bob, { ...HI, room: "dev" });
  assertEquals(stage.seen(ada), ["! not_joined <m>"]);
  assertEquals(stage.seen(bob), ["dev 1 bob: hi"]);
});

Deno.test("a repeated ref gets the first acknowledgement again and has no other effect", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { ...HI, ref: "m" });
  const first = stage.events(ada).at(-1);
  stage.forget();
  stage.now += 5_000;
  stage.say(ada, { ...HI, ref: "m", text: "something else" });
  assertEquals(stage.events(ada), [first!]);
  assertEquals(stage.seen(bob), []);
  assertEquals(stage.stored.length, 1);
});

Deno.test("two members may use the same ref", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { ...HI, ref: "m" });
  stage.say(bob, { ...HI, ref: "m" });
  assertEquals(stage.seen(bob), ["lobby 1 ada: hi", "lobby 2 bob: hi", "ack m 2"]);
});

Deno.test("a refused message leaves its ref unused", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, { ...HI, room: "dev", ref: "m" });
  stage.say(ada, { type: "join", room: "dev" });
  stage.say(ada, { ...HI, room: "dev", ref: "m" });
  assertEquals(stage.seen(ada).slice(2), ["dev 1 ada: hi", "ack m 1"]);
});

Deno.test("a message without a ref is not acknowledged, and its repeat is a new message", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, HI);
  stage.say(ada, HI);
  assertEquals(stage.seen(ada), ["lobby 1 ada: hi", "lobby 2 ada: hi"]);
});

Deno.test("a member's newest MAX_ACKS_PER_MEMBER acknowledgements are kept", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  for (let n = 0; n <= MAX_ACKS_PER_MEMBER; n++) stage.say(ada, { ...HI, ref: `${n}` });
  stage.forget();
  stage.say(ada, { ...HI, ref: "1" });
  stage.say(ada, { ...HI, ref: "0" });
  assertEquals(stage.seen(ada), ["ack 1 2", "lobby 1002 ada: hi", "ack 0 1002"]);
});

Deno.test("messages have a rate of their own, and the error gives the time until the next one passes", () => {
  const stage = new Stage({ rate: { perSecond: 5, burst: 2 } });
  const ada = stage.join("ada");
  stage.forget();
  for (const ref of ["1", "2", "3"]) stage.say(ada, { ...HI, ref });
  const events = stage.events(ada);
  const error = events.at(-1) as Of<"error">;
  assertEquals([error.code, error.ref, error.retryAfter], ["rate_limited", "3", 0.2]);
  stage.now += 199;
  stage.say(ada, { ...HI, ref: "3" });
  stage.now += 1;
  stage.say(ada, { ...HI, ref: "3" });
  assertEquals(stage.seen(ada), ["! rate_limited <3>", "lobby 3 ada: hi", "ack 3 3"]);
});

Deno.test("direct messages count towards the rate; repeats and refused messages do not", () => {
  const stage = new Stage({ rate: { perSecond: 1, burst: 3 } });
  const ada = stage.join("ada");
  stage.join("bob");
  stage.forget();
  stage.say(ada, { ...HI, ref: "1" });
  for (let n = 0; n < 5; n++) stage.say(ada, { ...HI, ref: "1" });
  stage.say(ada, { type: "message", to: "nobody", text: "hi" });
  stage.say(ada, { ...HI, room: "nowhere" });
  stage.say(ada, { type: "message", to: "bob", text: "hi" });
  stage.say(ada, HI);
  stage.say(ada, { type: "message", to: "bob", text: "hi" });
  assertEquals(stage.seen(ada).slice(7), [
    "! no_such_member",
    "! not_joined",
    "@bob 1 ada: hi",
    "lobby 2 ada: hi",
    "! rate_limited",
  ]);
});

Deno.test("a new connection does not refill the member's bucket", () => {
  const stage = new Stage({ rate: { perSecond: 1, burst: 1 } });
  const ada = stage.join("ada");
  stage.say(ada, HI);
  stage.drop(ada);
  const again = stage.connect();
  stage.say(again, { type: "join", token: "token-1" });
  stage.say(again, HI);
  assertEquals(stage.seen(again).at(-1), "! rate_limited");
});

Deno.test("other commands have a rate per connection, and pings have a separate one", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  for (let n = 0; n < 100; n++) stage.say(ada, { type: "members", room: "lobby" });
  const seen = stage.seen(ada);
  assertEquals(seen.filter((line) => line.startsWith("members")).length, 63);
  assertEquals(seen.filter((line) => line === "! rate_limited").length, 37);
  for (let n = 0; n <= PINGS_BURST; n++) stage.say(ada, { type: "ping" });
  assertEquals(stage.seen(ada), [...Array(PINGS_BURST).fill("pong"), "! rate_limited"]);
  stage.say(bob, { type: "members", room: "lobby" });
  assertEquals(stage.seen(bob), ["members lobby 2: ada bob"]);
  stage.now += 100;
  stage.say(ada, { type: "members", room: "lobby" });
  assertEquals(stage.seen(ada), ["members lobby 2: ada bob"]);
  for (let n = 0; n < 3; n++) stage.say(ada, { type: "ping" });
  assertEquals(stage.seen(ada), ["pong", "pong", "! rate_limited"], "twenty a second");
});

Deno.test("a pong has the ref of its ping, and the server's time", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.now += 1_234;
  stage.say(ada, { type: "ping", ref: "p" });
  assertEquals(stage.events(ada), [{ type: "pong", ref: "p", at: new Date(stage.now).toISOString() }]);
});

Deno.test("in slow mode a topic counts as a message", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada", "dev"), stage.join("bob", "dev")];
  stage.say(ada, { type: "slow", room: "dev", seconds: 60 });
  stage.forget();
  for (const text of ["mine", "again"]) stage.say(bob, { type: "topic", room: "dev", text });
  assertEquals(stage.seen(bob).at(-1), "! rate_limited");
});
