import { assertEquals } from "@std/assert";
import {
  AWAY_INTERVAL_MS,
  AWAY_TOLD_AT_ONCE,
  GRACE_MS,
  MAX_AWAY_LIST_BYTES,
  PRESENCE_ABOVE_MEMBERS,
} from "../../../src/protocol/limits.ts";
import type { Away } from "../../../src/protocol/messages/messages.ts";
import { type Of, Stage } from "../stage.ts";

const TICK_MS = 1_000;

/** Two members in the lobby, who have read everything so far. */
function meeting(): { readonly stage: Stage; readonly ada: number; readonly bob: number } {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  return { stage, ada, bob };
}

/** The member's entry in the list of the room. */
function listed(stage: Stage, asker: number, name: string, room = "lobby"): Away | undefined {
  stage.forget(asker);
  stage.say(asker, { type: "members", room });
  const [members] = stage.events(asker) as [Of<"members">];
  return members.members.find((member) => member.name === name)!.away;
}

Deno.test("a member who goes away learns it at once, the others with the next tick, and lists and whois have it", () => {
  const { stage, ada, bob } = meeting();
  const since = new Date(stage.now).toISOString();
  stage.say(ada, { type: "away", text: "lunch", ref: "1" });
  assertEquals([stage.seen(ada), stage.seen(bob)], [["ada is away: lunch <1>"], []]);
  stage.pass(TICK_MS);
  assertEquals([stage.seen(ada), stage.seen(bob)], [[], ["ada is away: lunch"]]);
  assertEquals(listed(stage, bob, "ada"), { since, text: "lunch" });
  stage.say(bob, { type: "whois", name: "ada" });
  assertEquals((stage.events(bob) as [Of<"whois">])[0].member.away, { since, text: "lunch" });
  const eve = stage.join("eve");
  const [joined] = stage.events(eve) as [Of<"joined">];
  assertEquals(joined.members.map(({ away }) => away?.text), ["lunch", undefined, undefined]);
});

Deno.test("a member is back with off, and away without a text needs none", () => {
  const { stage, ada, bob } = meeting();
  stage.say(ada, { type: "away" });
  stage.pass(AWAY_INTERVAL_MS);
  stage.say(ada, { type: "away", off: true });
  assertEquals(stage.seen(ada), ["ada is away", "ada is back"]);
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(stage.seen(bob), ["ada is away", "ada is back"]);
  assertEquals(listed(stage, bob, "ada"), undefined);
});

Deno.test("writing ends nothing: a member who is away stays so", () => {
  const { stage, ada, bob } = meeting();
  stage.say(ada, { type: "away" });
  stage.say(ada, { type: "message", text: "still here for a moment" });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(listed(stage, bob, "ada"), { since: new Date(stage.now - AWAY_INTERVAL_MS).toISOString() });
});

Deno.test("a member entering another room while away is introduced as away there", () => {
  const { stage, ada } = meeting();
  const kim = stage.join("kim", "dev");
  stage.say(ada, { type: "away", text: "lunch" });
  stage.pass(TICK_MS);
  stage.forget();
  stage.say(ada, { type: "join", room: "dev" });
  assertEquals((stage.events(kim) as [Of<"join">])[0].member.away?.text, "lunch");
});

Deno.test("each member of several shared rooms is told once, and members of no shared room are not", () => {
  const { stage, ada, bob } = meeting();
  for (const session of [ada, bob]) stage.say(session, { type: "join", room: "dev" });
  const kim = stage.join("kim", "ops");
  stage.forget();
  stage.say(ada, { type: "away" });
  stage.pass(TICK_MS);
  assertEquals([stage.seen(bob), stage.seen(kim)], [["ada is away"], []]);
});

Deno.test("all sessions of the member learn what one of them said", () => {
  const { stage, ada } = meeting();
  const [{ you }] = stage.events(stage.join("eve")) as [Of<"joined">];
  const [phone, desk] = [
    stage.join("eve", "lobby", { token: you.token }),
    stage.join("eve", "lobby", { token: you.token }),
  ];
  stage.forget();
  stage.say(phone, { type: "away", text: "train", ref: "1" });
  assertEquals([stage.seen(phone), stage.seen(desk), stage.seen(ada)], [["eve is away: train <1>"], [
    "eve is away: train",
  ], []]);
  const tablet = stage.join("eve", "lobby", { token: you.token });
  assertEquals((stage.events(tablet) as [Of<"joined">])[0].you.away?.text, "train");
});

Deno.test("a member is idle only while all their sessions are, and their own word outranks it", () => {
  const { stage, ada, bob } = meeting();
  stage.say(ada, { type: "rename", name: "ada" });
  const token = "token-1";
  const phone = stage.join("ada", "lobby", { token });
  stage.forget();
  stage.say(ada, { type: "away", idle: true });
  stage.pass(TICK_MS);
  assertEquals(stage.seen(bob), []);
  stage.say(phone, { type: "away", idle: true });
  stage.pass(TICK_MS);
  assertEquals([stage.seen(bob), stage.seen(phone)], [["ada is idle"], []]);
  stage.say(phone, { type: "away", text: "asleep" });
  stage.pass(AWAY_INTERVAL_MS);
  stage.say(phone, { type: "away", idle: true, off: true });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(stage.seen(bob), ["ada is away: asleep"]);
  stage.say(phone, { type: "away", off: true });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(stage.seen(bob), ["ada is back"]);
});

Deno.test("the end of the only session in use makes the member idle, and a new session ends it", () => {
  const { stage, ada, bob } = meeting();
  const token = "token-1";
  const phone = stage.join("ada", "lobby", { token });
  stage.forget();
  stage.say(ada, { type: "away", idle: true });
  stage.drop(phone);
  stage.pass(TICK_MS);
  assertEquals(stage.seen(bob), ["ada is idle"]);
  stage.join("ada", "lobby", { token });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(stage.seen(bob), ["ada is back"]);
});

Deno.test("a client that comes back within the grace and is still idle or away is no news", () => {
  const { stage, ada, bob } = meeting();
  stage.say(ada, { type: "away", idle: true });
  stage.say(ada, { type: "away", text: "lunch" });
  stage.pass(TICK_MS);
  stage.forget();
  stage.drop(ada, "timeout");
  stage.pass(AWAY_INTERVAL_MS);
  const back = stage.join("ada", "lobby", { token: "token-1" });
  assertEquals((stage.events(back) as [Of<"joined">])[0].you.away?.text, "lunch");
  stage.say(back, { type: "away", idle: true });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(stage.seen(bob), []);
});

Deno.test("a member who left is not away on return", () => {
  const { stage, ada, bob } = meeting();
  stage.say(ada, { type: "away", text: "lunch" });
  stage.drop(ada);
  stage.pass(GRACE_MS);
  const back = stage.join("ada", "lobby", { token: "token-1" });
  assertEquals((stage.events(back) as [Of<"joined">])[0].you.away, undefined);
  stage.forget();
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals([stage.seen(bob), listed(stage, bob, "ada")], [[], undefined]);
});

Deno.test("a member who goes away and comes back all the time is told of once in AWAY_INTERVAL_MS, and its end is the truth", () => {
  const { stage, ada, bob } = meeting();
  for (let second = 0; second < 21; second++) {
    for (const off of [undefined, true]) stage.say(ada, { type: "away", off });
    stage.say(ada, { type: "away", text: `${second}` });
    stage.pass(TICK_MS);
  }
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(stage.seen(bob), [0, 5, 10, 15, 20].map((second) => `ada is away: ${second}`));
});

Deno.test("lists say what the others were told, so that a newcomer misses no change", () => {
  const { stage, ada, bob } = meeting();
  stage.say(ada, { type: "away" });
  stage.pass(TICK_MS);
  stage.say(ada, { type: "away", off: true });
  const eve = stage.join("eve");
  assertEquals((stage.events(eve) as [Of<"joined">])[0].members[0]!.away !== undefined, true);
  stage.say(ada, { type: "away" });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals([listed(stage, bob, "ada") !== undefined, stage.seen(eve)], [true, []]);
});

Deno.test("in a crowded room no change is told and joined has none, but members has the present state", () => {
  const { stage, ada, bob } = meeting();
  for (let n = 0; n < PRESENCE_ABOVE_MEMBERS; n++) stage.join(`m${n}`);
  stage.pass(TICK_MS);
  stage.forget();
  stage.say(ada, { type: "message", text: "hi" });
  stage.say(ada, { type: "away", text: "lunch" });
  stage.forget();
  stage.pass(TICK_MS);
  assertEquals(stage.effects.filter(({ type }) => type === "broadcast"), []);
  const eve = stage.join("eve");
  const [joined] = stage.events(eve) as [Of<"joined">];
  assertEquals(joined.members[0], { id: stage.idOf("ada"), name: "ada", role: "moderator" });
  assertEquals(listed(stage, bob, "ada")?.text, "lunch");
});

Deno.test("of many changes at once, one tick tells AWAY_TOLD_AT_ONCE receivers, and the next ones the rest", () => {
  const stage = new Stage();
  const rooms = Math.ceil(AWAY_TOLD_AT_ONCE / (150 * 149)) + 1;
  for (let room = 0; room < rooms; room++) {
    for (let n = 0; n < 150; n++) stage.join(`m${room}.${n}`, `room${room}`);
  }
  stage.pass(TICK_MS);
  for (let session = 1; session <= rooms * 150; session++) stage.say(session, { type: "away", idle: true });
  const told: number[] = [];
  do {
    stage.pass(TICK_MS);
    const broadcasts = stage.effects.filter((effect) => effect.type === "broadcast");
    told.push(broadcasts.reduce((sum, { sessions }) => sum + [...sessions].length, 0));
  } while (told.at(-1)! > 0);
  assertEquals(told.reduce((sum, count) => sum + count), rooms * 150 * 149);
  assertEquals(told.slice(0, -1).every((count) => count < AWAY_TOLD_AT_ONCE + 150), true, `${told}`);
});

Deno.test("a muted member shows no text: it is refused, and a mute drops an earlier one", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (const session of [ada, bob]) stage.say(session, { type: "away", text: "buy pills" });
  stage.pass(TICK_MS);
  stage.forget();
  stage.say(owner, { type: "mute", name: "ada", room: "lobby" });
  assertEquals(stage.seen(bob).at(-1), "ada is away");
  stage.forget();
  stage.say(ada, { type: "away", text: "buy pills" });
  stage.say(ada, { type: "away" });
  assertEquals(stage.seen(ada), ["! forbidden", "ada is away"]);
  assertEquals(listed(stage, bob, "ada")?.text, undefined);
  // A mute in another room leaves the text until the member enters it.
  stage.join("kim", "dev");
  stage.say(owner, { type: "mute", name: "bob", room: "dev" });
  stage.pass(AWAY_INTERVAL_MS);
  assertEquals(listed(stage, bob, "bob")?.text, "buy pills");
  stage.say(bob, { type: "join", room: "dev" });
  assertEquals(listed(stage, bob, "bob")?.text, undefined);
});

Deno.test("lists have texts up to MAX_AWAY_LIST_BYTES, of the latest speakers first", () => {
  const stage = new Stage();
  const text = '"'.repeat(200);
  for (let n = 0; n < 40; n++) stage.say(stage.join(`m${n}`), { type: "away", text });
  stage.say(40, { type: "message", text: "hi" });
  stage.pass(TICK_MS);
  stage.forget();
  stage.say(1, { type: "members", room: "lobby" });
  const [{ members }] = stage.events(1) as [Of<"members">];
  const texts = Math.floor(MAX_AWAY_LIST_BYTES / JSON.stringify(text).length);
  assertEquals([members.length, members[0]!.name, members.filter(({ away }) => away?.text).length], [40, "m39", texts]);
  assertEquals(members.every(({ away }) => away !== undefined), true);
});
