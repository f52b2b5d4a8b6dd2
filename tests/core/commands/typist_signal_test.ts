import { assertEquals } from "@std/assert";
import { MAX_TYPING_MEMBERS, TYPING_INTERVAL_MS } from "../../../src/protocol/limits.ts";
import { type Of, Stage } from "../stage.ts";

Deno.test("the others in the room get typing, and none of the member's own sessions", () => {
  const stage = new Stage();
  const [ada, bob, kim] = [stage.join("ada"), stage.join("bob"), stage.join("kim", "dev")];
  const phone = stage.join("ada", "lobby", { token: "token-1" });
  stage.forget();
  stage.say(ada, { type: "typing", room: "lobby" });
  const event = { type: "typing", room: "lobby", member: { id: stage.idOf("ada"), name: "ada" } };
  assertEquals([ada, phone, bob, kim].map((session) => stage.events(session)), [[], [], [event], []] as object[][]);
  assertEquals(stage.effects.map(({ type }) => type), ["signal"]);
});

Deno.test("only the other member of a conversation gets its typing, on all sessions, with the typist as the other one", () => {
  const stage = new Stage();
  const [ada, bob, kim] = [stage.join("ada"), stage.join("bob", "dev"), stage.join("kim")];
  const phone = stage.join("bob", "lobby", { token: "token-2" });
  stage.say(bob, { type: "message", to: "ada", text: "hello" });
  stage.forget();
  const other = { id: stage.idOf("ada"), name: "ada" };
  const event = { type: "typing", with: other, member: other };
  for (const to of ["BOB", stage.idOf("bob")]) {
    stage.pass(TYPING_INTERVAL_MS);
    stage.say(ada, { type: "typing", to });
    assertEquals([bob, phone, kim].map((session) => stage.events(session)), [[event], [event], []] as object[][]);
    stage.forget();
  }
});

Deno.test("typing to a stranger, or to a member who blocks the typist, is told to nobody", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const types = () => {
    stage.forget();
    stage.pass(TYPING_INTERVAL_MS);
    stage.say(ada, { type: "typing", to: "bob" });
    return [stage.seen(ada), stage.seen(bob)];
  };
  assertEquals(types(), [[], []]);
  stage.say(ada, { type: "message", to: "bob", text: "hello" });
  assertEquals(types(), [[], ["ada types to you"]]);
  stage.say(bob, { type: "block", to: "ada" });
  assertEquals(types(), [[], []]);
  stage.say(bob, { type: "block", to: "ada", off: true });
  assertEquals(types(), [[], ["ada types to you"]]);
});

Deno.test("of one member the others get one typing in TYPING_INTERVAL_MS, on whichever device and wherever", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const phone = stage.join("ada", "lobby", { token: "token-1" });
  stage.forget();
  for (let sent = 0; sent < 10; sent++) {
    stage.say(ada, { type: "typing", room: "lobby" });
    stage.say(phone, { type: "typing", to: "bob" });
    stage.now += TYPING_INTERVAL_MS / 2;
  }
  assertEquals(stage.seen(bob), Array(5).fill("ada types in lobby"));
  assertEquals([stage.seen(ada), stage.seen(phone)], [[], []]);
});

Deno.test("typing that reaches nobody has no reply, and does not count", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.join("kim", "dev");
  stage.forget();
  for (const place of [{ room: "dev" }, { room: "nowhere" }, { to: "nobody" }, { to: "ada" }]) {
    stage.say(ada, { type: "typing", ...place, ref: "1" });
  }
  assertEquals([stage.seen(ada), stage.seen(bob)], [[], []]);
  stage.say(ada, { type: "typing", room: "lobby" });
  assertEquals(stage.seen(bob), ["ada types in lobby"]);
});

Deno.test("typing before the first join is not_joined, and more of it than other commands is rate_limited", () => {
  const stage = new Stage();
  const stranger = stage.connect();
  stage.say(stranger, { type: "typing", room: "lobby" });
  assertEquals(stage.seen(stranger), ["! not_joined"]);
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  for (let sent = 0; sent < 100; sent++) stage.say(ada, { type: "typing", room: "lobby" });
  assertEquals(new Set(stage.seen(ada)), new Set(["! rate_limited"]));
  assertEquals(stage.seen(bob), ["ada types in lobby"]);
});

Deno.test("in a room of more than MAX_TYPING_MEMBERS nobody is told", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (let n = 2; n < MAX_TYPING_MEMBERS; n++) stage.join(`m${n}`);
  stage.forget();
  stage.say(ada, { type: "typing", room: "lobby" });
  assertEquals(stage.seen(bob), ["ada types in lobby"]);
  stage.join("kim");
  stage.forget();
  stage.pass(TYPING_INTERVAL_MS);
  stage.say(ada, { type: "typing", room: "lobby" });
  assertEquals(stage.seen(bob), []);
});

Deno.test("a muted member's typing is not told where the mute holds, nor that of a guest in a lockdown", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (const session of [ada, bob]) stage.say(session, { type: "join", room: "dev" });
  stage.say(bob, { type: "message", to: "ada", text: "hello" });
  stage.say(owner, { type: "mute", name: "ada", room: "lobby" });
  stage.forget();
  const types = (place: object) => {
    stage.pass(TYPING_INTERVAL_MS);
    stage.say(ada, { type: "typing", ...place });
    assertEquals(stage.seen(ada), []);
    return stage.seen(bob);
  };
  assertEquals(types({ room: "lobby" }), []);
  assertEquals([types({ room: "dev" }), types({ to: "bob" })], [["ada types in dev"], ["ada types to you"]]);
  stage.say(owner, { type: "lockdown", on: true });
  stage.forget();
  // The maker of a room may write there during a lockdown, too.
  assertEquals([types({ to: "bob" }), types({ room: "dev" })], [[], ["ada types in dev"]]);
  stage.say(owner, { type: "mute", name: "ada" });
  stage.forget();
  assertEquals([types({ to: "bob" }), types({ room: "dev" })], [[], []]);
});

Deno.test("nothing of typing is stored, and a repeat after a restart is told again", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.join("bob");
  const [{ you }] = stage.events(ada) as [Of<"joined">];
  stage.say(ada, { type: "typing", room: "lobby" });
  assertEquals(stage.stored.length, 0);
  stage.restart();
  const bob = stage.join("bob");
  const again = stage.join("ada", "lobby", { token: you.token });
  stage.forget();
  stage.say(again, { type: "typing", room: "lobby" });
  assertEquals(stage.seen(bob), ["ada types in lobby"]);
});
