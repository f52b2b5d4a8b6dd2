import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  GRACE_MS,
  GREETING_TIMEOUT_MS,
  MAX_ABSENT_MEMBERS,
  MAX_ROOMS_PER_MEMBER,
  MEMORY_OF_MEMBERS_MS,
} from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

/** A stage where ada's link has just broken, and bob is present and has seen nothing of it. */
function dropped(): { stage: Stage; ada: number; bob: number } {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { type: "join", room: "dev" });
  stage.forget();
  stage.drop(ada);
  return { stage, ada, bob };
}

function comeBack(stage: Stage, token = "token-1", more: object = {}): number {
  const session = stage.connect();
  stage.say(session, { type: "join", token, ...more });
  return session;
}

Deno.test("a return within the grace causes no leave event", () => {
  const { stage, bob } = dropped();
  stage.pass(GRACE_MS - 1);
  const again = comeBack(stage);
  assertEquals(stage.seen(again), ["joined lobby as ada with 2, seq 0"]);
  stage.pass(GRACE_MS);
  assertEquals(stage.seen(bob), []);
});

Deno.test("a member who stays away gets a leave event with the reason when the grace is over", () => {
  for (const reason of ["closed", "timeout", "slow", "shutdown"] as const) {
    const stage = new Stage();
    const [ada, bob] = [stage.join("ada"), stage.join("bob")];
    stage.forget();
    stage.drop(ada, reason);
    stage.pass(GRACE_MS - 1);
    assertEquals(stage.seen(bob), []);
    stage.pass(1);
    assertEquals(stage.seen(bob), [`-ada lobby ${reason}`]);
    stage.pass(GRACE_MS);
    assertEquals(stage.seen(bob), []);
  }
});

Deno.test("a return after the grace causes a join event for the same member id", () => {
  const { stage, bob } = dropped();
  stage.pass(GRACE_MS);
  const again = comeBack(stage);
  assertEquals(stage.seen(bob), ["-ada lobby closed", "+ada lobby"]);
  const [{ you }] = stage.events(again) as [Of<"joined">];
  const session = `${again}-${stage.now}`;
  assertEquals(you, { id: stage.idOf("ada"), name: "ada", role: "moderator", token: "token-1", session });
});

Deno.test("a returning member stays in rooms that the new session does not follow", () => {
  const { stage } = dropped();
  const eve = stage.join("eve", "dev");
  const again = comeBack(stage);
  assertEquals((stage.events(again) as Of<"joined">[])[0]!.rooms, ["dev"]);
  stage.forget();
  stage.pass(GRACE_MS);
  stage.say(eve, { type: "message", room: "dev", text: "hi" });
  assertEquals([stage.seen(eve), stage.seen(again)], [["dev 1 eve: hi"], []]);
  stage.drop(again);
  stage.pass(GRACE_MS);
  assertEquals(stage.seen(eve), ["-ada dev closed"]);
});

Deno.test("a second broken link starts a full grace again", () => {
  const { stage, bob } = dropped();
  stage.pass(GRACE_MS - 1);
  const again = comeBack(stage);
  stage.say(again, { type: "join", room: "dev" });
  stage.drop(again, "timeout");
  stage.pass(GRACE_MS - 1);
  assertEquals(stage.seen(bob), []);
  stage.pass(1);
  assertEquals(stage.seen(bob), ["-ada lobby timeout"]);
});

Deno.test("a returning member gets the messages after the one whose id they give", () => {
  const { stage, bob } = dropped();
  for (const text of ["one", "two", "three"]) stage.say(bob, { type: "message", text });
  const again = comeBack(stage, "token-1", { after: stage.idAt(1) });
  assertEquals(stage.seen(again), ["joined lobby as ada with 2, seq 3", "lobby 2 bob: two", "lobby 3 bob: three"]);
});

Deno.test("the id of the last entry as `after` replays nothing, also after a restart, and an unknown id everything", () => {
  const { stage, bob } = dropped();
  for (const text of ["one", "two"]) stage.say(bob, { type: "message", text });
  const missed = (after: string) => {
    const replay = stage.say(comeBack(stage, "token-1", { after }), { type: "join", after }).at(-1);
    assert(replay?.type === "replay");
    return [replay.after, replay.joined.last];
  };
  const last = stage.idAt(2);
  for (const _when of ["before", "after a restart"]) {
    assertEquals([missed(last), missed(stage.idAt(1)), missed("unknown"), missed("")], [
      [2, last],
      [1, last],
      [0, last],
      [0, last],
    ]);
    stage.restart();
  }
});

Deno.test("a join without `after` replays no messages", () => {
  const { stage, bob } = dropped();
  stage.say(bob, { type: "message", text: "one" });
  assertEquals(stage.seen(comeBack(stage)), ["joined lobby as ada with 2, seq 1"]);
});

Deno.test("an absent member's name is reserved until the grace is over", () => {
  const { stage } = dropped();
  assertEquals(stage.seen(stage.join("ada")), ["! name_taken, ada2 is free"]);
  stage.pass(GRACE_MS);
  assertEquals(stage.seen(stage.join("ada")), ["joined lobby as ada with 2, seq 0"]);
});

Deno.test("a returning member whose name is taken may choose another and stays the same member", () => {
  const { stage } = dropped();
  stage.pass(GRACE_MS);
  stage.join("ada");
  const again = comeBack(stage);
  stage.say(again, { type: "join", token: "token-1", name: "countess" });
  const [refused, joined] = stage.events(again) as [Of<"error">, Of<"joined">];
  const { id, name, token } = joined.you;
  assertEquals([refused.code, id, name, token], ["name_taken", stage.idOf("ada"), "countess", "token-1"]);
});

Deno.test("a return within the grace under another name causes a rename event", () => {
  const { stage, bob } = dropped();
  const again = comeBack(stage, "token-1", { name: "countess" });
  assertEquals(stage.seen(bob), ["ada is countess"]);
  assertEquals(stage.seen(again).at(-1), "joined lobby as countess with 2, seq 0");
  assertEquals(stage.seen(stage.join("ada")), ["joined lobby as ada with 3, seq 0"]);
});

Deno.test("a token brings a member in no room back, who keeps the name", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "leave", room: "lobby" });
  const again = comeBack(stage);
  assertEquals(stage.seen(again), ["joined lobby as ada with 1, seq 0"]);
  assertEquals(stage.seen(stage.join("ada")), ["! name_taken, ada2 is free"]);
  stage.pass(MEMORY_OF_MEMBERS_MS);
  assertEquals(stage.seen(comeBack(stage)), ["joined lobby as ada with 1, seq 0"]);
});

Deno.test("a name without its token makes no session of its member", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  const thief = stage.connect();
  for (const token of [undefined, "", "token-2", "digest of token-1"]) {
    stage.say(thief, { type: "join", name: "ada", token });
  }
  assertEquals(stage.seen(thief), Array(4).fill("! name_taken, ada2 is free"));
  assertEquals(stage.closed.get(ada), undefined);
});

Deno.test("a refused further session changes nothing for the first one", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada", "room0"), stage.join("bob", "room0")];
  for (let n = 1; n < MAX_ROOMS_PER_MEMBER; n++) stage.say(ada, { type: "join", room: `room${n}` });
  stage.forget();
  const again = comeBack(stage, "token-1", { room: "one-more" });
  assertEquals(stage.seen(again), ["! forbidden"]);
  assertEquals(stage.seen(ada), []);
  stage.say(ada, { type: "message", room: "room0", text: "still here" });
  assertEquals(stage.seen(bob), ["room0 1 ada: still here"]);
  stage.say(again, { type: "message", room: "room0", text: "not yet" });
  stage.say(again, { type: "join", token: "token-1", name: "bob", room: "room0" });
  assertEquals(stage.seen(again), ["! not_joined", "joined room0 as ada with 2, seq 1"]);
  assertEquals(stage.closed.size, 0);
});

Deno.test("a message repeated from a new connection is sent only once", () => {
  const { stage, bob } = dropped();
  const before = comeBack(stage);
  stage.say(before, { type: "message", text: "hi", ref: "m" });
  stage.drop(before);
  stage.pass(GRACE_MS);
  const again = comeBack(stage);
  stage.forget();
  stage.say(again, { type: "message", text: "hi", ref: "m" });
  assertEquals(stage.seen(again), ["ack m 1"]);
  assertEquals(stage.seen(bob), []);
});

Deno.test("a member on nc leaves at once when the connection ends", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada", "lobby", {}, false), stage.join("bob")];
  stage.forget();
  stage.drop(ada);
  assertEquals(stage.seen(bob), ["-ada lobby closed"]);
  assertEquals(stage.seen(stage.join("ada")), ["joined lobby as ada with 2, seq 0"]);
});

Deno.test("a departed member is remembered for MEMORY_OF_MEMBERS_MS", () => {
  const { stage } = dropped();
  stage.pass(GRACE_MS);
  stage.pass(MEMORY_OF_MEMBERS_MS - 1);
  const again = comeBack(stage);
  assertEquals(stage.seen(again), ["joined lobby as ada with 2, seq 0"]);
  stage.drop(again);
  stage.pass(GRACE_MS);
  stage.pass(MEMORY_OF_MEMBERS_MS);
  assertEquals(stage.seen(comeBack(stage)), ["! invalid"]);
  const stranger = comeBack(stage, "token-1", { name: "ada" });
  assertNotEquals((stage.events(stranger)[0] as Of<"joined">).you.token, "token-1");
});

Deno.test("at most MAX_ABSENT_MEMBERS departed members are remembered, and the longest departed is forgotten first", () => {
  const stage = new Stage();
  for (let n = 0; n <= MAX_ABSENT_MEMBERS; n++) {
    const session = stage.join(`guest${n}`);
    stage.say(session, { type: "leave" });
  }
  assertEquals(stage.seen(comeBack(stage, "token-1")), ["! invalid"]);
  assertEquals(stage.seen(comeBack(stage, "token-2")), ["joined lobby as guest1 with 1, seq 0"]);
});

Deno.test("a connection that does not join within GREETING_TIMEOUT_MS is closed, and one that has joined is not", () => {
  const stage = new Stage();
  const [silent, ada] = [stage.connect(), stage.join("ada")];
  stage.say(ada, { type: "leave", room: "lobby" });
  stage.forget();
  stage.pass(GREETING_TIMEOUT_MS - 1);
  assertEquals(stage.closed.size, 0);
  stage.pass(1);
  assertEquals([stage.seen(silent), stage.seen(ada)], [["goodbye timeout"], []]);
  assertEquals([...stage.closed], [[silent, "timeout"]]);
});

Deno.test("a closed connection is forgotten, whether it had joined or not", () => {
  const stage = new Stage();
  const [silent, ada] = [stage.connect(), stage.join("ada")];
  for (const session of [silent, ada]) stage.drop(session);
  for (const session of [silent, ada]) assertEquals(stage.say(session, { type: "rooms" }), []);
  stage.pass(GREETING_TIMEOUT_MS);
  assertEquals(stage.closed.size, 0);
});
