import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Hub } from "../../../src/core/hub.ts";
import { digest } from "../../../src/server/turn/ids.ts";
import { CALL_STEP, FILE_STEP, STEP, type Step } from "../hub_model/step.ts";
import { type Of, Stage } from "../stage.ts";
import { canonicalText } from "./canonical_text.ts";
import { newTwinModel, twinOptions } from "./twin_hubs.ts";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");

Deno.test("two hubs on one log have equal effects and state after each input, and no secret is in any of them", () => {
  compare(STEP, 50);
});

Deno.test("two hubs on one log agree about files", () => {
  compare(FILE_STEP, 15, ["ada", "bob"].map((name) => ({ do: "arrive", name, room: "lobby" })));
});

Deno.test("two hubs on one log agree about calls", () => {
  compare(CALL_STEP, 15, ["ada", "bob", "eve"].map((name) => ({ do: "arrive", name, room: "lobby" })));
});

function compare(step: fc.Arbitrary<Step>, numRuns: number, first: readonly Step[] = []): void {
  const property = fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), (steps) => {
    const model = newTwinModel();
    for (const step of [...first, ...steps]) {
      model.apply(step);
      model.check();
    }
  });
  fc.assert(property, { numRuns });
}

Deno.test("no password, token or invite of a closed server is in its hub", () => {
  const access = { passwordDigest: digest("otter-lamp-crane"), adminDigest: digest("boss of all"), inviteOnly: true };
  const stage = new Stage({ ...twinOptions(), access });
  const owner = stage.connect();
  stage.say(owner, { type: "auth", password: "boss of all" });
  for (const room of ["lobby", "den"]) stage.say(owner, { type: "join", name: "ada", room });
  stage.say(owner, { type: "lock", room: "den", password: "tea time" });
  stage.say(owner, { type: "invite", room: "den", uses: 9 });
  const events = stage.events(owner);
  const { secret, words } = events.find(({ type }) => type === "invite") as Of<"invite">;
  const { you } = events.find(({ type }) => type === "joined") as Of<"joined">;
  const joins = [
    ...[{ password: "Otter Lamp Crane" }, { password: secret, room: "den" }, { password: words, room: "den" }],
    ...[{ password: "otter-lamp-crake" }, { name: undefined, token: you.token }, {
      token: "stolen-token.den",
      room: "den",
    }],
  ];
  const answers = joins.map((join, index) => {
    const session = stage.join(`guest${index}`, "lobby", join);
    if (stage.hashes.length > 0) stage.hash();
    return stage.events(session)[0]!;
  });
  assertEquals(answers.map(({ type }) => type), ["joined", "joined", "joined", "error", "joined", "error"]);
  const { token } = (answers[1] as Of<"joined">).you;
  const bound = stage.join("guest1", "den", { token });
  stage.say(bound, { type: "register", password: "correct horse" });
  stage.hash();
  const again = stage.join("guest1", "den", { password: "correct horse" });
  stage.hash();
  stage.say(again, { type: "auth", name: "guest1", password: "correct horse" });
  stage.hash();
  const [joined, authenticated] = stage.events(again).filter((event) => "token" in event || event.type === "joined");
  const tokens = [token, (joined as Of<"joined">).you.token, (authenticated as Of<"authenticated">).token];
  assertEquals(tokens.map((each) => /^token-\d+\.den$/.test(each!)), [true, true, true]);
  assertEquals(new Set(tokens).size, 3);
  stage.restart();
  assertEquals(stage.seen(stage.join("guest1", "den", { token: tokens[2] }))[0], "joined den as guest1 with 1, seq 0");
});

Deno.test("the text of a hub shows its private fields, and differs for other seeds", () => {
  const [text, same, other] = ["0", "0", "1"].map((digit) => {
    const server = { id: "s-1", name: "test", version: "0" };
    const hub = new Hub({ server, rate: undefined, seed: digit.repeat(64) });
    hub.open(1, { resumable: true }, NOW);
    return canonicalText(hub);
  });
  assertEquals(same, text);
  assertNotEquals(other, text);
});

Deno.test("the canonical text tells apart classes, orders, types, and one object from two alike", () => {
  const one = { a: 1 };
  const values = [
    ...[
      [one, one],
      [one, { a: 1 }],
      new Set([one]),
      new Map([[one, 1]]),
      [1, 2],
      [2, 1],
      new Set([1, 2]),
      new Set([2, 1]),
    ],
    ...[1, "1", null, undefined, { a: null }, {}, new Uint8Array([1, 2]), new Uint8Array([2, 1]), new (class A {})()],
  ];
  assertEquals(new Set(values.map(canonicalText)).size, values.length);
  assertEquals(canonicalText({ a: 1, b: undefined, c: 2 }), canonicalText({ c: 2, a: 1 }));
});

Deno.test("a room made again in the turn of its removal has no messages of the old one for either hub", () => {
  const stage = new Stage(twinOptions());
  const ada = stage.join("ada", "ops");
  const water = { type: "message", room: "ops", id: "019ab1f2-3c00-7abc-8def-000000000000", text: "water" };
  for (const command of [water, { type: "remove", room: "ops" }, { type: "join", room: "ops" }, water]) {
    stage.say(ada, command);
  }
  assertEquals(stage.stored.map(({ seq }) => seq), [1]);
});

Deno.test("a secret in an input is found", () => {
  const stage = new Stage(twinOptions());
  const ada = stage.join("ada");
  assertThrows(() => stage.say(ada, { type: "message", text: "my token is token-1" }), Error, "contains the secret");
});
