import { assertEquals, assertGreater } from "@std/assert";
import type { DirectEntry, RoomEntry, RoomMessage } from "../../src/protocol/messages/messages.ts";
import type { ChaosReport } from "./chaos.ts";
import { chaosRun } from "./chaos_run.ts";
import { findConversationFaults } from "./conversations.ts";
import { findFaults } from "./verdict.ts";

const GATE_MS = 10_000;

Deno.test(
  "no acknowledged message is lost, duplicated or out of order while the server is killed and connections are cut",
  async () => {
    const seed = Number(Deno.env.get("CHAOS_SEED") ?? Date.now() % 1_000_000);
    console.log(`CHAOS_SEED=${seed} repeats this run`);
    const { summary, faults } = await chaosRun(seed, GATE_MS);
    console.log(summary);
    assertEquals(faults, []);
  },
);

const message = (seq: number): RoomMessage => ({
  type: "message",
  id: `id${seq}`,
  room: "chaos",
  seq,
  from: { id: "m", name: "ada" },
  text: `sender0:${seq}`,
  at: "2026-11-21T12:00:00.000Z",
});

const stored = [message(1), message(2), message(3)];

const { text: _, ...common } = message(4);
const edit: RoomEntry = { ...common, type: "edited", of: { seq: 1 } };

const fine: ChaosReport = {
  seed: 1,
  sent: 4,
  unsaved: ["sender0:0"],
  acknowledged: 3,
  killed: 1,
  cut: 1,
  clientRestarts: 1,
  longestGapMs: 1,
  longestGapAt: 1,
  acks: new Map(stored.map(({ text, id, seq }) => [text, { id, seq }])),
  received: [stored, stored.slice(1)],
  whispers: 1,
  conversationFaults: [],
  complaints: "",
};

Deno.test("the verdict of a correct run is empty", () => {
  assertEquals(findFaults(fine, stored), []);
});

Deno.test("the verdict finds every kind of broken promise", () => {
  const broken: [string, Partial<ChaosReport>, RoomEntry[]?][] = [
    ["an acknowledged message that is not stored", {}, stored.slice(0, 2)],
    ["a message stored twice", {}, [...stored, { ...message(4), text: "sender0:1" }]],
    ["a stored edit that was never acknowledged", {}, [...stored, edit]],
    ["a gap in the seqs", {}, [message(1), message(3)]],
    ["an acknowledgement of another message", { acks: new Map([["sender0:1", { id: "id2", seq: 2 }]]) }],
    ["a message that was never acknowledged", { sent: 5 }],
    ["a message sent before it was saved", { unsaved: ["sender0:1"], sent: 4 }],
    ["a message shown twice", { received: [[message(1), message(1), message(2), message(3)]] }],
    ["a message not shown", { received: [[message(1), message(3)]] }],
    ["messages shown in the wrong order", { received: [[message(2), message(1), message(3)]] }],
    ["an end not shown", { received: [[message(1), message(2)]] }],
    ["nothing shown at all", { received: [[]] }],
    ["a fault in a conversation", { conversationFaults: ["ada showed 2 out of order"] }],
    ["a server that complained", { complaints: "12:00:00 error: internal error" }],
  ];
  for (const [what, change, kept] of broken) {
    assertGreater(findFaults({ ...fine, ...change }, kept ?? stored).length, 0, what);
  }
});

Deno.test("the verdict finds a direct message that a device did not show, showed twice or out of order", () => {
  const direct = (seq: number): DirectEntry => ({
    ...{ type: "message", id: `id${seq}`, with: { id: "m", name: "ada" }, seq },
    ...{ from: { id: "m", name: "ada" }, text: `@ada:${seq}`, at: "2026-11-21T12:00:00.000Z" },
  });
  const sent = new Map([["@m", [1, 2, 3].map((seq) => ({ text: `@ada:${seq}`, id: `id${seq}`, seq }))]]);
  const faults = (...seqs: number[]) => findConversationFaults("bob", new Map([["@m", seqs.map(direct)]]), sent).length;
  for (const right of [[1, 2, 3], [2, 3], []]) assertEquals(faults(...right), 0, right.join());
  for (const wrong of [[1, 2], [1, 3], [2, 1, 3], [1, 2, 2, 3]]) assertGreater(faults(...wrong), 0, wrong.join());
});
