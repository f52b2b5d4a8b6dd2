import { assertEquals } from "@std/assert";
import { RESTRICTIONS_ENDED_AT_ONCE } from "../../../src/protocol/limits.ts";
import { Stage } from "../stage.ts";

const REMOVE = { type: "remove", room: "dev", ref: "r" };

/** A room created by mod with ada (within her grace) and bob; the owner is connected without having joined. */
function scene() {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const [mod, ada, bob] = ["mod", "ada", "bob"].map((name) => stage.join(name, "dev")) as [number, number, number];
  stage.say(mod, { type: "message", room: "dev", text: "hi" });
  stage.say(mod, { type: "slow", room: "dev", seconds: 5 });
  stage.drop(ada);
  stage.forget();
  return { stage, owner, mod, bob };
}

Deno.test("a moderator removes a room: all members leave it, and no record or message of it is kept", () => {
  const { stage, mod, bob } = scene();
  stage.say(bob, REMOVE);
  assertEquals(stage.seen(bob), ["! forbidden <r>"]);
  stage.say(mod, REMOVE);
  assertEquals(stage.seen(mod), ["-mod dev removed", "notice all: #dev is removed <r>"]);
  assertEquals(stage.seen(bob), ["notice dev: mod removed #dev", "-bob dev removed"]);
  const { rooms, stored } = { rooms: stage.store.rooms, stored: stage.stored };
  assertEquals([rooms, stored, stage.store.records], [[], [], []]);
  assertEquals(stage.store.audit.map(({ action, room }) => [action, room]).at(-1), ["remove", "dev"]);
  assertEquals(stage.effects.filter(({ type }) => type === "audit").length, 1);
  stage.pass(60_000);
  stage.say(bob, { type: "message", room: "dev", text: "hi" });
  assertEquals(stage.seen(bob), ["! not_joined"]);
});

Deno.test("a new room may take the name at once, and a returning member gets all of its messages", () => {
  const { stage, owner, mod, bob } = scene();
  stage.say(mod, { type: "join", room: "dev" });
  stage.say(mod, { type: "message", room: "dev", text: "before" });
  const last = stage.idAt(1, "dev");
  stage.say(owner, REMOVE);
  assertEquals(stage.seen(owner), ["notice all: #dev is removed <r>"]);
  stage.say(bob, { type: "join", room: "dev" });
  stage.say(bob, { type: "message", room: "dev", text: "fresh start" });
  assertEquals(stage.seen(bob).slice(-2), ["joined dev as bob with 1, seq 0", "dev 1 bob: fresh start"]);
  stage.forget();
  stage.say(mod, { type: "join", room: "dev", after: last });
  assertEquals(stage.seen(mod), ["joined dev as mod with 2, seq 1", "dev 1 bob: fresh start"]);
  stage.say(mod, REMOVE);
  assertEquals(stage.seen(mod), ["! forbidden <r>"], "The role ended with the room");
});

Deno.test("the lobby cannot be removed, and remove needs either a room or an account", () => {
  const { stage, owner } = scene();
  stage.join("eve", "lobby");
  for (
    const command of [{ room: "lobby" }, { room: "none" }, {}, { room: "dev", account: "mod" }, { account: "mod" }]
  ) {
    stage.say(owner, { type: "remove", ...command });
  }
  assertEquals(stage.seen(owner), ["! forbidden", "! no_such_room", "! invalid", "! invalid", "! no_such_member"]);
});

Deno.test("an owner removes an account: its password no longer works, and its member continues as a guest", () => {
  const { stage, owner, mod, bob } = scene();
  stage.say(bob, { type: "register", password: "horse battery" });
  stage.hash();
  stage.say(mod, { type: "remove", account: "bob" });
  assertEquals(stage.seen(mod).at(-1), "! forbidden");
  stage.say(owner, { type: "remove", account: "Bob", ref: "r" });
  assertEquals(stage.seen(bob).at(-1), "notice all: The owner removed your account: you are a guest now");
  assertEquals(stage.store.records.filter(({ kind }) => kind === "account" || kind === "token"), []);
  stage.say(bob, { type: "sessions" });
  assertEquals(stage.seen(bob), ["! forbidden"]);
  const next = stage.connect();
  stage.say(next, { type: "auth", name: "bob", password: "horse battery" });
  stage.hash();
  assertEquals(stage.seen(next), ["! wrong_password"]);
});

Deno.test("one command of an owner ends all restrictions of a room; its members get one notice and the visible changes", () => {
  const { stage, owner, mod, bob } = scene();
  stage.say(mod, { type: "mute", room: "dev", name: "bob" });
  stage.forget();
  stage.say(mod, { type: "allow", all: true, room: "dev" });
  assertEquals(stage.seen(mod), ["! forbidden"]);
  stage.say(owner, { type: "allow", all: true, room: "dev", ref: "r" });
  assertEquals(stage.seen(owner), ["notice all: 2 restrictions are ended <r>"]);
  assertEquals(stage.seen(bob), ["off slow dev by owner", "notice dev: The owner ended 2 restrictions in #dev"]);
  assertEquals(stage.effects.filter(({ type }) => type === "audit").length, 1);
  stage.forget();
  stage.say(bob, { type: "message", room: "dev", text: "at last" });
  stage.say(bob, { type: "message", room: "dev", text: "and at once" });
  assertEquals(stage.seen(bob), ["dev 2 bob: at last", "dev 3 bob: and at once"]);
  stage.say(owner, { type: "allow", all: true, room: "dev" });
  assertEquals(stage.seen(owner), ["! invalid"]);
});

Deno.test("an owner ends all restrictions made by one member, in portions per tick, and gets a notice after the last", () => {
  const by = { id: "eve-id", name: "eve" };
  const records = Array.from({ length: 2 * RESTRICTIONS_ENDED_AT_ONCE + 1 }, (_, index) => ({
    kind: "restriction" as const,
    key: `o-${String(index).padStart(5, "0")}`,
    value: { kind: "mute", room: `r${index}`, member: { id: `m-${index}`, name: "x" }, by },
  }));
  const stage = new Stage({ records });
  const owner = stage.connect(true, { privileged: true });
  for (const field of ["by", "name"]) stage.say(owner, { type: "allow", [field]: "nobody" });
  assertEquals(stage.seen(owner), ["! no_such_member", "! no_such_member"]);
  stage.say(owner, { type: "allow", by: "EVE", ref: "r" });
  const ended = () =>
    stage.effects.filter((effect) => effect.type === "keepRecord" && effect.value === undefined).length;
  const counts = [ended()];
  while (counts.at(-1) === RESTRICTIONS_ENDED_AT_ONCE) {
    assertEquals(stage.seen(owner), []);
    stage.pass(1_000);
    counts.push(ended());
  }
  assertEquals(counts, [RESTRICTIONS_ENDED_AT_ONCE, RESTRICTIONS_ENDED_AT_ONCE, 1]);
  assertEquals(stage.seen(owner), [`notice all: ${records.length} restrictions are ended <r>`]);
});
