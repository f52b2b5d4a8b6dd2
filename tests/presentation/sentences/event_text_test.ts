import { assert, assertEquals } from "@std/assert";
import { eventText, type SentenceEvent } from "../../../src/presentation/sentences/event_text.ts";
import type { Markup } from "../../../src/presentation/sentences/markup.ts";
import type { LeaveReason, MemberInfo } from "../../../src/protocol/messages/messages.ts";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { SAMPLE_EVENTS, SAMPLES } from "../../helpers/sample_events.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA: MemberInfo = { id: "m-1", name: "ada" };
const BOB: MemberInfo = { id: "m-2", name: "bob" };

const PLAIN: Markup = {
  client: "terminal",
  maxNames: 3,
  name: (name) => name,
  text: (text) => text,
  strong: (text) => text,
  moment: () => "then",
};

function hasSentences(event: { readonly type: string }): event is SentenceEvent {
  return !["message", "history", "search"].includes(event.type);
}

const text = (event: SentenceEvent, place = "lobby") => eventText(event, PLAIN, { you: ADA, place });

Deno.test("every event but acknowledgements and pings has a sentence", () => {
  for (const event of SAMPLE_EVENTS.filter(hasSentences)) {
    const isNews = (event.type === "conversations" || event.type === "hosts") && event.ref === undefined;
    const isSilent = isNews ||
      ["ack", "hosting", "mark", "media", "servers", "slot", "typing", "ping", "pong"].includes(event.type) ||
      (event.type === "direct" && event.step !== "offer") || "member" in event && event.member?.quiet;
    if (isSilent) assertEquals(text(event), []);
    else assert(text(event)[0]!.length > 0, JSON.stringify(event));
  }
});

Deno.test("each reason to leave has its words, for the member and for the others", () => {
  const reasons: Record<LeaveReason, [own: string, other: string]> = {
    left: ["You left #dev", "bob left"],
    closed: ["You left #dev", "bob left"],
    timeout: ["You left #dev (no answer)", "bob left (no answer)"],
    slow: ["You left #dev (connection too slow)", "bob left (connection too slow)"],
    kicked: ["You were removed from #dev", "bob left (kicked)"],
    shutdown: ["You left #dev (server shut down)", "bob left (server shut down)"],
    removed: ["#dev was removed with all its messages", "bob left (room removed)"],
  };
  for (const [reason, [own, other]] of Object.entries(reasons) as [LeaveReason, [string, string]][]) {
    const leave = (member: MemberInfo) => text({ type: "leave", room: "dev", member, at: AT, reason }, "dev");
    assertEquals([leave(ADA), leave(BOB)], [[own], [other]]);
  }
});

Deno.test("a sentence names its room unless the reader is there", () => {
  const join: SentenceEvent = { type: "join", room: "dev", member: BOB, at: AT };
  const topic: SentenceEvent = { type: "topic", room: "dev", by: ADA, text: "tea", at: AT };
  assertEquals([text(join, "dev"), text(join)], [["bob joined"], ["bob joined #dev"]]);
  assertEquals([text(topic, "dev"), text(topic)], [["You set the topic: tea"], ["You set the topic of #dev: tea"]]);
});

Deno.test("a member whose name another member had before is marked", () => {
  const member: MemberInfo = { ...BOB, new: true };
  assertEquals(text({ type: "join", room: "lobby", member, at: AT }), ["bob joined, and is not the bob from before"]);
  assertEquals(text({ type: "rename", member, was: "rob", at: AT }), [
    "rob is now bob, and is not the bob from before",
  ]);
});

Deno.test("the reader's own away and back have a sentence, and those of others only a place in lists", () => {
  const away = { since: AT, text: "lunch" };
  const said = (member: MemberInfo) => text({ type: "away", member, at: AT });
  assertEquals(said({ ...ADA, away }), ["You are away: lunch (/back ends it)"]);
  assertEquals(said({ ...ADA, away: { since: AT } }), ["You are away (/back ends it)"]);
  assertEquals([said(ADA), said({ ...ADA, away: { since: AT, idle: true } })], [["You are back"], ["You are back"]]);
  assertEquals([said({ ...BOB, away }), said(BOB)], [[], []]);
  const members = [{ ...ADA, away }, { ...BOB, role: "owner" as const, away: { since: AT, idle: true as const } }];
  assertEquals(text({ type: "members", room: "lobby", members, count: 2 }), [
    "2 in #lobby: ada (away: lunch), @bob (idle) (@ moderates)",
  ]);
  assertEquals(text({ type: "whois", member: members[0]!, rooms: [] }), [
    "ada: you, guest",
    "Away since then: lunch",
    "You share no rooms",
  ]);
});

Deno.test("long lists of names end in a count", () => {
  const joined = Array.from({ length: 1_203 }, (_, index) => ({ id: `m-${index}`, name: `g${index}` }));
  assertEquals(text({ type: "presence", room: "lobby", count: 1_300, joined, left: [] }), [
    "g0, g1, g2 and 1,200 more joined (1,300 here)",
  ]);
});

Deno.test("the list of conversations has the newest first, with unread counts and the last message", () => {
  const [list, none] = SAMPLES.conversations;
  assertEquals(text(list!), [
    "Your conversations, newest first: /conversations N opens one",
    "1. bob, then: you: psst",
    "2. eve (2 new)",
    "and older ones",
  ]);
  assertEquals(text(none!), ["You have no conversations yet: /msg NAME TEXT begins one"]);
});

Deno.test("a list that nobody asked for says nothing where the client fetches the messages itself", () => {
  assertEquals(text(SAMPLES.conversations[2]!), []);
});

Deno.test("a change in a conversation says so, except in that conversation", () => {
  const change = { type: "deleted", id: "e", with: BOB, seq: 2, of: { seq: 1 }, at: AT } as const;
  assertEquals(text({ ...change, from: BOB }), ["bob in your conversation deleted a message"]);
  assertEquals(text({ ...change, from: ADA }), ["ada in the conversation with bob deleted a message"]);
  assertEquals(text({ ...change, from: BOB }, "@m-2"), ["bob deleted a message"]);
});

Deno.test("text by members reaches a sentence only through the markup", () => {
  const marked: Markup = {
    ...PLAIN,
    name: () => "NAME",
    text: () => "TEXT",
  };
  for (const { what, text: hostile } of HOSTILE_TEXTS) {
    const member = { id: "x", name: hostile };
    const restriction = { id: "o", kind: "ban", room: hostile, member, address: hostile, reason: hostile } as const;
    const entry = { nth: 1, at: AT, by: member, action: hostile, room: hostile, target: member, reason: hostile };
    const events: SentenceEvent[] = [
      { type: "join", room: hostile, member, at: AT },
      { type: "leave", room: hostile, member, at: AT, reason: "slow" },
      { type: "presence", room: hostile, count: 1, joined: [member], left: [member] },
      { type: "rename", member, was: hostile, at: AT },
      { type: "topic", room: hostile, text: hostile, by: member, at: AT },
      { type: "members", room: hostile, members: [member], count: 1 },
      { type: "rooms", rooms: [{ id: "r", name: hostile, topic: hostile, count: 1 }], count: 1 },
      { type: "whois", member, rooms: [{ room: hostile, role: "owner" }], since: AT },
      { type: "notice", text: hostile, room: hostile },
      { type: "error", code: "invalid", message: hostile },
      { type: "registered", name: hostile },
      { type: "authenticated", role: "member", name: hostile, token: "t" },
      { type: "invites", invites: [{ id: "i", room: hostile, expires: AT, used: 0, by: hostile }], count: 1 },
      { type: "restriction", restriction: { ...restriction, by: member }, by: member, at: AT },
      { type: "restriction", restriction: { ...restriction, by: member }, by: { name: hostile }, at: AT, off: true },
      { type: "role", room: hostile, member, role: "moderator", by: member, at: AT },
      { type: "restrictions", restrictions: [{ ...restriction, by: member }], moderators: [], count: 1 },
      { type: "audit", room: hostile, entries: [entry], more: false },
      {
        type: "conversations",
        ref: "r",
        conversations: [{ with: member, seq: 1, unread: 0, last: { seq: 1, from: member, text: hostile, at: AT } }],
        more: true,
      },
      { type: "deleted", id: "e", with: member, seq: 2, of: { seq: 1 }, from: { id: "y", name: "y" }, at: AT },
      { type: "edited", id: "e", room: "dev", seq: 2, of: { seq: 1 }, from: member, at: AT, text: hostile },
    ];
    for (const event of events) {
      for (const line of eventText(event, marked, {})) assert(!line.includes(hostile), `${what}: ${event.type}`);
    }
  }
});

Deno.test("a list of hosts names the host, then each candidate with its state and its first address", () => {
  assertEquals(SAMPLES.hosts.map((event) => text({ ...event, ref: "r" })), [
    ["ada hosts the chat. Other copies: 0"],
    [
      "ada hosts the chat. Other copies: 1",
      "bob: ready 192.0.2.7:5050",
      "bob: unreachable",
      "cy: behind",
      "dan: refused",
    ],
  ]);
  assertEquals(SAMPLES.renumbered.flatMap((event) => text(event)), [
    "#lobby: the latest messages have other numbers, since two halves of the chat were merged",
    "bob: the latest messages have other numbers, since two halves of the chat were merged",
  ]);
});
