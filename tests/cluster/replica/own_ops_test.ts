import { assertEquals } from "@std/assert";
import { type OwnItem, OwnOps } from "../../../src/cluster/replica/own_ops.ts";
import { sessionOf } from "./replica_stage.ts";

const EFFECTS = [{ type: "exit", session: 1, room: "lobby" }] as const;

function close(own: OwnOps<string>, nth: number): number {
  const session = sessionOf(1, nth);
  own.add({ op: "close", session, reason: "left" }, `local ${nth}`);
  return session;
}

/** Writes the items as the next entry. */
function write(own: OwnOps<string>, n: number, maxBytes = 1_000_000): readonly OwnItem<string>[] {
  const items = own.take(maxBytes);
  own.entries.push({ n, data: new Uint8Array(1), wroteAt: 0, items });
  return items;
}

function shapes(items: readonly OwnItem<string>[]): string[] {
  return items.map((item) => "op" in item ? item.local ?? "" : "effects");
}

/** Notes when the promise of `settled` resolves. */
function watch(own: OwnOps<string>, name: string, notes: string[]): void {
  void own.settled().then(() => notes.push(name));
}

Deno.test("an entry takes ops in order up to its limit, at least one, with the effects around them", () => {
  const own = new OwnOps<string>();
  own.addEffects(EFFECTS);
  for (let nth = 1; nth <= 3; nth++) {
    close(own, nth);
    own.addEffects(EFFECTS);
  }
  const bytes = own.queuedBytes;
  assertEquals(shapes(own.take(bytes / 3 * 2)), ["effects", "local 1", "effects", "local 2", "effects"]);
  assertEquals(Math.round(own.queuedBytes), Math.round(bytes / 3));
  assertEquals(shapes(own.take(1)), ["local 3", "effects"]);
  assertEquals([own.queuedBytes, own.isQueued, own.take(1)], [0, false, []]);
});

Deno.test("the limit counts bytes of UTF-8, also of escapes", () => {
  const own = new OwnOps<string>();
  for (const text of ["ä", "😀", '"', "\\u0001"]) {
    own.add({ op: "cancelUpload", id: text.repeat(1_000), hasBytes: false }, "");
  }
  const items = own.take(1_000_000);
  const texts = items.flatMap((item) => "op" in item ? [item.json] : []);
  const real = new TextEncoder().encode(texts.map((text) => `${text},`).join("")).length;
  assertEquals(items.reduce((sum, item) => sum + ("op" in item ? item.bytes : 0), 0), real);
});

Deno.test("a session is pending until all its ops are finished", () => {
  const own = new OwnOps<string>();
  const session = close(own, 1);
  close(own, 1);
  assertEquals(own.isPending(session), true);
  const first = write(own, 1, 1);
  write(own, 2);
  own.finish(first);
  assertEquals(own.isPending(session), true);
  own.finish(own.entries[1]!.items);
  assertEquals(own.isPending(session), false);
});

Deno.test("settled waits for what was added before it, in entries and in the queue", async () => {
  const own = new OwnOps<string>();
  const notes: string[] = [];
  watch(own, "empty", notes);
  await undefined;
  close(own, 1);
  watch(own, "first", notes);
  write(own, 1);
  own.addEffects(EFFECTS);
  watch(own, "effects", notes);
  await undefined;
  assertEquals(notes, ["empty"]);
  own.finish(own.entries.shift()!.items);
  own.settle();
  await undefined;
  await undefined;
  assertEquals(notes, ["empty", "first"]);
  assertEquals(shapes(own.takeEffects()), ["effects"]);
  own.settle();
  await undefined;
  await undefined;
  assertEquals(notes, ["empty", "first", "effects"]);
});

Deno.test("with their sessions all ops and effects are dropped, and ops without a session come first again", async () => {
  const own = new OwnOps<string>();
  const notes: string[] = [];
  const session = close(own, 1);
  own.add({ op: "cancelUpload", id: "a", hasBytes: false }, "a");
  write(own, 1);
  own.addEffects(EFFECTS);
  close(own, 2);
  watch(own, "before", notes);
  own.add({ op: "cancelUpload", id: "b", hasBytes: false }, "b");
  own.dropSessions();
  assertEquals([own.entries.length, own.isPending(session)], [0, false]);
  await undefined;
  assertEquals(notes, []);
  const [item] = own.take(1);
  assertEquals(shapes([item!]), ["a"]);
  assertEquals(shapes(own.take(1)), ["b"]);
  own.settle();
  await undefined;
  await undefined;
  assertEquals(notes, ["before"]);
  assertEquals(own.queuedBytes, 0);
});

Deno.test("when everything is cleared nothing is pending, and all promises resolve", async () => {
  const own = new OwnOps<string>();
  const session = close(own, 1);
  write(own, 1);
  close(own, 2);
  const settled = own.settled();
  own.clear();
  await settled;
  assertEquals([own.isPending(session), own.queuedBytes, own.isQueued, own.entries.length], [false, 0, false, 0]);
});
