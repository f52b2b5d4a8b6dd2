import { assert, assertEquals } from "@std/assert";
import { MemoryDirects } from "../../../src/history/memory/memory_directs.ts";
import { MAX_TEXT_BYTES, MAX_WAITING_DIRECT, MEMORY_DIRECT_CHARS } from "../../../src/protocol/limits.ts";
import type { DirectMessage } from "../../../src/protocol/messages/messages.ts";
import { START_MS } from "../../contracts/history_store_contract.ts";

const ADA = { id: "ada-id", name: "ada" };

function direct(nth: number, receiver: string, text = "hello"): DirectMessage {
  const to = { id: receiver, name: receiver };
  return {
    type: "message",
    id: String(nth).padStart(6, "0"),
    to,
    from: ADA,
    text,
    at: new Date(START_MS).toISOString(),
  };
}

function countOf(directs: MemoryDirects, receiver: string): number {
  return directs.unconfirmed(receiver, MAX_WAITING_DIRECT, START_MS).length;
}

Deno.test("all receivers together have at most MEMORY_DIRECT_CHARS waiting, and those with the most text lose their oldest messages", () => {
  const directs = new MemoryDirects(1_000);
  const text = "x".repeat(MAX_TEXT_BYTES);
  const flooded = Math.ceil(1.2 * MEMORY_DIRECT_CHARS / MAX_TEXT_BYTES / MAX_WAITING_DIRECT);
  directs.add(direct(0, "bob"));
  for (let receiver = 0; receiver < flooded; receiver++) {
    for (let nth = 0; nth < MAX_WAITING_DIRECT; nth++) directs.add(direct(nth, `r${receiver}`, text));
  }
  directs.prune(START_MS);
  const counts = Array.from({ length: flooded }, (_, receiver) => countOf(directs, `r${receiver}`));
  const chars = MAX_TEXT_BYTES * counts.reduce((sum, count) => sum + count, 0);
  assert(chars <= MEMORY_DIRECT_CHARS && chars > MEMORY_DIRECT_CHARS / 2, counts.join());
  assertEquals(countOf(directs, "bob"), 1);
  const [newest] = directs.unconfirmed("r0", 1, START_MS);
  assertEquals(newest, direct(MAX_WAITING_DIRECT - 1, "r0", text));
});

Deno.test("messages that were confirmed or dropped do not count towards the limit", () => {
  const directs = new MemoryDirects(2);
  const text = "x".repeat(MAX_TEXT_BYTES);
  directs.add(direct(0, "bob"));
  for (let nth = 1; nth < 2 * MEMORY_DIRECT_CHARS / MAX_TEXT_BYTES; nth++) {
    const receiver = `r${nth % 2}`;
    directs.add(direct(nth, receiver, text));
    if (nth % 2 === 0) directs.confirm(receiver, direct(nth, receiver).id);
  }
  directs.prune(START_MS);
  assertEquals([countOf(directs, "r0"), countOf(directs, "r1")], [0, MAX_WAITING_DIRECT]);
});

Deno.test("beyond its number of receivers, the one whose newest message is oldest is forgotten", () => {
  const directs = new MemoryDirects(2);
  for (const [nth, receiver] of ["bob", "cy", "bob", "dan"].entries()) directs.add(direct(nth, receiver));
  assertEquals(["bob", "cy", "dan"].map((receiver) => countOf(directs, receiver)), [2, 0, 1]);
});
