import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Effect } from "../../../src/core/effect.ts";
import { JSON_LINES } from "../../../src/framing/json_lines.ts";
import { PlainText } from "../../../src/framing/plain/plain_text.ts";
import { SIGNAL_OUTBOX_BYTES, SIGNAL_TURN_EFFECTS } from "../../../src/protocol/limits.ts";
import type { Peer } from "../../../src/server/connection/peer.ts";
import { SignalQueue } from "../../../src/server/output/signal_queue.ts";

const ADA = { id: "m-1", name: "ada" };
const BOB = { id: "m-2", name: "bob" };

function typing(member: typeof ADA, ...sessions: number[]): Extract<Effect, { type: "signal" }> {
  return { type: "signal", sessions, event: { type: "typing", room: "lobby", member } };
}

/** A queue with these peers, each with the number of bytes that wait for it. */
function queueFor(...queued: number[]) {
  const received: Uint8Array[][] = queued.map(() => []);
  const peers = new Map(queued.map((queuedBytes, index) => {
    const { format } = index === queued.length - 1 ? new PlainText() : JSON_LINES;
    const sendChunk = (chunk: Uint8Array) => received[index]!.push(chunk);
    return [index, { format, outbox: { queuedBytes }, sendChunk } as unknown as Peer];
  }));
  const names = () => received.map((chunks) => chunks.map((chunk) => /"name":"(\w+)"/.exec(text(chunk))![1]));
  return { queue: new SignalQueue(peers), received, names };
}

const text = (chunk: Uint8Array) => new TextDecoder().decode(chunk);

Deno.test("a signal is encoded once, for all its receivers except people on nc and those with much to read", () => {
  const { queue, received, names } = queueFor(0, SIGNAL_OUTBOX_BYTES, SIGNAL_OUTBOX_BYTES + 1, 0);
  queue.add(typing(ADA, 0, 1, 2, 3, 4));
  assertEquals(names(), [[], [], [], []]);
  queue.send();
  assertEquals(names(), [["ada"], ["ada"], [], []]);
  assertStrictEquals(received[0]![0], received[1]![0]);
  assertEquals(text(received[0]![0]!), `${JSON.stringify({ type: "typing", room: "lobby", member: ADA })}\n`);
  queue.send();
  assertEquals(received[0]!.length, 1);
});

Deno.test("a message ends the signals of its author before it", () => {
  const { queue, names } = queueFor(0, 0);
  queue.add(typing(ADA, 0));
  queue.add(typing(BOB, 0));
  queue.dropOf(ADA.id);
  queue.send();
  queue.dropOf(BOB.id);
  queue.add(typing(ADA, 0));
  queue.send();
  assertEquals(names()[0], ["bob", "ada"]);
});

Deno.test("a turn with many effects drops its signals, and the next turn has its own", () => {
  const { queue, names } = queueFor(0, 0);
  for (const count of [SIGNAL_TURN_EFFECTS, 1]) queue.noteEffects(count);
  queue.add(typing(ADA, 0));
  queue.send();
  assertEquals(names()[0], []);
  queue.noteEffects(SIGNAL_TURN_EFFECTS);
  queue.add(typing(BOB, 0));
  queue.send();
  assertEquals(names()[0], ["bob"]);
});
