import { assertEquals, assertRejects } from "@std/assert";
import { KeyedQueue } from "../../../src/files/disk/keyed_queue.ts";

Deno.test("work of one key runs in the order of the calls, also after a failure; other keys do not wait", async () => {
  const queue = new KeyedQueue();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queue.run("a", async () => {
    await gate.promise;
    log.push("a1");
    throw new Error("a1 fails");
  });
  const second = queue.run("a", () => void log.push("a2"));
  await queue.run("b", () => void log.push("b1"));
  assertEquals(log, ["b1"]);
  gate.resolve();
  await assertRejects(() => first, Error, "a1 fails");
  await second;
  assertEquals([log, await queue.run("a", () => 7)], [["b1", "a1", "a2"], 7]);
});

Deno.test("work waits for all of its key that was called for before, also when some of it is done", async () => {
  const queue = new KeyedQueue();
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  const first = queue.run("a", () => void log.push("first"));
  const second = queue.run("a", async () => {
    await gate.promise;
    log.push("second");
  });
  await first;
  await queue.run("b", () => {});
  const third = queue.run("a", () => void log.push("third"));
  await queue.run("b", () => {});
  assertEquals(log, ["first"]);
  gate.resolve();
  await Promise.all([second, third]);
  assertEquals(log, ["first", "second", "third"]);
});

Deno.test("idle waits for all work, and for what that work calls for", async () => {
  const queue = new KeyedQueue();
  const log: string[] = [];
  void queue.run("a", async () => {
    await Promise.resolve();
    void queue.run("b", () => void log.push("b"));
    log.push("a");
  });
  await queue.idle();
  assertEquals(log, ["a", "b"]);
  await queue.idle();
});
