import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { TickBatcher } from "../../../src/server/turn/tick_batcher.ts";

function note<T>(list: T[], ...items: T[]): undefined {
  list.push(...items);
}

Deno.test("items that arrive in one turn of the event loop run together, in order", async () => {
  const turns: (readonly string[])[] = [];
  const gather = new TickBatcher<string>((arrived) => note(turns, arrived), () => 1, 100);
  const one = gather.add("a");
  const later = Promise.resolve().then(() => gather.add("b"));
  const third = gather.add("c");
  assertEquals(turns, []);
  await Promise.all([one, later, third]);
  assertEquals(turns, [["a", "c", "b"]]);
});

Deno.test("items that arrive while a turn runs belong to the next one", async () => {
  const turns: (readonly string[])[] = [];
  let second: Promise<void> | undefined;
  const gather = new TickBatcher<string>(
    (arrived) => {
      turns.push(arrived);
      second ??= gather.add("later");
      return undefined;
    },
    () => 1,
    100,
  );
  await gather.add("first");
  assertEquals(turns, [["first"]]);
  await second;
  assertEquals(turns, [["first"], ["later"]]);
});

Deno.test("add resolves when its turn is over", async () => {
  const order: string[] = [];
  const gather = new TickBatcher<string>((arrived) => note(order, ...arrived), () => 1, 100);
  for (const item of ["a", "b"]) {
    await gather.add(item);
    order.push(`after ${item}`);
  }
  assertEquals(order, ["a", "after a", "b", "after b"]);
});

Deno.test("add also waits for the promise of its own turn, and not for that of other turns", async () => {
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const gather = new TickBatcher<string>(([item]) => item === "slow" ? promise : undefined, () => 1, 100);
  const slow = gather.add("slow").then(() => order.push("slow"));
  await new Promise<void>((resolve) => setImmediate(resolve));
  await gather.add("quick").then(() => order.push("quick"));
  resolve();
  await slow;
  assertEquals(order, ["quick", "slow"]);
});

Deno.test("an item too heavy for one turn is spread over several, in order, with turns of others in between", async () => {
  const turns: (readonly number[])[] = [];
  const gather = new TickBatcher<number>((arrived) => note(turns, arrived), (item) => item, 10);
  const all = Promise.all([4, 4, 4, 25, 1, 9].map((item) => gather.add(item)));
  const late = new Promise<void>((resolve) => setImmediate(() => gather.add(2).then(resolve)));
  await all;
  assertEquals(turns, [[4, 4, 4], [25], [1, 9]]);
  await late;
  assertEquals(turns.at(-1), [2]);
});
