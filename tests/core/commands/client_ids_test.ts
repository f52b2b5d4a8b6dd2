/** Ids that clients make: repeats are recognised by author and id, everything else is refused. */

import { assertEquals } from "@std/assert";
import { MAX_ID_AHEAD_MS } from "../../../src/protocol/limits.ts";
import { UuidSource } from "../../../src/protocol/uuid.ts";
import { type Of, Stage, START } from "../stage.ts";

const ids = new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });
const THUMB = "\u{1f44d}";

function scene() {
  const stage = new Stage();
  const ada = stage.join("ada");
  const bob = stage.join("bob");
  const [adaToken, bobToken] = [ada, bob].map((session) =>
    stage.events(session).find((event): event is Of<"joined"> => event.type === "joined")!.you.token
  );
  return { stage, ada, bob, adaToken, bobToken };
}

Deno.test("a message and a change have the ids that their client made", () => {
  const { stage, ada, bob } = scene();
  const made = Array.from({ length: 4 }, () => ids.next(START));
  stage.say(ada, { type: "message", id: made[0], text: "tea" });
  stage.say(bob, { type: "react", room: "lobby", id: made[1], emoji: THUMB });
  stage.say(ada, { type: "edit", room: "lobby", id: made[2], text: "green tea" });
  stage.say(ada, { type: "delete", room: "lobby", id: made[3] });
  assertEquals(stage.stored.map(({ id }) => id), made);
});

Deno.test("a repeat with the same id is acknowledged as before and stored once, in its turn, later and after a restart", () => {
  const { stage, ada, bob, adaToken, bobToken } = scene();
  const commands = [
    { type: "message", id: ids.next(START), text: "tea" },
    { type: "message", id: ids.next(START), text: "so?", reply: 1 },
    { type: "edit", room: "lobby", id: ids.next(START), text: "green tea", of: 1 },
    { type: "message", id: ids.next(START), text: "oops" },
    { type: "delete", room: "lobby", id: ids.next(START), of: 4 },
  ];
  const reaction = { type: "react", room: "lobby", id: ids.next(START), emoji: THUMB, of: 1 };
  const say = (ref: string) => {
    for (const [nth, command] of commands.entries()) stage.say(ada, { ...command, ref: `${ref}${nth}` });
    stage.say(bob, { ...reaction, ref });
    return [ada, bob].flatMap((session) => stage.events(session)).filter(({ type }) => type === "ack")
      .map((ack) => ({ ...ack, ref: "" }));
  };
  const first = say("a");
  assertEquals(first.length, 6);
  const { length } = stage.stored;
  assertEquals(say("b"), first);
  stage.restart();
  const ada2 = stage.join("ada", "lobby", { token: adaToken });
  const bob2 = stage.join("bob", "lobby", { token: bobToken });
  stage.forget();
  for (const [nth, command] of commands.entries()) stage.say(ada2, { ...command, ref: `c${nth}` });
  stage.say(bob2, { ...reaction, ref: "c" });
  const again = [ada2, bob2].flatMap((session) => stage.events(session)).map((ack) => ({ ...ack, ref: "" }));
  assertEquals(again, first);
  assertEquals(stage.stored.length, length);
});

Deno.test("a repeat without a ref is neither stored nor answered", () => {
  const { stage, ada } = scene();
  const id = ids.next(START);
  for (let n = 0; n < 3; n++) stage.say(ada, { type: "message", id, text: "tea" });
  assertEquals(stage.seen(ada), ["lobby 1 ada: tea"]);
});

Deno.test("an id of another author, or of other content, is refused", () => {
  const { stage, ada, bob } = scene();
  const [id, edit] = [ids.next(START), ids.next(START)];
  stage.say(ada, { type: "message", id, text: "tea" });
  stage.say(ada, { type: "edit", room: "lobby", id: edit, text: "green tea" });
  stage.forget();
  stage.say(bob, { type: "message", id, text: "tea" });
  stage.say(bob, { type: "react", room: "lobby", id, emoji: THUMB });
  assertEquals(stage.seen(bob), ["! id_taken", "! id_taken"]);
  const others = [
    { type: "message", id, text: "coffee" },
    { type: "message", id, text: "tea", reply: 1 },
    { type: "edit", room: "lobby", id, text: "tea" },
    { type: "edit", room: "lobby", id: edit, text: "black tea" },
    { type: "edit", room: "lobby", id: edit, text: "green tea", of: 2 },
    { type: "delete", room: "lobby", id: edit },
    { type: "message", id: edit, text: "green tea" },
  ];
  for (const other of others) stage.say(ada, other);
  assertEquals(stage.seen(ada), others.map(() => "! id_taken"));
  assertEquals(stage.stored.length, 2);
});

Deno.test("an id is taken in one room only, and in a new room of the same name it is free", () => {
  const { stage, ada, bob } = scene();
  const id = ids.next(START);
  stage.say(ada, { type: "message", id, text: "tea" });
  const ops = stage.join("cy", "ops");
  stage.forget();
  stage.say(ops, { type: "message", room: "ops", id, text: "coffee" });
  assertEquals(stage.seen(ops), ["ops 1 cy: coffee"]);
  stage.say(ops, { type: "remove", room: "ops" });
  stage.say(ops, { type: "join", room: "ops" });
  stage.forget();
  stage.say(ops, { type: "message", room: "ops", id, text: "water" });
  assertEquals(stage.seen(ops), ["ops 1 cy: water"]);
  stage.say(bob, { type: "message", id, text: "tea" });
  assertEquals(stage.seen(bob), ["! id_taken"]);
});

Deno.test("an id with a time too far ahead of the server's clock is refused, an old one is not", () => {
  const { stage, ada } = scene();
  const at = (ms: number) => new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) }).next(ms);
  const limit = stage.now + MAX_ID_AHEAD_MS;
  for (const [nth, ms] of [1, limit, limit + 1, 2 ** 48 - 1].entries()) {
    stage.say(ada, { type: "message", id: at(ms), text: `m${nth}` });
  }
  assertEquals(stage.seen(ada), ["lobby 1 ada: m0", "lobby 2 ada: m1", "! id_ahead", "! id_ahead"]);
});

Deno.test("a direct message is repeated by its id, and its order is that of its arrival", () => {
  const { stage, ada, bob } = scene();
  stage.drop(bob);
  const [later, earlier] = [ids.next(START + 60_000), new UuidSource({ fill: (bytes) => bytes.fill(7) }).next(START)];
  const say = (id: string, text: string, ref: string) => stage.say(ada, { type: "message", to: "bob", id, text, ref });
  say(later, "one", "r1");
  say(earlier, "two", "r2");
  say(later, "one", "r3");
  say(later, "other", "r4");
  assertEquals(stage.seen(ada).filter((line) => !line.startsWith("@")), [
    "ack r1 1, waiting",
    "ack r2 2, waiting",
    "ack r3 1, waiting",
    "! id_taken <r4>",
  ]);
  assertEquals(stage.store.conversations, ["ada and bob: one, two"]);
});
