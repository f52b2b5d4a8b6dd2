/** A member admits and revokes devices. */

import { assert, assertEquals } from "@std/assert";
import type { SessionId } from "../../src/core/effect.ts";
import {
  GREETING_TIMEOUT_MS,
  LINK_MS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
} from "../../src/protocol/limits.ts";
import { type Of, Stage, START } from "./stage.ts";
import { TestDevice } from "./test_device.ts";

/** Ada on a laptop with a key, and bob. */
function scene() {
  const stage = new Stage();
  const laptop = new TestDevice();
  const ada = enter(stage, { name: "ada", key: laptop.key });
  const { id } = (stage.events(ada)[0] as Of<"joined">).you;
  const bob = stage.join("bob");
  stage.forget();
  return { stage, laptop, ada, id, bob };
}

function enter(stage: Stage, command: object): SessionId {
  const session = stage.connect();
  stage.say(session, { type: "join", ...command });
  return session;
}

function begin(stage: Stage, session: SessionId): Of<"link"> {
  stage.say(session, { type: "link", step: "begin", kind: "terminal", name: "Terminal on Linux" });
  const begun = stage.events(session).find((event) => event.type === "link") as Of<"link">;
  assertEquals(begun.step, "begun");
  return begun;
}

function claim(stage: Stage, phone: TestDevice, code: string | undefined, session = stage.connect()): SessionId {
  const what = { kind: "page", name: "Firefox on Android", proof: "p" };
  stage.say(session, { type: "link", step: "claim", code, key: phone.key, ...what });
  return session;
}

/** Links a phone to ada. Returns its session before it joins. */
function linked(given = scene()) {
  const { stage, ada, laptop, id } = given;
  const phone = new TestDevice();
  const session = claim(stage, phone, begin(stage, ada).code);
  stage.say(ada, {
    type: "link",
    step: "answer",
    accept: true,
    proof: "q",
    ...laptop.states({ member: id, key: phone.key }),
  });
  return { ...given, phone, session };
}

Deno.test("a device is admitted by the code, and is then the same member in the same rooms", () => {
  const { stage, ada, laptop, id } = scene();
  const phone = new TestDevice();
  const session = claim(stage, phone, begin(stage, ada).code);
  const [asked] = stage.events(ada) as Of<"link">[];
  assertEquals([asked!.step, asked!.key, asked!.name, asked!.proof], ["claimed", phone.key, "Firefox on Android", "p"]);
  const [told] = stage.events(session) as Of<"link">[];
  assertEquals([told!.step, told!.key, told!.member?.id], ["claimed", laptop.key, id]);
  stage.say(ada, {
    type: "link",
    step: "answer",
    accept: true,
    proof: "q",
    ...laptop.states({ member: id, key: phone.key }),
  });
  assertEquals((stage.events(session) as Of<"link">[]).map(({ accepted, proof, rooms }) => [accepted, proof, rooms]), [
    [true, "q", ["lobby"]],
  ]);
  assertEquals(stage.seen(ada), ["link answered yes"]);
  stage.say(session, { type: "join", key: phone.key });
  const [{ you }] = stage.events(session) as [Of<"joined">];
  assertEquals([you.id, you.name, you.token], [id, "ada", undefined]);
});

Deno.test("the words do what the code does, and both are good for one claim", () => {
  const { stage, ada } = scene();
  const { code, words } = begin(stage, ada);
  const first = claim(stage, new TestDevice(), words!.replaceAll("-", " "));
  assertEquals(stage.seen(first), ["link claimed"]);
  const others = Array.from({ length: 3 }, () => claim(stage, new TestDevice(), code));
  for (const other of others) assertEquals(stage.seen(other), ["! forbidden"]);
  assertEquals(stage.seen(ada), ["link claimed"]);
});

Deno.test("of many claims at once one wins", () => {
  const { stage, ada } = scene();
  const { code } = begin(stage, ada);
  const outcomes = Array.from({ length: 100 }, () => stage.seen(claim(stage, new TestDevice(), code))[0]);
  assertEquals(outcomes.filter((outcome) => outcome === "link claimed").length, 1);
});

Deno.test("a refused device stays outside, and its code is used", () => {
  const { stage, ada } = scene();
  const { code } = begin(stage, ada);
  const phone = new TestDevice();
  const session = claim(stage, phone, code);
  stage.say(ada, { type: "link", step: "answer" });
  assertEquals(stage.seen(session), ["link claimed", "link answered no"]);
  stage.say(session, { type: "join", key: phone.key });
  assertEquals(stage.seen(session), ["! invalid"]);
  assertEquals(stage.seen(claim(stage, phone, code)), ["! wrong_password"]);
});

Deno.test("an offer ends after LINK_MS, with the session that made it, and with the next offer", () => {
  for (const end of ["time", "session", "next"]) {
    const { stage, ada } = scene();
    const { code } = begin(stage, ada);
    if (end === "time") stage.pass(LINK_MS);
    else if (end === "session") stage.drop(ada);
    else begin(stage, ada);
    assertEquals(stage.seen(claim(stage, new TestDevice(), code)), ["! wrong_password"], end);
  }
});

Deno.test("a device that waits is told when its offer ends without an answer", () => {
  for (const end of ["time", "session", "next"]) {
    const { stage, ada } = scene();
    const phone = claim(stage, new TestDevice(), begin(stage, ada).code);
    stage.forget();
    if (end === "time") stage.pass(LINK_MS);
    else if (end === "session") stage.drop(ada);
    else begin(stage, ada);
    assertEquals(stage.seen(phone), ["link answered no"], end);
  }
});

Deno.test("a device waits for its answer longer than others may take to join", () => {
  const { stage, ada, laptop, id } = scene();
  const phone = new TestDevice();
  const stranger = stage.connect();
  const session = claim(stage, phone, begin(stage, ada).code);
  stage.pass(LINK_MS - 1);
  stage.say(ada, { type: "link", step: "answer", accept: true, ...laptop.states({ member: id, key: phone.key }) });
  stage.pass(1);
  assertEquals([stage.closed.get(stranger), stage.closed.get(session)], ["timeout", undefined]);
  stage.say(session, { type: "join", key: phone.key });
  assertEquals((stage.events(session).at(-1) as Of<"joined">).you.id, id);
  stage.forget();
  const other = claim(stage, new TestDevice(), begin(stage, ada).code);
  stage.pass(LINK_MS + 2 * GREETING_TIMEOUT_MS);
  assertEquals(stage.closed.get(other), "timeout");
});

Deno.test("a device that has lost its connection claims the same code again, and the member is asked once", () => {
  const { stage, ada } = scene();
  const phone = new TestDevice();
  const { code } = begin(stage, ada);
  stage.forget();
  stage.drop(claim(stage, phone, code));
  const session = claim(stage, phone, code);
  assertEquals([stage.seen(ada), stage.seen(session)], [["link claimed"], ["link claimed"]]);
  stage.say(ada, { type: "link", step: "answer" });
  assertEquals(stage.seen(session).at(-1), "link answered no");
});

Deno.test("guesses of codes are bounded as passwords are", () => {
  const { stage, ada } = scene();
  const { code } = begin(stage, ada);
  for (let session = stage.connect(), guess = 0; guess < MAX_WRONG_PASSWORDS; guess++) {
    claim(stage, new TestDevice(), `guess ${guess}`, session);
    if (guess === MAX_WRONG_PASSWORDS - 1) assertEquals(stage.closed.get(session), "refused");
  }
  for (let guess = MAX_WRONG_PASSWORDS; guess < MAX_LOCAL_WRONG_PASSWORDS; guess++) {
    claim(stage, new TestDevice(), `guess ${guess}`);
  }
  assertEquals(stage.seen(claim(stage, new TestDevice(), code)), ["! rate_limited"]);
});

Deno.test("only the session that offered answers, with a genuine statement that adds the claimed key", () => {
  const { stage, ada, laptop, id, bob } = scene();
  const [phone, thief] = [new TestDevice(), new TestDevice()];
  const session = claim(stage, phone, begin(stage, ada).code);
  stage.forget();
  const answer = { type: "link", step: "answer", accept: true };
  stage.say(bob, { ...answer, ...laptop.states({ member: id, key: phone.key }) });
  assertEquals(stage.seen(bob), ["! invalid"]);
  const wrong = [
    {},
    laptop.states({ member: id, key: thief.key }),
    thief.states({ member: id, key: phone.key }),
    thief.states({ member: id, key: phone.key, by: laptop.key }),
    laptop.states({ member: "id-000099", key: phone.key }),
    laptop.states({ member: id, key: phone.key, number: 2 }),
  ];
  for (const statement of wrong) stage.say(ada, { ...answer, ...statement });
  assertEquals(stage.seen(ada), [
    "! invalid",
    "! invalid",
    "! forbidden",
    "! bad_signature",
    "! invalid",
    "! out_of_date",
  ]);
  stage.say(ada, { ...answer, ...laptop.states({ member: id, key: phone.key }) });
  assertEquals(stage.seen(session), ["link answered yes"]);
});

Deno.test("nobody makes the key of another member one of their own devices", () => {
  const { stage, ada, laptop, id } = scene();
  const [tablet, phone] = [new TestDevice(), new TestDevice()];
  const carol = enter(stage, { name: "carol", key: tablet.key });
  stage.forget();
  stage.say(ada, { type: "device", ...laptop.states({ member: id, key: tablet.key }) });
  assertEquals(stage.seen(ada), ["! invalid"]);
  const session = claim(stage, phone, begin(stage, ada).code);
  stage.say(session, { type: "join", name: "dave", key: phone.key });
  stage.forget();
  const accept = { type: "link", step: "answer", accept: true, ...laptop.states({ member: id, key: phone.key }) };
  stage.say(ada, accept);
  assertEquals(stage.seen(ada), ["! forbidden"]);
  for (const each of [carol, session]) stage.drop(each);
  const names = [tablet, phone].map(({ key }) => (stage.events(enter(stage, { key }))[0] as Of<"joined">).you.name);
  assertEquals(names, ["carol", "dave"]);
});

Deno.test("devices are known after a restart, and a revoked one is not, even if it was the first", () => {
  const { stage, ada, laptop, phone, session, id } = linked();
  stage.say(session, { type: "join", key: phone.key });
  stage.forget();
  stage.say(session, { type: "device", ...phone.states({ action: "revoke", member: id, key: laptop.key, number: 2 }) });
  assertEquals(stage.closed.get(ada), "refused");
  assertEquals(stage.seen(session), [`devices 2: ${phone.key.slice(0, 4)} page (this)`]);
  stage.restart();
  const again = enter(stage, { key: phone.key });
  assertEquals((stage.events(again)[0] as Of<"joined">).you.id, id);
  assertEquals(stage.seen(enter(stage, { key: laptop.key })), ["! invalid"]);
  assertEquals(stage.seen(enter(stage, { key: laptop.key, name: "ada" })), ["! name_taken, ada2 is free"]);
});

Deno.test("a revoked key that was the member's first one founds a new member, and the other devices stay who they are", () => {
  const { stage, laptop, phone, session, id } = linked();
  stage.say(session, { type: "join", key: phone.key });
  stage.say(session, { type: "device", ...phone.states({ action: "revoke", member: id, key: laptop.key, number: 2 }) });
  for (const restart of [false, true]) {
    if (restart) stage.restart();
    const thief = enter(stage, { name: "eve", key: laptop.key });
    const again = enter(stage, { key: phone.key });
    const [stranger, you] = [thief, again].map((session) => (stage.events(session)[0] as Of<"joined">).you);
    assertEquals([stranger!.name, stranger!.token, you!.id, you!.name], ["eve", undefined, id, "ada"]);
  }
});

Deno.test("the last key cannot be revoked, and of two devices that revoke each other the first one stays", () => {
  const { stage, ada, laptop, phone, session, id } = linked();
  stage.say(session, { type: "join", key: phone.key });
  stage.forget();
  const [one, two] = [
    laptop.states({ action: "revoke", member: id, key: phone.key, number: 2 }),
    phone.states({ action: "revoke", member: id, key: laptop.key, number: 2 }),
  ];
  stage.say(ada, { type: "device", ...one });
  stage.say(session, { type: "device", ...two });
  assertEquals([stage.seen(ada).length, stage.closed.get(session)], [1, "refused"]);
  stage.say(ada, { type: "device", ...laptop.states({ action: "revoke", member: id, key: laptop.key, number: 3 }) });
  assertEquals(stage.seen(ada), ["! forbidden"]);
});

Deno.test("each device of a guest returns under the name that they own, also after the first one is revoked", () => {
  const { stage, ada, laptop, phone, session, id } = linked();
  for (const each of [ada, session]) stage.drop(each);
  stage.restart();
  for (const { key } of [phone, laptop]) {
    const back = enter(stage, { key, name: "ada" });
    assertEquals((stage.events(back)[0] as Of<"joined">).you.id, id);
    stage.say(back, { type: "leave" });
  }
  const last = enter(stage, { key: phone.key });
  stage.say(last, { type: "device", ...phone.states({ action: "revoke", member: id, key: laptop.key, number: 2 }) });
  stage.say(last, { type: "leave" });
  stage.restart();
  assertEquals(stage.seen(enter(stage, { key: laptop.key, name: "ada" })), ["! name_taken, ada2 is free"]);
  const back = enter(stage, { key: phone.key, name: "ada" });
  assertEquals((stage.events(back)[0] as Of<"joined">).you.id, id);
});

Deno.test("all devices of a guest stay when the name is registered, and log out one by one", () => {
  const { stage, ada, phone, session } = linked();
  stage.say(session, { type: "join", key: phone.key });
  stage.say(ada, { type: "register", password: "horse battery" });
  stage.hash();
  assertEquals(stage.closed.size, 0);
  stage.forget();
  stage.say(ada, { type: "sessions" });
  const [{ sessions }] = stage.events(ada) as [Of<"sessions">];
  assertEquals(sessions.length, 2);
  stage.say(ada, { type: "revoke", session: sessions.find(({ current }) => !current)!.id });
  assertEquals(stage.closed.get(session), "refused");
  stage.say(ada, { type: "device" });
  assertEquals(stage.seen(ada).at(-1)?.includes("page"), false);
});

Deno.test("the sessions of a guest are the devices, with what they are and when they were last there", () => {
  const given = linked();
  const { stage, ada, phone, session } = given;
  stage.say(session, { type: "join", key: phone.key });
  stage.pass(60_000);
  stage.drop(session);
  stage.pass(60_000);
  stage.forget();
  stage.say(ada, { type: "sessions" });
  const [{ sessions }] = stage.events(ada) as [Of<"sessions">];
  const at = (ms: number) => new Date(START + ms).toISOString();
  assertEquals(sessions.map(({ kind, name, seen, current }) => [kind, name, seen, current]), [
    ["terminal", "Terminal on Linux", at(120_000), true],
    ["page", "Firefox on Android", at(60_000), undefined],
  ]);
  stage.restart();
  const again = enter(stage, { key: given.laptop.key });
  stage.forget();
  stage.say(again, { type: "sessions" });
  assertEquals((stage.events(again) as Of<"sessions">[])[0]!.sessions[1]!.seen, at(60_000));
});

Deno.test("the only device of a member is listed as its client describes it at the join, and one that has a name keeps it", () => {
  const stage = new Stage();
  const device = { kind: "page", name: "Firefox on Linux" };
  const ada = enter(stage, { name: "ada", key: new TestDevice().key, device });
  const listed = (session: SessionId) => {
    stage.forget();
    stage.say(session, { type: "sessions" });
    return (stage.events(session) as [Of<"sessions">])[0].sessions.map(({ kind, name }) => ({ kind, name }));
  };
  assertEquals(listed(ada), [device]);
  const given = linked();
  const { phone, session } = given;
  given.stage.say(session, { type: "join", key: phone.key, device: { kind: "terminal", name: "other" } });
  given.stage.forget();
  given.stage.say(session, { type: "sessions" });
  const [{ sessions }] = given.stage.events(session) as [Of<"sessions">];
  assertEquals(sessions.map(({ name }) => name).sort(), ["Firefox on Android", "Terminal on Linux"]);
});

Deno.test("a client without a key has no devices, and nobody claims after a join", () => {
  const { stage, bob, ada } = scene();
  for (const type of ["device", "sessions"]) stage.say(bob, { type });
  stage.say(bob, { type: "link", step: "begin" });
  assertEquals(stage.seen(bob), Array(3).fill("! forbidden"));
  const { code } = begin(stage, ada);
  claim(stage, new TestDevice(), code, bob);
  assertEquals(stage.seen(bob), ["! forbidden"]);
});

Deno.test("an incomplete claim is refused, and so is a key that a member has", () => {
  const { stage, ada, laptop } = scene();
  const { code } = begin(stage, ada);
  const session = stage.connect();
  stage.say(session, { type: "link", step: "claim", code });
  stage.say(session, { type: "link", step: "claim", key: new TestDevice().key, kind: "page", name: "x" });
  claim(stage, laptop, code, session);
  assertEquals(stage.seen(session), ["! invalid", "! invalid", "! forbidden"]);
});

Deno.test("what the store keeps of devices lets nobody join", () => {
  const { stage, phone } = linked();
  const kept = JSON.stringify([stage.store.members, [...stage.store.records]]);
  assert(kept.includes(phone.key) && !/PRIVATE|"d":/.test(kept));
});
