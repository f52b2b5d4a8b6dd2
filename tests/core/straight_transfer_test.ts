import { assertEquals } from "@std/assert";
import { type Of, Stage } from "./stage.ts";

const ID = "01a1fc07-c0de-7000-8a2b-6c11d3f09e55";
const OFFER = { type: "direct", id: ID, step: "offer", name: "plan.pdf", size: 7 };

Deno.test("a step of a straight transfer reaches all sessions of the other member, and is not kept", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve")];
  const second = stage.join("bob", "lobby", { name: undefined, token: "token-2" });
  stage.forget();
  stage.say(ada, { ...OFFER, to: "Bob", ref: "1" });
  const from = { id: stage.idOf("ada"), name: "ada" };
  const { type: _, ...step } = OFFER;
  for (const session of [bob, second]) {
    assertEquals(stage.events(session) as Of<"direct">[], [{ type: "direct", from, ...step }] as never);
  }
  assertEquals([stage.seen(ada), stage.seen(eve)], [[], []]);
  stage.say(bob, { type: "direct", to: from.id, id: ID, step: "accept" });
  assertEquals(stage.seen(ada), ["bob accept"]);
  assertEquals([stage.stored, stage.store.records.length], [[], 0]);
});

Deno.test("a step is refused to oneself, to unknown members and to those who are not connected", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { ...OFFER, to: "ada" });
  stage.say(ada, { ...OFFER, to: "nobody" });
  assertEquals(stage.seen(ada), ["! invalid", "! no_such_member"]);
  const id = stage.idOf("bob");
  stage.drop(bob);
  stage.pass(60_000);
  stage.forget();
  stage.say(ada, { ...OFFER, to: id });
  assertEquals(stage.seen(ada).length, 1);
});

Deno.test("a muted member sends no step, and a member who blocks another gets none of theirs", () => {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.say(ada, { type: "message", to: "bob", text: "hi" });
  stage.say(bob, { type: "block", to: "ada" });
  stage.forget();
  stage.say(ada, { ...OFFER, to: "bob" });
  assertEquals([stage.seen(ada), stage.seen(bob)], [[], []]);
  stage.say(bob, { type: "block", to: "ada", off: true });
  stage.say(owner, { type: "mute", name: "ada" });
  stage.forget();
  stage.say(ada, { ...OFFER, to: "bob" });
  assertEquals([stage.seen(ada), stage.seen(bob)], [["! forbidden"], []]);
});

Deno.test("offers count as messages, and the other steps do not", () => {
  const stage = new Stage({ rate: { perSecond: 1, burst: 2 } });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  for (let nth = 0; nth < 3; nth++) stage.say(ada, { ...OFFER, to: "bob" });
  for (let nth = 0; nth < 3; nth++) stage.say(ada, { type: "direct", to: "bob", id: ID, step: "cancel" });
  assertEquals(stage.seen(ada), ["! rate_limited"]);
  assertEquals(stage.events(bob).length, 5);
});
