import { assertEquals } from "@std/assert";
import type { Target } from "../../../src/client/delivery/message_intent.ts";
import { SendQueue } from "../../../src/client/delivery/send_queue.ts";

const anywhere = () => true;

function filled(count: number, rate?: { perSecond: number; burst: number }): SendQueue {
  const delivery = new SendQueue();
  delivery.setRate(rate);
  for (let index = 1; index <= count; index++) {
    const target: Target = index % 2 === 1 ? { room: "odd" } : { to: "even" };
    delivery.add({ ref: `r${index}`, target, text: "x" });
  }
  return delivery;
}

function refs(delivery: SendQueue, now = 0, isReady: (target: Target) => boolean = anywhere): string[] {
  return delivery.take(now, isReady).messages.map(({ ref }) => ref);
}

Deno.test("due messages are sent once, in the order typed, and stay pending", () => {
  const delivery = filled(3);
  assertEquals(refs(delivery), ["r1", "r2", "r3"]);
  assertEquals(refs(delivery), []);
  assertEquals(delivery.pending.map(({ ref }) => ref), ["r1", "r2", "r3"]);
});

Deno.test("a target that is not ready delays only its own messages", () => {
  const delivery = filled(4);
  assertEquals(refs(delivery, 0, (target) => "to" in target), ["r2", "r4"]);
  assertEquals(refs(delivery), ["r1", "r3"]);
});

Deno.test("after a lost link all unacknowledged messages are sent again in the same order", () => {
  const delivery = filled(4);
  refs(delivery);
  delivery.remove("r2");
  delivery.linkLost();
  assertEquals(refs(delivery), ["r1", "r3", "r4"]);
});

Deno.test("a rate-limited message is sent before later ones, and not before its time", () => {
  const delivery = filled(3);
  refs(delivery);
  delivery.hold("r1", 700);
  delivery.hold("r2", 500);
  delivery.remove("r3");
  delivery.add({ ref: "r4", target: { room: "odd" }, text: "x" });
  assertEquals(delivery.take(600, anywhere), { messages: [], waitMs: 100 });
  assertEquals(refs(delivery, 700), ["r1"]);
});

Deno.test("with few tokens, a message waits for the ack of the previous one", () => {
  const delivery = filled(30, { perSecond: 5, burst: 9 });
  assertEquals(refs(delivery).length, 5);
  assertEquals(refs(delivery), []);
  for (const ref of ["r1", "r2", "r3", "r4", "r5"]) delivery.remove(ref);
  assertEquals(refs(delivery), ["r6"]);
  delivery.remove("r6");
  assertEquals(refs(delivery), ["r7"]);
});

Deno.test("an ack or refusal with an unknown ref, or of an unsent message, changes nothing", () => {
  const delivery = filled(1);
  assertEquals(delivery.remove("other"), undefined);
  delivery.hold("other", 1_000);
  delivery.hold("r1", 1_000);
  assertEquals(refs(delivery), ["r1"]);
});

Deno.test("a slow room delays only its own messages, one after another", () => {
  const delivery = filled(0);
  delivery.setSlow("slow", true);
  for (const ref of ["s1", "s2"]) delivery.add({ ref, target: { room: "slow" }, text: "x" });
  delivery.add({ ref: "o1", target: { room: "other" }, text: "x" });
  assertEquals(refs(delivery), ["s1", "o1"], "the second might overtake a first one that is refused");
  delivery.hold("s1", 30_000);
  delivery.remove("o1");
  delivery.add({ ref: "o2", target: { to: "bob" }, text: "x" });
  assertEquals(delivery.take(0, anywhere).messages.map(({ ref }) => ref), ["o2"]);
  delivery.remove("o2");
  assertEquals(delivery.take(1_000, anywhere), { messages: [], waitMs: 29_000 });
  assertEquals(refs(delivery, 30_000), ["s1"]);
  delivery.remove("s1");
  assertEquals(refs(delivery, 30_000), ["s2"]);
});

Deno.test("a room without slow mode gets all messages at once, and the number of slow rooms is limited", () => {
  const delivery = filled(0);
  for (let index = 0; index < 100; index++) delivery.setSlow(`room${index}`, true);
  for (const ref of ["a1", "a2"]) delivery.add({ ref, target: { room: "room0" }, text: "x" });
  for (const ref of ["b1", "b2"]) delivery.add({ ref, target: { room: "room99" }, text: "x" });
  assertEquals(refs(delivery), ["a1", "b1", "b2"]);
  delivery.setSlow("room0", false);
  assertEquals(refs(delivery), ["a2"]);
});
