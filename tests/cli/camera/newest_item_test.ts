import { assertEquals, assertRejects } from "@std/assert";
import { NewestItem } from "../../../src/cli/camera/newest_item.ts";

Deno.test("a slow reader gets the newest item, and each one once", async () => {
  const newest = new NewestItem<number>();
  const first = newest.take();
  newest.put(1);
  assertEquals(await first, 1);
  for (const item of [2, 3, 4]) newest.put(item);
  assertEquals(await newest.take(), 4);
  const next = newest.take();
  newest.put(5);
  assertEquals(await next, 5);
});

Deno.test("the last item comes before the end, and before a failure", async () => {
  const ended = new NewestItem<number>();
  ended.put(1);
  ended.end();
  assertEquals([await ended.take(), await ended.take(), await ended.take()], [1, undefined, undefined]);
  const failed = new NewestItem<number>();
  failed.put(1);
  failed.end(new Error("broken"));
  assertEquals(await failed.take(), 1);
  await assertRejects(() => failed.take(), Error, "broken");
  const waiting = new NewestItem<number>();
  const taking = waiting.take();
  waiting.end();
  assertEquals(await taking, undefined);
});
