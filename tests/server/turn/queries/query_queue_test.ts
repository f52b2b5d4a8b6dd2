import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import type { Peer } from "../../../../src/server/connection/peer.ts";
import { type Query, QueryQueue, type RunningSearch } from "../../../../src/server/turn/queries/query_queue.ts";
import { MAX_SEARCH_MS, QUERY_SLICE_MS } from "../../../../src/protocol/limits.ts";
import type { RoomMessage } from "../../../../src/protocol/messages/messages.ts";

/** A queue with a clock of the test: each query takes one millisecond, and each search step `stepMs`. */
class Stage {
  readonly ran: string[] = [];
  readonly failures: unknown[] = [];
  /** Peers whose password is being checked. */
  readonly waiting = new Set<Peer>();
  now = 0;
  stepMs = 1;
  flushes = 0;
  readonly queue = new QueryQueue(
    {
      runQuery: (peer, query) => this.#run(peer, query),
      isHeld: (peer) => this.waiting.has(peer),
      mayBegin: true,
      flush: () => this.flushes++,
      fail: (error) => this.failures.push(error),
    },
    () => this.now,
  );

  #run(peer: Peer, query: Query): void {
    this.now++;
    this.ran.push(`${peer.id} ${"frame" in query ? query.frame : query.command.type}`);
  }

  add(peer: Peer, ...frames: readonly string[]): void {
    this.queue.add(peer, frames.map((frame) => ({ frame })));
  }

  search(peer: Peer, steps: number): Promise<[found: number, complete: boolean]> {
    const { promise, resolve } = Promise.withResolvers<[number, boolean]>();
    const done: RunningSearch["done"] = (messages, complete) => resolve([messages.length, complete]);
    this.queue.addSearch(peer, { steps: this.#steps(steps), done });
    return promise;
  }

  /** Finds one message. */
  *#steps(count: number): Generator<void, RoomMessage[], boolean | void> {
    const found = [{} as RoomMessage];
    for (let step = 0; step < count; step++) {
      this.now += this.stepMs;
      if (yield) return found;
    }
    return [...found, ...found];
  }

  /** Resolves after one turn of the event loop. */
  async slice(): Promise<void> {
    const { flushes } = this;
    while (this.flushes === flushes) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The part of a peer that the queue needs. */
class FakePeer {
  readonly id: number;
  closing = false;
  /** The promise of `startQueries`. */
  busy: Promise<void> | undefined;

  constructor(id: number) {
    this.id = id;
  }

  startQueries(done: Promise<void>): void {
    this.busy = done;
  }

  endQueries(): void {
    this.busy = undefined;
  }
}

function peer(id: number): FakePeer & Peer {
  return new FakePeer(id) as unknown as FakePeer & Peer;
}

Deno.test("queries of a peer run in order, and the peer is busy until the last", async () => {
  const stage = new Stage();
  const ada = peer(1);
  stage.add(ada, "a", "b");
  stage.add(ada, "c");
  const { busy } = ada;
  await stage.slice();
  assertEquals(stage.ran, ["1 a", "1 b", "1 c"]);
  await busy;
  assertEquals(ada.busy, undefined);
});

Deno.test("peers take turns, whatever their queries", async () => {
  const stage = new Stage();
  stage.add(peer(1), "a", "b", "c", "d");
  stage.add(peer(2), "x");
  await stage.slice();
  assertEquals(stage.ran, ["1 a", "2 x", "1 b", "1 c", "1 d"]);
});

Deno.test("a slice ends after QUERY_SLICE_MS, and the rest is left to the next one", async () => {
  const stage = new Stage();
  stage.add(peer(1), ...Array.from({ length: 12 }, (_, n) => String(n)));
  await stage.slice();
  assertEquals(stage.ran.length, QUERY_SLICE_MS);
  await stage.slice();
  await stage.slice();
  assertEquals(stage.ran.length, 12);
});

Deno.test("a long search takes many slices with turns of others in between, and its reply comes before its peer's next one", async () => {
  const stage = new Stage();
  const ada = peer(1);
  const searched = stage.search(ada, 3 * QUERY_SLICE_MS);
  stage.add(ada, "after");
  stage.add(peer(2), "x");
  await stage.slice();
  assertEquals(stage.now, QUERY_SLICE_MS);
  await stage.slice();
  assertEquals(stage.ran, ["2 x"]);
  assertEquals(await searched, [2, true]);
  await ada.busy;
  assertEquals(stage.ran, ["2 x", "1 after"]);
});

Deno.test("a search that works longer than MAX_SEARCH_MS ends with its findings so far", async () => {
  const stage = new Stage();
  stage.stepMs = MAX_SEARCH_MS / 10;
  assertEquals(await stage.search(peer(1), 100), [1, false]);
  assert(stage.now <= MAX_SEARCH_MS + stage.stepMs, `${stage.now} ms`);
});

Deno.test("queries of a closed peer are dropped", async () => {
  const stage = new Stage();
  const ada = peer(1);
  stage.add(ada, "a");
  const { busy } = ada;
  Object.assign(ada, { closing: true });
  await stage.slice();
  await busy;
  assertEquals(stage.ran, []);
});

Deno.test("the end of the queue releases every peer and runs no more queries", async () => {
  const stage = new Stage();
  const ada = peer(1);
  stage.add(ada, ...Array(20).fill("a"));
  await stage.slice();
  const { busy } = ada;
  stage.queue.end();
  await busy;
  assertEquals([ada.busy, stage.ran.length], [undefined, QUERY_SLICE_MS]);
});

Deno.test("queries and searches that are added after the end leave their peer free", async () => {
  const stage = new Stage();
  stage.add(peer(1), ...Array(20).fill("a"));
  await stage.slice();
  stage.queue.end();
  const bob = peer(2);
  stage.add(bob, "x");
  assertEquals(bob.busy, undefined);
  void stage.search(bob, 1);
  assertEquals(bob.busy, undefined);
});

Deno.test("a store error is passed to the host", async () => {
  const stage = new Stage();
  const fault = new Error("disk");
  const steps = {
    next: () => {
      throw fault;
    },
  };
  stage.queue.addSearch(peer(1), { steps, done: () => {} });
  await stage.slice();
  stage.queue.end();
  assertEquals(stage.failures[0], fault);
});

Deno.test("queries of a peer wait while its password is checked, and those of others do not", async () => {
  const stage = new Stage();
  const [ada, bob] = [peer(1), peer(2)];
  stage.waiting.add(ada);
  stage.add(ada, "a");
  stage.add(bob, "x");
  await stage.slice();
  assertEquals(stage.ran, ["2 x"]);
  stage.add(ada, "b");
  const { busy } = ada;
  stage.waiting.delete(ada);
  stage.queue.wake();
  await busy;
  assertEquals(stage.ran, ["2 x", "1 a", "1 b"]);
});

Deno.test("a peer that closes during a password check is released", async () => {
  const stage = new Stage();
  const [ada, bob] = [peer(1), peer(2)];
  for (const one of [ada, bob]) {
    stage.waiting.add(one);
    stage.add(one, "a");
  }
  await stage.slice();
  const busy = [ada.busy, bob.busy];
  Object.assign(ada, { closing: true });
  stage.queue.wake();
  await busy[0];
  stage.queue.end();
  await busy[1];
  assertEquals(stage.ran, []);
});
