import { assert, assertEquals } from "@std/assert";
import type { Effect } from "../../../src/core/effect.ts";
import { storeBatch } from "../../../src/server/turn/store_batch.ts";
import { ADA, BOB, member, message, room } from "../../contracts/history_store_contract.ts";
import { conversation, said } from "../../contracts/conversations_contract.ts";

const SHOWN: readonly Effect[] = [
  { type: "publish", room: "lobby", event: message(1, "hi") },
  { type: "send", session: 1, event: { type: "pong" } },
  { type: "broadcast", sessions: [1], event: { type: "pong" } },
  { type: "signal", sessions: [1], event: { type: "typing", room: "lobby", member: ADA } },
  { type: "enter", session: 1, room: "lobby" },
  { type: "exit", session: 1, room: "lobby" },
  { type: "page", session: 1, room: "lobby", limit: 1 },
  { type: "search", session: 1, room: "lobby", query: "x", parsed: { phrases: [["x"]] }, limit: 1 },
  { type: "close", session: 1, reason: "left" },
  { type: "hash", ticket: 1 },
  { type: "auditPage", session: 1, limit: 1, addresses: false },
];

Deno.test("effects without stored data make no batch", () => {
  assertEquals(storeBatch([]), undefined);
  assertEquals(storeBatch(SHOWN), undefined);
});

Deno.test("stored effects are in the batch by kind, in order, and no others", () => {
  const [one, two, secret] = [message(1, "one"), message(2, "two"), said(1, "psst", ADA, BOB)];
  const kept: Effect[] = [
    { type: "keepMember", member: member(ADA) },
    { type: "append", message: one, ref: "1" },
    { type: "keepRoom", room: room("lobby") },
    { type: "append", message: two },
    { type: "keepConversation", conversation: conversation(ADA, BOB) },
    { type: "keepBlock", channel: "c", memberId: BOB.id, blocked: true },
    { type: "keepMark", memberId: BOB.id, channel: "c", mark: { id: "x", seq: 1 } },
    { type: "append", message: secret, ref: "d" },
    { type: "keepRoom", room: room("lobby", "tea") },
    { type: "keepMember", member: member(BOB) },
    { type: "keepRecord", kind: "invite", key: "i-1", value: { used: 1 } },
    { type: "audit", entry: { at: "now", by: ADA, action: "kick" } },
    { type: "keepRecord", kind: "invite", key: "i-1" },
  ];
  const batch = storeBatch(kept.flatMap((effect, index) => [effect, SHOWN[index % SHOWN.length]!]))!;
  assertEquals(batch.members, [member(ADA), member(BOB)]);
  assertEquals(batch.rooms, [room("lobby"), room("lobby", "tea")]);
  assertEquals(batch.messages.map(({ message, ref }) => [message, ref]), [
    [one, "1"],
    [two, undefined],
    [secret, "d"],
  ]);
  assertEquals(batch.conversations, [conversation(ADA, BOB)]);
  assertEquals(batch.blocks.map(({ channel, memberId, blocked }) => [channel, memberId, blocked]), [[
    "c",
    BOB.id,
    true,
  ]]);
  assertEquals(batch.marks.map(({ memberId, mark }) => [memberId, mark.seq]), [[BOB.id, 1]]);
  assertEquals(batch.records.map(({ key, value }) => [key, value]), [["i-1", { used: 1 }], ["i-1", undefined]]);
  assertEquals(batch.audit, [{ at: "now", by: ADA, action: "kick" }]);
});

Deno.test("a batch that removes a room stores nothing else of it, and the next room of its name comes after it", () => {
  const [before, after] = [message(1, "before"), message(1, "after")];
  const next = { ...room("lobby"), id: "next" };
  const { id, name } = room("lobby");
  const batch = storeBatch([
    { type: "keepRoom", room: room("lobby") },
    { type: "append", message: before },
    { type: "removeRoom", room: { id, name } },
    { type: "keepRoom", room: next },
    { type: "append", message: after },
  ])!;
  assertEquals(batch.removed, [{ id, name }]);
  assertEquals(batch.rooms, [next]);
  assertEquals(batch.messages.map(({ message }) => message), [after]);
});

Deno.test("a single stored effect makes a batch, without a copy", () => {
  const effect: Effect = { type: "append", message: message(1, "one") };
  assert(storeBatch([effect])!.messages[0] === effect);
});
