import { assertEquals } from "@std/assert";
import { Calls } from "../../src/core/state/calls.ts";
import {
  COMMANDS_BURST,
  MAX_CALLS_PER_ADDRESS,
  MAX_RINGS,
  NEW_CONVERSATIONS_BURST,
  RING_MS,
  RING_PAUSE_MS,
} from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

/** A member on a connection from that address. */
function joinFrom(stage: Stage, name: string, address?: string, resumable = true): number {
  const session = stage.connect(resumable, address === undefined ? {} : { address });
  stage.say(session, { type: "join", name });
  stage.forget(session);
  return session;
}

/** Calls begun by guests of one address, each with a partner of its own; returns their errors. */
function callsFrom(stage: Stage, address: string | undefined, count: number): string[] {
  return Array.from({ length: count }, (_, nth) => {
    const [caller] = [joinFrom(stage, `from${nth}`, address), joinFrom(stage, `to${nth}`)];
    stage.forget();
    stage.say(caller, { type: "call", to: `to${nth}` });
    return stage.seen(caller).filter((text) => text.startsWith("!"));
  }).flat();
}

Deno.test("one address begins a few of the server's calls, and this machine as many as there are", () => {
  const stage = new Stage();
  assertEquals(callsFrom(stage, "192.0.2.7", MAX_CALLS_PER_ADDRESS), []);
  const [ninth, other] = [joinFrom(stage, "ninth", "192.0.2.7"), joinFrom(stage, "other", "192.0.2.8")];
  joinFrom(stage, "cy");
  stage.forget();
  for (const caller of [ninth, other]) stage.say(caller, { type: "call", to: "cy" });
  assertEquals(stage.events(ninth).map((event) => event.type === "error" && event.message), [
    `${MAX_CALLS_PER_ADDRESS} calls begun from your address are on: end one of them first`,
  ]);
  assertEquals(stage.seen(other)[0], "media 0");
  stage.pass(RING_MS);
  stage.forget();
  stage.say(ninth, { type: "call", to: "cy" });
  assertEquals(stage.seen(ninth)[0], "media 0");
  assertEquals(callsFrom(new Stage(), undefined, MAX_CALLS_PER_ADDRESS + 1), []);
});

Deno.test("a stranger rings no more people than they may write to", () => {
  const stage = new Stage();
  const caller = joinFrom(stage, "caller");
  const told: string[] = [];
  for (let nth = 0; nth <= NEW_CONVERSATIONS_BURST; nth++) {
    const called = joinFrom(stage, `guest${nth}`);
    stage.pass(1_000);
    stage.forget();
    stage.say(caller, { type: "call", to: `guest${nth}` });
    const call = stage.events(called).find((event): event is Of<"call"> => event.type === "call");
    if (call === undefined) told.push(...stage.seen(caller));
    else stage.say(caller, { type: "hangup", call: call.id });
  }
  assertEquals(told, ["! rate_limited"]);
  stage.say(caller, { type: "message", to: "guest0", text: "hi", ref: "m" });
  assertEquals(stage.seen(caller).at(-1), "! rate_limited <m>");
});

Deno.test("in slow mode a member begins and enters calls at its pace, and who is asked answers at once", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [joinFrom(stage, "ada"), joinFrom(stage, "bob")];
  stage.say(owner, { type: "slow", room: "lobby", seconds: 60 });
  stage.forget();
  stage.say(ada, { type: "call", room: "lobby" });
  const call = (stage.events(bob).at(-1) as Of<"call">).id;
  const cy = joinFrom(stage, "cy");
  for (const guest of [bob, cy]) stage.say(guest, { type: "answer", call });
  stage.forget();
  for (const type of ["hangup", "answer", "call"]) {
    stage.say(cy, { type, ...type === "call" ? { room: "lobby" } : { call } });
  }
  assertEquals(stage.seen(cy), ["media over", "call lobby: ada=0 bob=1, cy left", "! rate_limited", "! rate_limited"]);
  stage.pass(60_000);
  stage.forget();
  stage.say(cy, { type: "answer", call });
  assertEquals(stage.seen(cy)[0], "media 2");
});

Deno.test("a member who enters and leaves a call in a loop tells the room less often than one who sets its topic", () => {
  const stage = new Stage();
  const [ada, bob, cy] = ["ada", "bob", "cy"].map((name) => joinFrom(stage, name)) as [number, number, number];
  stage.say(ada, { type: "call", room: "lobby" });
  const call = (stage.events(bob).at(-1) as Of<"call">).id;
  for (const session of [bob, cy]) stage.say(session, { type: "answer", call });
  const eve = joinFrom(stage, "eve");
  const told = (command: (nth: number) => object) => {
    stage.pass(60_000);
    stage.forget();
    for (let nth = 0; nth < 200; nth++) stage.say(bob, command(nth));
    return stage.events(eve).length;
  };
  const topics = told((nth) => ({ type: "topic", room: "lobby", text: `${nth}` }));
  assertEquals(topics, COMMANDS_BURST);
  const changes = told((nth) => ({ type: nth % 2 ? "answer" : "hangup", call }));
  assertEquals(changes, Math.ceil(2 * COMMANDS_BURST / 3));
});

Deno.test("a member who ignores another one does not call them, nor enter their call unseen", () => {
  const stage = new Stage();
  const [ada, bob] = [joinFrom(stage, "ada"), joinFrom(stage, "bob")];
  stage.say(bob, { type: "block", to: "ada" });
  stage.say(ada, { type: "call", to: "bob" });
  stage.forget();
  stage.say(bob, { type: "call", to: "ada" });
  assertEquals([stage.seen(bob), stage.seen(ada)], [["! forbidden"], []]);
});

Deno.test("a call to a member who quits, or whose client cannot return, is over at once", () => {
  for (const resumable of [true, false]) {
    const stage = new Stage();
    const [ada, bob] = [joinFrom(stage, "ada"), joinFrom(stage, "bob", undefined, resumable)];
    stage.say(ada, { type: "call", to: "bob" });
    stage.forget();
    if (resumable) stage.say(bob, { type: "leave" });
    else stage.drop(bob);
    const seen = stage.seen(ada).filter((text) => !text.startsWith("-"));
    assertEquals(seen, ["call @bob: ada=0, bob left, ended", "media over"]);
  }
});

Deno.test("the pauses of pairs are forgotten when they are over, and the oldest when there are too many", () => {
  const calls = new Calls(1);
  for (let nth = 0; nth <= MAX_RINGS; nth++) calls.ring("ada", `member${nth}`, nth);
  assertEquals(calls.ring("ada", `member${MAX_RINGS}`, MAX_RINGS + 1), RING_PAUSE_MS - 1);
  assertEquals(calls.ring("ada", "member1", MAX_RINGS + 1), RING_PAUSE_MS - MAX_RINGS);
  assertEquals(calls.ring("ada", "member0", MAX_RINGS + 1), 0);
});
