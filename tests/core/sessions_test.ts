/** A member on several devices at once. */

import { assertEquals } from "@std/assert";
import { COMMANDS_BURST, GRACE_MS, MAX_SESSIONS_PER_MEMBER } from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

const TOKEN = "token-1";

/** Ada on a laptop and on a phone, and bob, all in the lobby. */
function twoDevices() {
  const stage = new Stage();
  const [laptop, bob] = [stage.join("ada"), stage.join("bob")];
  const phone = device(stage);
  const rooms = (stage.events(phone) as Of<"joined">[])[0]!.rooms;
  stage.forget();
  return { stage, laptop, phone, bob, rooms };
}

function device(stage: Stage, more: object = {}, resumable = true): number {
  const session = stage.connect(resumable);
  stage.say(session, { type: "join", token: TOKEN, ...more });
  return session;
}

Deno.test("each session of a member gets the messages, also those that the member sent on another", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  stage.say(bob, { type: "message", text: "hi" });
  stage.say(laptop, { type: "message", text: "hello", ref: "m" });
  assertEquals(stage.seen(laptop), ["lobby 1 bob: hi", "lobby 2 ada: hello", "ack m 2"]);
  assertEquals(stage.seen(phone), ["lobby 1 bob: hi", "lobby 2 ada: hello"]);
});

Deno.test("a further session joins with its own catch-up, and others hear nothing of it", () => {
  const { stage, bob, laptop } = twoDevices();
  for (const text of ["one", "two"]) stage.say(bob, { type: "message", text });
  stage.forget();
  const tablet = device(stage, { after: stage.idAt(1) });
  assertEquals(stage.seen(tablet), ["joined lobby as ada with 2, seq 2", "lobby 2 bob: two"]);
  assertEquals([stage.seen(bob), stage.seen(laptop)], [[], []]);
});

Deno.test("a member leaves with the last session, after the grace if its link broke, and at once if it said so", () => {
  for (const says of [true, false]) {
    const { stage, laptop, phone, bob } = twoDevices();
    stage.say(laptop, { type: "leave" });
    assertEquals(stage.closed.get(laptop), "left");
    stage.pass(GRACE_MS);
    assertEquals([stage.seen(bob), stage.seen(phone)], [[], []]);
    if (says) stage.say(phone, { type: "leave" });
    else stage.drop(phone, "timeout");
    assertEquals(stage.seen(bob), says ? ["-ada lobby left"] : []);
    stage.pass(GRACE_MS);
    assertEquals(stage.seen(bob), says ? [] : ["-ada lobby timeout"]);
  }
});

Deno.test("a session is told the member's other rooms, and of each that another one joins", () => {
  const { stage, laptop, phone, rooms } = twoDevices();
  assertEquals(rooms, undefined);
  stage.say(laptop, { type: "join", room: "dev" });
  assertEquals(stage.seen(phone), ["+ada dev"]);
  const tablet = device(stage);
  const [{ rooms: others }] = stage.events(tablet) as [Of<"joined">];
  assertEquals(others, ["dev"]);
});

Deno.test("a session is told only the rooms that it may follow", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "invite", room: "den" });
  const [{ secret }] = stage.events(owner) as [Of<"invite">];
  stage.say(owner, { type: "join", name: "host", room: "den" });
  stage.say(owner, { type: "lock", room: "den" });
  const guest = stage.connect();
  stage.say(guest, { type: "join", name: "ada", room: "den", password: secret });
  const [{ you: { token } }] = stage.events(guest) as [Of<"joined">];
  const phone = stage.connect();
  stage.say(phone, { type: "join", token, room: "den" });
  assertEquals((stage.events(phone)[0] as Of<"joined">).rooms, undefined);
});

Deno.test("leaving a room leaves it on all devices, each of which is told", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  stage.say(phone, { type: "leave", room: "lobby", ref: "l" });
  assertEquals(stage.seen(phone), ["-ada lobby left <l>"]);
  assertEquals(stage.seen(laptop), ["-ada lobby left"]);
  assertEquals(stage.seen(bob), ["-ada lobby left"]);
  stage.say(bob, { type: "message", text: "alone" });
  assertEquals([stage.seen(laptop), stage.seen(phone)], [[], []]);
});

Deno.test("a session that does not follow a room may leave it, but not write to it", () => {
  const { stage, laptop, phone } = twoDevices();
  stage.say(laptop, { type: "join", room: "dev" });
  stage.forget();
  stage.say(phone, { type: "message", room: "dev", text: "hi" });
  stage.say(phone, { type: "leave", room: "dev" });
  assertEquals(stage.seen(phone), ["! not_joined", "-ada dev left"]);
});

Deno.test("a broken session is ended without touching the member's others", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  stage.drop(phone, "slow");
  stage.say(bob, { type: "message", text: "hi" });
  stage.pass(GRACE_MS);
  assertEquals(stage.seen(laptop), ["lobby 1 bob: hi"]);
  assertEquals(stage.seen(bob), ["lobby 1 bob: hi"]);
});

Deno.test("past MAX_SESSIONS_PER_MEMBER the oldest session is replaced", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  for (let count = 2; count < MAX_SESSIONS_PER_MEMBER; count++) device(stage);
  assertEquals(stage.closed.size, 0);
  device(stage);
  assertEquals([...stage.closed], [[laptop, "replaced"]]);
  device(stage);
  assertEquals(stage.closed.get(phone), "replaced");
  assertEquals(stage.seen(bob), []);
});

Deno.test("a client that returns replaces its own earlier session alone, and no session of another member", () => {
  const { stage, laptop, phone } = twoDevices();
  const eve = stage.join("eve");
  const key = (stage.events(eve)[0] as Of<"joined">).you.session;
  stage.forget();
  device(stage, { session: key });
  assertEquals(stage.closed.size, 0);
  device(stage, { session: `${phone}-${stage.now}`, name: "countess" });
  assertEquals([...stage.closed], [[phone, "replaced"]]);
  assertEquals(stage.seen(laptop), []);
});

Deno.test("a further session keeps the name that the member has on the others", () => {
  const { stage, laptop, bob } = twoDevices();
  const tablet = device(stage, { name: "countess" });
  assertEquals(stage.seen(tablet), ["joined lobby as ada with 2, seq 0"]);
  assertEquals([stage.seen(laptop), stage.seen(bob)], [[], []]);
});

Deno.test("a rename is told to all sessions, to the asking one as its reply", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  stage.say(phone, { type: "rename", name: "countess", ref: "r" });
  const told = "ada is countess";
  assertEquals(
    [phone, laptop, bob].map((session) => stage.events(session).map((event) => [event.type, "ref" in event])),
    [[["rename", true]], [["rename", false]], [["rename", false]]],
    told,
  );
});

Deno.test("a direct message reaches all sessions of its receiver, and of its sender", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  stage.say(bob, { type: "message", to: "ada", text: "psst" });
  assertEquals(stage.seen(laptop), ["@bob 1 bob: psst"]);
  assertEquals(stage.seen(phone), ["@bob 1 bob: psst"]);
  stage.forget();
  stage.say(phone, { type: "message", to: "bob", text: "what" });
  assertEquals(stage.seen(laptop), ["@bob 2 ada: what"]);
  assertEquals(stage.seen(phone), ["@bob 2 ada: what"]);
});

Deno.test("a person on nc who logs in to the account gets direct messages beside the other devices", () => {
  const { stage, laptop, bob } = twoDevices();
  stage.say(laptop, { type: "register", password: "horse battery" });
  stage.hash();
  const nc = stage.connect(false);
  stage.say(nc, { type: "join", name: "ada", password: "horse battery" });
  stage.hash();
  stage.forget();
  stage.say(bob, { type: "message", to: "ada", text: "psst" });
  assertEquals(stage.seen(nc), ["@bob 1 bob: psst"]);
  assertEquals(stage.seen(laptop), ["@bob 1 bob: psst"]);
});

Deno.test("an owner's password makes an owner of one session, not of the member's others", () => {
  const stage = new Stage({ access: { adminDigest: "digest of open sesame", inviteOnly: false } });
  const laptop = stage.join("ada", "den");
  const phone = device(stage, { room: "den" });
  stage.say(phone, { type: "auth", password: "open sesame" });
  stage.forget();
  stage.say(phone, { type: "lockdown", on: true });
  stage.say(laptop, { type: "lockdown", on: false });
  assertEquals(stage.seen(laptop).at(-1), "! forbidden");
});

Deno.test("a ban from the server ends all sessions of the member", () => {
  const { stage, laptop, phone, bob } = twoDevices();
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "ban", name: "ada" });
  assertEquals([...stage.closed], [[laptop, "kicked"], [phone, "kicked"]]);
  assertEquals(stage.seen(bob).filter((line) => line.startsWith("-")), ["-ada lobby kicked"]);
});

Deno.test("a new password ends the sessions that have another token", () => {
  const { stage, laptop, phone } = twoDevices();
  stage.say(laptop, { type: "register", password: "horse battery" });
  stage.hash();
  assertEquals(stage.closed.size, 0);
  const tablet = stage.connect();
  stage.say(tablet, { type: "join", name: "ada", password: "horse battery" });
  stage.hash();
  stage.say(tablet, { type: "register", password: "another battery" });
  stage.hash();
  assertEquals([...stage.closed], [[laptop, "refused"], [phone, "refused"]]);
});

Deno.test("all sessions of a member share one rate of commands", () => {
  const { stage, laptop, phone } = twoDevices();
  for (let count = 0; count < COMMANDS_BURST; count++) {
    stage.say(count % 2 === 0 ? laptop : phone, { type: "whois", name: "bob" });
  }
  stage.forget();
  for (const session of [laptop, phone]) stage.say(session, { type: "whois", name: "bob" });
  assertEquals([stage.seen(laptop), stage.seen(phone)], [["! rate_limited"], ["! rate_limited"]]);
});

Deno.test("a member on several devices counts as one", () => {
  const { stage } = twoDevices();
  assertEquals(stage.hub.census(), { rooms: 1, members: 2 });
});
