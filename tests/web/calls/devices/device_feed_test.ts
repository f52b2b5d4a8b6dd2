import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError } from "../../../../src/client/calls/call_ports.ts";
import { deviceFault } from "../../../../src/web/calls/devices/device_faults.ts";
import { DeviceFeed } from "../../../../src/web/calls/devices/device_feed.ts";

Deno.test("a feed keeps the newest items for its reader, waits for more, and ends at once", async () => {
  const feed = new DeviceFeed<number>(3);
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
  const feed = new DeviceFeed<number>(3);
  const waiting = feed[Symbol.asyncIterator]().next();
  feed.end(new DeviceError("unplugged"));
  feed.end(new Error("later"));
  await assertRejects(() => waiting, DeviceError, "unplugged");
});

Deno.test("each fault of a device is a sentence that names it and the command to try again", () => {
  for (const name of ["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", "AbortError", "Other"]) {
    for (const [kind, command] of [["camera", "/camera on"], ["microphone", "/mic on"]] as const) {
      const sentence = deviceFault(kind, name);
      assertEquals([sentence.includes(kind), sentence.endsWith(command)], [true, true], sentence);
    }
  }
});
