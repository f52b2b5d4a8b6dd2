import { assertEquals } from "@std/assert";
import { GRACE_MS, RING_MS, RING_PAUSE_MS } from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

/** The id of the last call that the session was told of. */
function callSeenBy(stage: Stage, session: number): string {
  return stage.events(session).filter((event): event is Of<"call"> => event.type === "call").at(-1)!.id;
}

/** Ada calls bob, who answers. */
function talking() {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { type: "call", to: "bob", ref: "c" });
  const call = callSeenBy(stage, bob);
  stage.say(bob, { type: "answer", call, ref: "a" });
  stage.forget();
  return { stage, ada, bob, call };
}

Deno.test("a call asks the other member on all sessions, and an answer lets both in", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve")];
  const second = stage.join("bob", "lobby", { name: undefined, token: "token-2" });
  stage.forget();
  stage.say(ada, { type: "call", to: "bob", ref: "c" });
  assertEquals(stage.seen(ada), ["media 0 <c>", "call @bob: ada=0 bob?, ada called"]);
  assertEquals(stage.seen(second), ["call @ada: ada=0 bob?, ada called"]);
  const call = callSeenBy(stage, bob);
  stage.say(bob, { type: "answer", call, ref: "a" });
  assertEquals(stage.seen(bob), ["media 1 <a>", "call @ada: ada=0 bob=1, bob entered"]);
  assertEquals(stage.seen(second), ["call @ada: ada=0 bob=1, bob entered"]);
  assertEquals([stage.seen(ada), stage.seen(eve)], [["call @bob: ada=0 bob=1, bob entered"], []]);
  assertEquals([stage.stored, stage.store.records.length], [[], 0]);
});

Deno.test("the hub tells who is in a call by which session", () => {
  const { stage, ada, bob, call } = talking();
  const seats = () => [...stage.hub.seats()].map(({ memberId: _, ...seat }) => seat);
  assertEquals(seats(), [{ call, stream: 0, session: ada }, { call, stream: 1, session: bob }]);
  stage.drop(bob);
  assertEquals(seats(), [{ call, stream: 0, session: ada }]);
});

Deno.test("a call ends when one is left, when it is declined, and when nobody answers", () => {
  const { stage, ada, bob, call } = talking();
  stage.say(bob, { type: "hangup", call, ref: "h" });
  assertEquals(stage.seen(bob), ["media over", "call @ada: ada=0, bob left, ended <h>"]);
  assertEquals(stage.seen(ada), ["call @bob: ada=0, bob left, ended", "media over"]);
  assertEquals(stage.effects.filter(({ type }) => type === "dismiss").length, 2);
  stage.pass(RING_PAUSE_MS);
  stage.say(ada, { type: "call", to: "bob" });
  const second = callSeenBy(stage, bob);
  stage.forget();
  stage.say(bob, { type: "answer", call: second, decline: true, ref: "d" });
  assertEquals(stage.seen(bob), ["call @ada: ada=0, bob declined, ended <d>"]);
  assertEquals(stage.seen(ada), ["call @bob: ada=0, bob declined, ended", "media over"]);
  stage.pass(RING_PAUSE_MS);
  stage.say(ada, { type: "call", to: "bob" });
  stage.forget();
  stage.pass(RING_MS - 1);
  assertEquals(stage.seen(ada), []);
  stage.pass(1);
  assertEquals(stage.seen(ada), ["call @bob: ada=0, bob missed, ended", "media over"]);
});

Deno.test("a room of four is called at once, and one of five is not", () => {
  const stage = new Stage();
  const names = ["ada", "bob", "cy", "dan"];
  const sessions = names.map((name) => stage.join(name));
  stage.forget();
  stage.say(sessions[0]!, { type: "call", room: "lobby" });
  const call = callSeenBy(stage, sessions[3]!);
  for (const session of sessions.slice(1)) stage.say(session, { type: "answer", call });
  stage.forget();
  stage.say(sessions[1]!, { type: "hangup", call });
  assertEquals(stage.seen(sessions[0]!), ["call lobby: ada=0 cy=2 dan=3, bob left"]);
  stage.say(sessions[1]!, { type: "call", room: "lobby" });
  assertEquals(stage.seen(sessions[0]!), ["call lobby: ada=0 cy=2 dan=3 bob=1, bob entered"]);
  const eve = stage.join("eve");
  assertEquals(stage.seen(eve).at(-1), "call lobby: ada=0 cy=2 dan=3 bob=1");
  stage.say(eve, { type: "call", room: "lobby" });
  assertEquals(stage.seen(eve), ["! forbidden"]);
  for (const session of sessions) stage.say(session, { type: "hangup", call });
  stage.pass(RING_PAUSE_MS);
  stage.forget();
  stage.say(eve, { type: "call", room: "lobby" });
  assertEquals(stage.seen(eve), ["! forbidden"]);
});

Deno.test("a pair rings once in 30 seconds, and a call counts as a message", () => {
  const stage = new Stage({ rate: { perSecond: 0.001, burst: 3 } });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const again = (): string[] => {
    stage.forget();
    stage.say(ada, { type: "call", to: "bob" });
    const seen = stage.seen(ada);
    const event = stage.events(bob).find((each): each is Of<"call"> => each.type === "call");
    if (event !== undefined) stage.say(ada, { type: "hangup", call: event.id });
    return seen.filter((text) => text.startsWith("!"));
  };
  assertEquals(again(), []);
  assertEquals(again(), ["! rate_limited"]);
  stage.pass(RING_PAUSE_MS);
  assertEquals(again(), []);
  stage.pass(RING_PAUSE_MS);
  assertEquals(again(), ["! rate_limited"]);
});

Deno.test("a member who blocks the caller hears nothing, and in a room is not asked", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(bob, { type: "block", to: "ada" });
  stage.forget();
  stage.say(ada, { type: "call", to: "bob" });
  assertEquals([stage.seen(ada).at(-1), stage.seen(bob)], ["call @bob: ada=0 bob?, ada called", []]);
  stage.pass(RING_MS);
  assertEquals([stage.seen(ada)[0], stage.seen(bob)], ["call @bob: ada=0, bob missed, ended", []]);
  stage.say(ada, { type: "call", room: "lobby" });
  assertEquals([stage.seen(ada), stage.seen(bob)], [["! forbidden"], []]);
});

Deno.test("who leaves the room, is kicked or muted, leaves its call", () => {
  for (const end of ["leave", "kick", "mute", "remove"] as const) {
    const stage = new Stage();
    const owner = stage.connect(true, { privileged: true });
    const [ada, bob] = [stage.join("ada", "den"), stage.join("bob", "den")];
    stage.forget();
    stage.say(ada, { type: "call", room: "den" });
    stage.say(bob, { type: "answer", call: callSeenBy(stage, bob) });
    stage.forget();
    if (end === "leave") stage.say(bob, { type: "leave", room: "den" });
    else if (end === "remove") stage.say(owner, { type: "remove", room: "den" });
    else stage.say(owner, { type: end, name: "bob", room: "den" });
    assertEquals(stage.seen(bob).includes("media over"), true, end);
    assertEquals(stage.seen(ada).includes("media over"), true, end);
    assertEquals(stage.effects.filter(({ type }) => type === "dismiss").length, 2, end);
  }
});

Deno.test("a member whose connection is lost keeps the place in the call for the grace, and comes back with a new token", () => {
  const { stage, ada, bob, call } = talking();
  stage.drop(bob);
  stage.pass(1_000);
  assertEquals(stage.seen(ada), []);
  const back = stage.join("bob", "lobby", { name: undefined, token: "token-2" });
  assertEquals(stage.seen(back).at(-1), "call @ada: ada=0 bob=1");
  stage.forget();
  stage.say(back, { type: "answer", call, ref: "r" });
  assertEquals([stage.seen(back), stage.seen(ada)], [["media 1 <r>"], []]);
  stage.drop(back);
  stage.pass(GRACE_MS);
  assertEquals(stage.seen(ada).filter((text) => text.startsWith("call")), ["call @bob: ada=0, bob left, ended"]);
});

Deno.test("another device takes over the call, and nobody is in two calls", () => {
  const { stage, bob, call } = talking();
  const second = stage.join("bob", "lobby", { name: undefined, token: "token-2" });
  const eve = stage.join("eve");
  stage.forget();
  stage.say(second, { type: "answer", call });
  assertEquals([stage.seen(second), stage.seen(bob)], [["media 1"], ["media over"]]);
  stage.say(bob, { type: "call", to: "eve" });
  assertEquals([stage.seen(bob), stage.seen(eve)], [["! forbidden"], []]);
});

Deno.test("nobody answers, leaves or learns of a call that is not theirs", () => {
  const { stage, call } = talking();
  const eve = stage.join("eve");
  stage.forget();
  stage.say(eve, { type: "answer", call });
  stage.say(eve, { type: "answer", call, decline: true });
  stage.say(eve, { type: "hangup", call });
  stage.say(eve, { type: "call", to: "eve" });
  stage.say(eve, { type: "call" });
  stage.say(eve, { type: "call", room: "lobby", to: "ada" });
  stage.say(eve, { type: "call", to: "nobody" });
  assertEquals(stage.seen(eve), [
    ...["! no_such_call", "! no_such_call", "! no_such_call"],
    ...["! invalid", "! invalid", "! invalid", "! no_such_member"],
  ]);
});

Deno.test("a server without calls, or with too many, refuses one", () => {
  for (const [maxCalls, errors] of [[0, 2], [1, 1]] as const) {
    const stage = new Stage({ maxCalls });
    const [ada, bob, cy, dan] = ["ada", "bob", "cy", "dan"].map((name) => stage.join(name));
    stage.forget();
    stage.say(ada!, { type: "call", to: "bob" });
    stage.say(cy!, { type: "call", to: "dan" });
    const seen = [ada, bob, cy, dan].flatMap((session) => stage.seen(session!));
    assertEquals(seen.filter((text) => text === "! forbidden").length, errors);
  }
});
