import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError } from "../../../src/client/calls/call_ports.ts";
import { NewestFeed } from "../../../src/web/calls/newest_feed.ts";

Deno.test("a feed keeps the newest items for its reader, waits for more, and ends at once", async () => {
  const feed = new NewestFeed<number>(3);
  for (const item of [1, 2, 3, 4, 5]) feed.push(item);
  const reader = feed[Symbol.asyncIterator]();
  for (const value of [3, 4, 5]) assertEquals(await reader.next(), { done: false, value });
  const later = reader.next();
  feed.push(6);
  assertEquals(await later, { done: false, value: 6 });
  const last = reader.next();
  feed.end();
  feed.push(7);
  assertEquals(await last, { done: true, value: undefined });
});

Deno.test("a feed whose device fails rejects with the first error", async () => {
  const feed = new NewestFeed<number>(3);
  const waiting = feed[Symbol.asyncIterator]().next();
  feed.end(new DeviceError("unplugged"));
  feed.end(new Error("later"));
  await assertRejects(() => waiting, DeviceError, "unplugged");
});
