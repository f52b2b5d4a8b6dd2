import { assertEquals } from "@std/assert";
import { MAX_REACTIONS_PER_MEMBER, MAX_REACTIONS_PER_MESSAGE } from "../../../src/protocol/limits.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { type Of, Stage } from "../stage.ts";

const THUMB = "\u{1f44d}";

/** A lobby created by mod, with one message by ada and one by bob. */
function scene() {
  const stage = new Stage();
  const [mod, ada, bob] = ["mod", "ada", "bob"].map((name) => stage.join(name)) as [number, number, number];
  stage.say(ada, { type: "message", text: "tee" });
  stage.say(bob, { type: "message", text: "coffee" });
  stage.forget();
  return { stage, mod, ada, bob };
}

const inLobby = (command: object) => ({ room: "lobby", ...command });
const edit = (text: string, seq?: number) => inLobby({ type: "edit", of: seq, text });
const react = (emoji: string, more: object = {}) => inLobby({ type: "react", emoji, ...more });

Deno.test("a change takes the room's next seq and is stored, published and acknowledged", () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, { ...edit("tea", 1), ref: "e" });
  assertEquals(stage.effects.map(({ type }) => type), ["append", "publish", "send"]);
  assertEquals(stage.seen(ada), ["lobby 3 ada changed 1: tea", "ack e 3"]);
  assertEquals(stage.seen(bob), ["lobby 3 ada changed 1: tea"]);
  stage.say(bob, { type: "message", text: "and" });
  assertEquals(stage.seen(bob), ["lobby 4 bob: and"]);
});

Deno.test("a change with a repeated ref gets the first acknowledgement, also after a restart, and has no other effect", () => {
  const { stage, ada } = scene();
  const commands = [{ ...edit("tea", 1), ref: "e" }, { ...react(THUMB), ref: "r" }];
  for (const command of commands) stage.say(ada, command);
  stage.say(ada, inLobby({ type: "delete", ref: "d" }));
  const acks = stage.events(ada).filter(({ type }) => type === "ack");
  assertEquals(acks.map((ack) => (ack as Of<"ack">).seq), [3, 4, 5]);
  for (const command of [...commands, inLobby({ type: "delete", ref: "d" })]) {
    stage.say(ada, command);
    assertEquals(stage.effects.length, 1);
  }
  assertEquals(stage.events(ada), acks);
  stage.say(ada, { type: "join", room: "lobby" });
  const { you: { token } } = stage.events(ada)[0] as Of<"joined">;
  stage.restart();
  const again = stage.connect();
  stage.say(again, { type: "join", token });
  stage.forget();
  for (const command of commands) stage.say(again, command);
  assertEquals(stage.events(again), acks.slice(0, 2));
  stage.say(again, { type: "join", room: "dev" });
  stage.say(again, { type: "leave", room: "lobby" });
  stage.forget();
  for (const command of commands) stage.say(again, command);
  assertEquals(stage.events(again), acks.slice(0, 2));
});

Deno.test("only the sender edits a message, also after a rename", () => {
  const { stage, mod, ada, bob } = scene();
  stage.say(ada, { type: "rename", name: "countess" });
  stage.forget();
  for (const session of [mod, bob]) stage.say(session, edit("mine", 1));
  stage.say(ada, edit("tea", 1));
  assertEquals(stage.seen(mod), ["! forbidden", "lobby 3 countess changed 1: tea"]);
  assertEquals(stage.seen(bob), ["! forbidden", "lobby 3 countess changed 1: tea"]);
});

Deno.test("a sender deletes their own messages, a moderator those of others, which the audit log records", () => {
  const { stage, mod, ada, bob } = scene();
  stage.say(bob, inLobby({ type: "delete", of: 1 }));
  stage.say(mod, inLobby({ type: "delete", of: 1 }));
  stage.say(bob, inLobby({ type: "delete", of: 2 }));
  assertEquals(stage.seen(ada), ["lobby 3 mod deleted 1 of ada", "lobby 4 bob deleted 2 of bob"]);
  assertEquals(stage.seen(bob)[0], "! forbidden");
  assertEquals(stage.store.audit.map(({ action, by, target, room }) => [action, by.name, target?.name, room]), [
    ["delete", "mod", "ada", "lobby"],
  ]);
});

Deno.test("a deleted message, a change and an unknown seq cannot be changed, and the attempt takes no seq", () => {
  const { stage, mod, ada } = scene();
  stage.say(ada, inLobby({ type: "delete", of: 1 }));
  stage.forget();
  for (const seq of [1, 3, 99]) {
    stage.say(ada, edit("tea", seq));
    stage.say(mod, inLobby({ type: "delete", of: seq }));
    stage.say(ada, react(THUMB, { of: seq }));
  }
  assertEquals(stage.seen(ada), Array(6).fill("! no_such_message"));
  assertEquals(stage.seen(mod), Array(3).fill("! no_such_message"));
  assertEquals(stage.stored.length, 3);
});

Deno.test("an edit, a deletion, a reaction and a reply name a message by its id, which is of their own room", () => {
  const stage = new Stage();
  const [ada, bob] = ["ada", "bob"].map((name) => stage.join(name)) as [number, number];
  stage.say(ada, { type: "message", text: "tee" });
  const { id, from } = stage.stored[0]!;
  stage.say(bob, { type: "message", text: "so?", reply: id });
  stage.say(bob, react(THUMB, { of: id }));
  stage.say(ada, inLobby({ type: "edit", of: id, text: "tea" }));
  assertEquals(stage.stored.slice(1).map((entry) => entry.type === "message" ? entry.reply : entry.of), [
    { id, seq: 1, from, text: "tee" },
    { id, seq: 1, from, text: "tee" },
    { id, seq: 1, from },
  ]);
  stage.say(ada, { type: "join", room: "ops" });
  stage.forget();
  stage.say(ada, { type: "delete", room: "ops", of: id });
  stage.say(ada, { type: "message", room: "ops", text: "so?", reply: id });
  stage.say(ada, inLobby({ type: "delete", of: stage.stored[2]!.id }));
  stage.say(ada, inLobby({ type: "delete", of: "unknown" }));
  assertEquals(stage.seen(ada), Array(4).fill("! no_such_message"));
  stage.say(ada, inLobby({ type: "delete", of: id }));
  assertEquals(stage.seen(ada), ["lobby 5 ada deleted 1 of ada"]);
});

Deno.test('without "of", edit and delete mean the sender\'s last message, and react the last message of another member', () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, react(THUMB));
  stage.say(bob, react(THUMB));
  stage.say(ada, edit("tea"));
  stage.say(ada, inLobby({ type: "delete" }));
  stage.say(ada, inLobby({ type: "delete" }));
  assertEquals(stage.seen(ada), [
    `lobby 3 ada +${THUMB} 2 =1`,
    `lobby 4 bob +${THUMB} 1 =1`,
    "lobby 5 ada changed 1: tea",
    "lobby 6 ada deleted 1 of ada",
    "! no_such_message",
  ]);
});

Deno.test("each member adds an emoji to a message once and may remove it", () => {
  const { stage, mod, ada, bob } = scene();
  for (const session of [ada, bob, ada]) stage.say(session, react(THUMB, { of: 2 }));
  stage.say(mod, react(THUMB, { of: 2, remove: true }));
  stage.say(bob, react(THUMB, { of: 2, remove: true }));
  assertEquals(stage.seen(mod), [
    `lobby 3 ada +${THUMB} 2 =1`,
    `lobby 4 bob +${THUMB} 2 =2`,
    "! forbidden",
    `lobby 5 bob -${THUMB} 2 =1`,
  ]);
  assertEquals(stage.seen(ada).at(-2), "! forbidden");
});

Deno.test("a message holds MAX_REACTIONS_PER_MESSAGE different emoji, and any number of members may add the same one", () => {
  const { stage, mod, ada } = scene();
  const emoji = Array.from({ length: MAX_REACTIONS_PER_MESSAGE + 1 }, (_, n) => String.fromCodePoint(0x1f600 + n));
  const crowd = Array.from(
    { length: MAX_REACTIONS_PER_MESSAGE / MAX_REACTIONS_PER_MEMBER },
    (_, n) => stage.join(`guest${n}`),
  );
  emoji.slice(0, -1).forEach((one, n) =>
    stage.say(crowd[Math.floor(n / MAX_REACTIONS_PER_MEMBER)]!, react(one, { of: 2 }))
  );
  stage.forget();
  stage.say(ada, react(emoji.at(-1)!, { seq: 2 }));
  assertEquals(stage.seen(ada), ["! forbidden"]);
  stage.forget();
  stage.say(mod, react(emoji[0]!, { of: 2 }));
  assertEquals(stage.seen(mod), [`lobby ${emoji.length + 2} mod +${emoji[0]} 2 =2`]);
});

Deno.test("one member adds at most MAX_REACTIONS_PER_MEMBER different emoji to a message, which leaves room for other members", () => {
  const { stage, ada, mod } = scene();
  const emoji = Array.from({ length: MAX_REACTIONS_PER_MEMBER + 1 }, (_, n) => String.fromCodePoint(0x1f600 + n));
  for (const one of emoji) stage.say(ada, react(one, { of: 2 }));
  assertEquals(stage.seen(ada).at(-1), "! forbidden");
  stage.say(mod, react(emoji.at(-1)!, { seq: 2 }));
  stage.forget();
  stage.say(ada, react(emoji.at(-1)!, { seq: 2 }));
  assertEquals(stage.seen(ada).at(-1), `lobby ${emoji.length + 3} ada +${emoji.at(-1)} 2 =2`);
});

Deno.test("a reply quotes a message by its seq or by the name of its sender", () => {
  const { stage, ada, bob } = scene();
  const reply = (to: unknown) => stage.say(bob, { type: "message", text: "so?", reply: to, ref: "m" + to });
  for (const to of [1, "ADA", 3, 9, "nobody"]) reply(to);
  const events = stage.events(ada) as Of<"message">[];
  const quotes = events.map((event) => "reply" in event && event.reply);
  const { id, from } = stage.stored[0]!;
  assertEquals(quotes.slice(0, 2), [{ id, seq: 1, from, text: "tee" }, { id, seq: 1, from, text: "tee" }]);
  assertEquals(quotes.length, 3);
  assertEquals(stage.seen(bob).filter((line) => line.startsWith("!")), [
    "! no_such_message <m9>",
    "! no_such_message <mnobody>",
  ]);
});

Deno.test("a reply to a deleted message or to a change is sent without a quote", () => {
  const { stage, mod, ada, bob } = scene();
  stage.say(ada, inLobby({ type: "delete" }));
  stage.forget();
  for (const reply of [1, 3]) stage.say(bob, { type: "message", text: "so?", reply });
  const quotes = (stage.events(mod) as Of<"message">[]).map((event) => "reply" in event && event.reply);
  const [{ id, from }] = stage.stored as [RoomMessage];
  assertEquals(quotes, [{ id, seq: 1, from }, { seq: 3 }]);
});

Deno.test("a muted member may not edit or react, but may delete their own messages", () => {
  const { stage, mod, ada } = scene();
  stage.say(mod, { type: "mute", name: "ada", room: "lobby" });
  stage.forget();
  stage.say(ada, edit("tea", 1));
  stage.say(ada, react(THUMB));
  stage.say(ada, inLobby({ type: "delete" }));
  assertEquals(stage.seen(ada), ["! forbidden", "! forbidden", "lobby 3 ada deleted 1 of ada"]);
});

Deno.test("changes count towards the message rate, and in slow mode an edit counts as a message", () => {
  const { stage, mod, ada } = scene();
  stage.say(mod, { type: "slow", room: "lobby", seconds: 60 });
  stage.forget();
  for (const text of ["tea", "Tea"]) stage.say(ada, edit(text, 1));
  stage.say(ada, react(THUMB));
  assertEquals(stage.seen(ada), ["lobby 3 ada changed 1: tea", "! rate_limited", `lobby 4 ada +${THUMB} 2 =1`]);
  const limited = new Stage({ rate: { perSecond: 1, burst: 2 } });
  const [zoe, kim] = [limited.join("zoe"), limited.join("kim")];
  limited.say(zoe, { type: "message", text: "hi" });
  limited.forget();
  for (const text of ["a", "b"]) limited.say(zoe, edit(text));
  assertEquals(limited.seen(zoe), ["lobby 2 zoe changed 1: a", "! rate_limited"]);
  assertEquals(limited.seen(kim), ["lobby 2 zoe changed 1: a"]);
});

Deno.test("a member outside a room changes no message in it", () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, { type: "join", room: "dev" });
  stage.say(ada, { type: "message", room: "dev", text: "hi" });
  stage.forget();
  for (const type of ["edit", "delete", "react"]) {
    stage.say(bob, { type, room: "dev", seq: 1, text: "x", emoji: THUMB });
    stage.say(bob, { type, room: "nowhere", seq: 1, text: "x", emoji: THUMB });
  }
  const errors = ["! not_joined", "! no_such_room"];
  assertEquals(stage.seen(bob), [...errors, ...errors, ...errors]);
});

Deno.test("a returning member gets the changes after the last entry they had", () => {
  const { stage, ada, bob } = scene();
  stage.say(ada, edit("tea", 1));
  const kim = stage.connect();
  stage.say(kim, { type: "join", name: "kim", after: stage.idAt(2) });
  assertEquals(stage.seen(kim), ["joined lobby as kim with 4, seq 3", "lobby 3 ada changed 1: tea"]);
  stage.drop(bob);
});
