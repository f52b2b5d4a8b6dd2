import { assertEquals } from "@std/assert";
import { ReturnFilter } from "../../../src/client/state/return_filter.ts";
import { roomOf } from "../../../src/client/state/room_state.ts";
import { GRACE_MS } from "../../../src/protocol/limits.ts";
import type { MemberInfo } from "../../../src/protocol/messages/messages.ts";

const ada: MemberInfo = { id: "1", name: "ada" };
const bob: MemberInfo = { id: "2", name: "bob" };

function lobbyWith(...members: readonly MemberInfo[]) {
  const room = { id: "9", name: "lobby", topic: "" };
  const you = { id: "3", name: "eve", token: "t" };
  return new Map([["lobby", roomOf({ type: "joined", room, you, seq: 0, members, count: members.length, missed: 0 })]]);
}

function coming(type: "join" | "leave", member: MemberInfo, room = "lobby") {
  const event = { room, member, at: "2026-11-21T12:00:00.000Z" };
  return type === "join" ? { type, ...event } : { type, ...event, reason: "left" as const };
}

Deno.test("the return of a member present before the link was lost is not news, once and for a short time", () => {
  let now = 0;
  const returning = new ReturnFilter(() => now);
  returning.begin(lobbyWith(ada, bob));
  assertEquals(returning.isNews(coming("join", ada)), false);
  assertEquals(returning.isNews(coming("join", ada)), true);
  assertEquals(returning.isNews(coming("join", bob, "ops")), true);
  now = GRACE_MS + 1;
  assertEquals(returning.isNews(coming("join", bob)), true);
});

Deno.test("a leave is news, and so is the join after it", () => {
  const returning = new ReturnFilter(() => 0);
  returning.begin(lobbyWith(ada));
  assertEquals(returning.isNews(coming("leave", ada)), true);
  assertEquals(returning.isNews(coming("join", ada)), true);
});

Deno.test("at the first link every join is news", () => {
  const returning = new ReturnFilter(() => 0);
  returning.begin(new Map());
  assertEquals(returning.isNews(coming("join", ada)), true);
});
