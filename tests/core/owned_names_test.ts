/** Names that guests own by their keys. */

import { assert, assertEquals } from "@std/assert";
import type { Effect, SessionId } from "../../src/core/effect.ts";
import { keyDigest } from "../../src/core/hub_command.ts";
import { NOTHING_KNOWN } from "../../src/core/hub_options.ts";
import {
  GRACE_MS,
  MAX_OWNED_NAMES,
  MAX_OWNED_NAMES_OF_THIS_MACHINE,
  MAX_OWNED_NAMES_PER_ADDRESS,
  NAMES_LAPSED_AT_ONCE,
  OWNED_NAME_MS,
  VISIT_NOTE_MS,
} from "../../src/protocol/limits.ts";
import { type Of, Stage, type StageOptions, START } from "./stage.ts";

/** A key whose proof the server has checked. */
function keyOf(number: number): string {
  return `${String(number).padStart(42, "A")}A`;
}

const [KEY, OTHER] = [keyOf(1), keyOf(2)];

function enter(stage: Stage, command: object, opening: { resumable?: boolean; address?: string } = {}): SessionId {
  const session = stage.connect(opening.resumable, { address: opening.address });
  stage.say(session, { type: "join", room: "lobby", ...command });
  return session;
}

function quit(stage: Stage, session: SessionId): void {
  stage.say(session, { type: "leave" });
}

/** A stage where ada has come with a key and is gone. */
function absentOwner(options: StageOptions = {}): { stage: Stage; id: string } {
  const stage = new Stage(options);
  const ada = enter(stage, { name: "ada", key: KEY });
  const [{ you }] = stage.events(ada) as [Of<"joined">];
  quit(stage, ada);
  return { stage, id: you.id };
}

/** The records of owned names, by member. */
function owned(stage: Stage): string[] {
  return stage.store.records.filter(({ kind }) => kind === "name").map(({ value }) => (value as { name: string }).name);
}

function noted(effects: readonly Effect[]): number {
  return effects.filter((effect) => effect.type === "keepRecord" && effect.kind === "name").length;
}

const TAKEN = ["! name_taken, ada2 is free"];

Deno.test("the name of a guest with a key is refused to all others, also while they are away and after a restart", () => {
  const { stage, id } = absentOwner();
  for (const restarts of [false, true]) {
    if (restarts) stage.restart();
    const others = [{ key: OTHER }, {}];
    for (const other of others) assertEquals(stage.seen(enter(stage, { name: "ada", ...other })), TAKEN);
    assertEquals(stage.seen(enter(stage, { name: "ada" }, { resumable: false })), TAKEN);
    for (const name of ["ADA", "аda", "ada."]) {
      assert(stage.seen(enter(stage, { name, key: OTHER }))[0]!.startsWith("! name_taken"), name);
    }
    const bob = stage.join("bob");
    stage.forget();
    stage.say(bob, { type: "rename", name: "ada" });
    assertEquals(stage.seen(bob), TAKEN);
    quit(stage, bob);
    const back = enter(stage, { name: "ada", key: KEY });
    assertEquals((stage.events(back) as [Of<"joined">])[0].you.id, id);
    quit(stage, back);
  }
});

Deno.test("the refusal says how another device of the same person gets in, whether the owner is present or not", () => {
  const { stage } = absentOwner();
  const text = `Name "ada" belongs to a member with a key: link this device with /link on the other one, ` +
    `or choose another name: "ada2" is free`;
  const refusal = (name = "ada") => (stage.events(enter(stage, { name, key: OTHER }))[0] as Of<"error">).message;
  assertEquals(refusal(), text);
  enter(stage, { key: KEY });
  assertEquals(refusal(), text);
  assertEquals(refusal("ada."), `Name "ada." is too similar to "ada": "ada.2" is free`);
});

Deno.test("a member owns one name: a rename and a return under another name move it", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  stage.say(ada, { type: "rename", name: "countess" });
  assertEquals(owned(stage), ["countess"]);
  quit(stage, enter(stage, { name: "ada", key: OTHER }));
  assertEquals(owned(stage).sort(), ["ada", "countess"]);
  stage.drop(ada);
  stage.pass(GRACE_MS);
  stage.drop(enter(stage, { name: "lovelace", key: KEY }));
  stage.restart();
  assertEquals(owned(stage).sort(), ["ada", "lovelace"]);
  assertEquals(stage.seen(enter(stage, { name: "countess" })), ["joined lobby as countess with 1, seq 0"]);
});

Deno.test("a name keeps its owner when only its case changes", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  for (const name of ["ADA", "ada", "Ada."]) stage.say(ada, { type: "rename", name });
  quit(stage, ada);
  assertEquals(owned(stage), ["Ada."]);
  assert(stage.seen(enter(stage, { name: "ada" }))[0]!.startsWith("! name_taken"));
});

Deno.test("a token owns no name, and the key that takes its place does", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada" });
  const [{ you: { token } }] = stage.events(ada) as [Of<"joined">];
  quit(stage, ada);
  assertEquals(owned(stage), []);
  quit(stage, enter(stage, { token, key: KEY }));
  assertEquals(stage.seen(enter(stage, { name: "ada" })), TAKEN);
});

Deno.test("a registered name needs no owner's record, and one that is removed is owned again after the next join", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  assertEquals(owned(stage), ["ada"]);
  stage.say(ada, { type: "register", password: "a password" });
  stage.hash();
  stage.drop(ada);
  stage.drop(enter(stage, { key: KEY }));
  assertEquals(owned(stage), []);
  const owner = stage.connect(true, { privileged: true });
  stage.say(owner, { type: "remove", account: "ada" });
  stage.pass(GRACE_MS);
  quit(stage, enter(stage, { name: "ada", key: KEY }));
  assertEquals(owned(stage), ["ada"]);
});

Deno.test("a ban from the server frees the name, for present and absent owners, and one from a room does not", () => {
  for (const present of [true, false]) {
    const { stage } = absentOwner();
    if (present) enter(stage, { key: KEY });
    const owner = stage.connect(true, { privileged: true });
    stage.say(owner, { type: "ban", name: "ada", room: "lobby" });
    assertEquals(owned(stage), ["ada"]);
    stage.say(owner, { type: "ban", name: "ada" });
    assertEquals(owned(stage), []);
    assertEquals(stage.seen(enter(stage, { name: "ada", key: OTHER })), ["joined lobby as ada with 1, seq 0"]);
  }
});

Deno.test("a name is free OWNED_NAME_MS after the last visit, and who takes it then is marked as new", () => {
  const { stage } = absentOwner();
  stage.pass(VISIT_NOTE_MS);
  quit(stage, enter(stage, { key: KEY }));
  stage.restart();
  stage.pass(OWNED_NAME_MS - 1);
  assertEquals(stage.seen(enter(stage, { name: "ada", key: OTHER })), TAKEN);
  stage.pass(1);
  assertEquals([owned(stage), noted(stage.effects)], [[], 1]);
  const bob = stage.join("bob");
  stage.forget();
  enter(stage, { name: "ada", key: OTHER });
  assertEquals(stage.events(bob).map((event) => event.type === "join" && event.member.new), [true]);
  stage.restart();
  assertEquals(stage.seen(enter(stage, { key: KEY })), TAKEN);
});

Deno.test("a name stays with an owner who is here for longer than OWNED_NAME_MS, and as long again after that", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  for (let day = 0; day < 45; day++) stage.pass(24 * 60 * 60 * 1_000);
  const before = stage.store.members.length;
  quit(stage, ada);
  // The store remembers the member from the end of the visit.
  assertEquals([noted(stage.effects), stage.store.members.length], [1, before + 1]);
  stage.restart();
  stage.pass(OWNED_NAME_MS - 1);
  assertEquals(stage.seen(enter(stage, { name: "ada", key: OTHER })), TAKEN);
  stage.pass(1);
  assertEquals(owned(stage), []);
});

Deno.test("visits within VISIT_NOTE_MS of each other are stored once, for a further device not at all", () => {
  const stage = new Stage();
  const visit = () => {
    const session = enter(stage, { name: "ada", key: KEY });
    const atJoin = noted(stage.effects);
    enter(stage, { key: KEY });
    const further = noted(stage.effects);
    stage.drop(session);
    return [atJoin, further, noted(stage.effects)];
  };
  assertEquals(visit(), [1, 0, 0]);
  stage.pass(VISIT_NOTE_MS - 1);
  assertEquals(visit(), [0, 0, 0]);
  stage.pass(1);
  assertEquals(visit(), [1, 0, 0]);
});

Deno.test("names lapse a few in each tick, so that no tick takes long", () => {
  const stage = new Stage();
  const count = 2 * NAMES_LAPSED_AT_ONCE + 1;
  for (let n = 0; n < count; n++) quit(stage, enter(stage, { name: `guest${n}`, key: keyOf(n) }));
  const lapsed = [0, 1, 2, 3].map((tick) => {
    stage.pass(tick === 0 ? OWNED_NAME_MS : 1_000);
    return noted(stage.effects);
  });
  assertEquals(lapsed, [NAMES_LAPSED_AT_ONCE, NAMES_LAPSED_AT_ONCE, 1, 0]);
});

Deno.test("beyond the limit of an address guests join as before, and own nothing; others own theirs", () => {
  const places = [["192.0.2.7", MAX_OWNED_NAMES_PER_ADDRESS], [undefined, MAX_OWNED_NAMES_OF_THIS_MACHINE]] as const;
  for (const [address, limit] of places) {
    const stage = new Stage();
    for (let n = 0; n <= limit; n++) quit(stage, enter(stage, { name: `mallory${n}`, key: keyOf(n) }, { address }));
    assertEquals(owned(stage).length, limit);
    stage.restart();
    const last = `mallory${limit}`;
    const seen = stage.seen(enter(stage, { name: last, key: keyOf(8_000) }, { address }));
    assertEquals(seen, [`joined lobby as ${last} with 1, seq 0`]);
    quit(stage, enter(stage, { name: "ada", key: keyOf(9_000) }, { address: "192.0.2.8" }));
    assertEquals(owned(stage).slice(limit), ["ada"]);
  }
});

Deno.test("an owner moves their name at any address, and still counts for the one where they got the first", () => {
  const stage = new Stage();
  const address = "192.0.2.7";
  for (let n = 0; n < MAX_OWNED_NAMES_PER_ADDRESS; n++) {
    quit(stage, enter(stage, { name: `guest${n}`, key: keyOf(n) }, { address }));
  }
  quit(stage, enter(stage, { name: "moved", key: keyOf(0) }, { address: "192.0.2.8" }));
  quit(stage, enter(stage, { name: "also", key: keyOf(1) }, { address }));
  quit(stage, enter(stage, { name: "kim", key: keyOf(8_000) }, { address }));
  assertEquals(["moved", "also", "kim"].map((name) => owned(stage).includes(name)), [true, true, false]);
});

Deno.test("a server has at most MAX_OWNED_NAMES, and is full until one of them lapses", () => {
  const records = Array.from({ length: MAX_OWNED_NAMES }, (_, n) => {
    const value = { name: `guest${n}`, seen: START + (n === 0 ? -OWNED_NAME_MS : 0), from: `192.0.2.${n % 256}` };
    return { kind: "name" as const, key: `id-${String(n).padStart(6, "0")}`, value };
  });
  const stage = new Stage({ records });
  const ada = enter(stage, { name: "ada", key: KEY });
  assertEquals(noted(stage.effects), 0);
  stage.pass(1);
  stage.drop(ada);
  enter(stage, { key: KEY });
  assertEquals(owned(stage), ["ada"]);
});

Deno.test("a name whose owner the store has forgotten is free, and its record ends when another key takes it", () => {
  const record = { kind: "name" as const, key: "id-000001", value: { name: "ada", seen: START, from: "local" } };
  const known = { id: "id-000001", name: "ada", tokenDigest: keyDigest(OTHER) };
  for (const isKnown of [true, false]) {
    const historyReader = { ...NOTHING_KNOWN, memberByName: () => isKnown ? known : undefined };
    const stage = new Stage({ records: [record], historyReader });
    const [seen] = stage.seen(enter(stage, { name: "ada", key: KEY }));
    assertEquals(seen, isKnown ? TAKEN[0] : "joined lobby as ada with 1, seq 0");
    const ended = stage.effects.filter((effect) => effect.type === "keepRecord" && effect.value === undefined);
    assertEquals(ended.length, isKnown ? 0 : 1);
  }
});

Deno.test("the record has the name, the time and the origin, and nothing by which the owner comes back", () => {
  const { stage, id } = absentOwner();
  const records = stage.store.records.filter(({ kind }) => kind === "name");
  assertEquals(records, [{ kind: "name", key: id, value: { name: "ada", seen: START, from: "local" } }]);
});
