import { assert, assertEquals } from "@std/assert";
import { JSON_FORMAT } from "../src/framing/json_lines.ts";
import { ERROR_CODES, FATAL_ERROR_CODES } from "../src/protocol/errors.ts";
import * as limits from "../src/protocol/limits.ts";
import type { MemberInfo, Restriction, RoomMessage, ServerEvent } from "../src/protocol/messages/messages.ts";

/** Tests that the largest event of each kind that peers can cause fits on a line. */

const ID = "0190c3a1-7000-7000-8000-000000000000";
const AT = "2026-01-02T03:04:05.678Z";
const REF = "\u0001".repeat(limits.MAX_REF_CHARS);
const MEMBER: MemberInfo = { id: ID, name: "\u20d0".repeat(limits.MAX_NAME_BYTES / 3) };
const ROOM = MEMBER.name;
const WORST: RoomMessage = {
  type: "message",
  id: ID,
  room: ROOM,
  seq: Number.MAX_SAFE_INTEGER,
  from: MEMBER,
  text: "\u0001".repeat(limits.MAX_TEXT_BYTES),
  at: AT,
};

function lineBytes(event: ServerEvent): number {
  return new TextEncoder().encode(JSON_FORMAT.encode(event)).length - 1;
}

function assertFits(event: ServerEvent): void {
  const bytes = lineBytes(event);
  assert(bytes <= limits.MAX_LINE_BYTES, `${event.type} takes ${bytes} bytes`);
}

Deno.test("a message that consists of escapes only fits on a line", () => {
  assertFits(WORST);
  const text = "\u0001".repeat(limits.MAX_QUOTE_CHARS);
  const reaction = { emoji: "\u{1f44d}".repeat(limits.MAX_EMOJI_BYTES / 4), count: Number.MAX_SAFE_INTEGER };
  const reactions = Array(limits.MAX_REACTIONS_PER_MESSAGE).fill(reaction);
  const reply = { seq: WORST.seq, from: MEMBER, text };
  assert(lineBytes({ ...WORST, reply, edited: true, reactions }) <= limits.MAX_LIST_BYTES);
  const { type: _, ...change } = WORST;
  assertFits({ ...change, type: "edited", of: reply });
  const { room: _room, ...direct } = WORST;
  assertFits({ ...direct, with: MEMBER });
});

Deno.test("a full list of members with the longest names fits on a line", () => {
  const members = Array<MemberInfo>(limits.MAX_MEMBERS_LISTED).fill({ ...MEMBER, role: "moderator", account: true });
  const joined = members.map(() => ({ ...MEMBER, new: true as const }));
  const left = members.map(() => MEMBER);
  assertFits({ type: "presence", room: ROOM, count: 20_000, joined, left });
  const quiet = Array<MemberInfo>(limits.MAX_QUIET_LISTED).fill({ ...MEMBER, quiet: true });
  const withQuiet = (half: MemberInfo[]) => [...half.slice(quiet.length), ...quiet];
  assertFits({ type: "presence", room: ROOM, count: 20_000, joined: withQuiet(joined), left: withQuiet(left) });
  // Texts in lists are limited together.
  const texts = limits.MAX_AWAY_LIST_BYTES / (2 * limits.MAX_AWAY_BYTES + 2);
  const text = '"'.repeat(limits.MAX_AWAY_BYTES);
  const away = members.map((member, nth) => ({
    ...member,
    away: nth < texts ? { since: AT, text } : { since: AT, idle: true as const },
  }));
  assertFits({ type: "members", ref: REF, room: ROOM, members: away, count: 20_000 });
  const topic = '"'.repeat(limits.MAX_TOPIC_BYTES);
  const you = { ...MEMBER, token: "t".repeat(limits.MAX_TOKEN_CHARS) };
  const room = { id: ID, name: ROOM, topic };
  assertFits({ type: "joined", ref: REF, room, you, seq: 1e15, members, count: 20_000, missed: 1_000 });
  const rooms = Array<string>(limits.MAX_ROOMS_PER_MEMBER).fill(ROOM);
  const session = `${Number.MAX_SAFE_INTEGER}-${Number.MAX_SAFE_INTEGER}`;
  assertFits({
    ...{ type: "joined", ref: REF, room, you: { ...you, session, away: { since: AT, text } }, rooms },
    ...{ seq: 1e15, last: ID, members: away, count: 200, missed: 1_000, truncated: true },
  });
});

Deno.test("a list of MAX_LIST_BYTES fits on a line together with the longest ref and query", () => {
  const query = '"'.repeat(limits.MAX_QUERY_BYTES);
  const around = lineBytes({ type: "search", ref: REF, room: ROOM, query, messages: [], more: true });
  assert(limits.MAX_LIST_BYTES + around <= limits.MAX_LINE_BYTES, `${around} bytes are around the list`);
});

Deno.test("the longest restriction fits into a list, and all tokens of an account fit on a line", () => {
  const reason = '"'.repeat(limits.MAX_REASON_BYTES);
  const restriction: Restriction = {
    ...{ id: ID, kind: "ban", room: ROOM, member: MEMBER, address: "f".repeat(limits.MAX_ADDRESS_CHARS) },
    ...{ seconds: limits.MAX_RESTRICTION_SECONDS, until: AT, password: true, reason, by: MEMBER },
  };
  assertFits({ type: "restriction", ref: REF, restriction, by: MEMBER, at: AT, off: true });
  assert(
    lineBytes({ type: "restrictions", restrictions: [restriction], moderators: [], count: limits.MAX_RESTRICTIONS }) <
      limits.MAX_LIST_BYTES / 20,
  );
  assertFits({ type: "role", ref: REF, room: ROOM, member: MEMBER, role: "moderator", by: MEMBER, at: AT, off: true });
  const session = { id: ID, since: AT, seen: AT, current: true as const };
  assertFits({ type: "sessions", ref: REF, sessions: Array(limits.MAX_TOKENS_PER_ACCOUNT).fill(session) });
});

Deno.test("a single message fits into MAX_LIST_BYTES", () => {
  assert(lineBytes(WORST) <= limits.MAX_LIST_BYTES);
});

Deno.test("one turn changes fewer conversations, entries and read marks than the core keeps", () => {
  const most = limits.TURN_FRAMES + limits.TURN_FRAMES_PER_CONNECTION;
  for (const kept of [limits.MAX_RECENT_CONVERSATIONS, limits.MAX_RECENT_ENTRIES, limits.MAX_RECENT_MARKS]) {
    assert(most < kept, `${most} frames, ${kept} kept`);
  }
});

Deno.test("a line and a joined write fit into an outbox", () => {
  assert(limits.MAX_LINE_BYTES < limits.OUTBOX_LIMIT_BYTES);
  assert(limits.WRITE_JOIN_BYTES < limits.OUTBOX_LIMIT_BYTES);
});

Deno.test("the heartbeat leaves time for an answer, and the first reconnect falls within the grace", () => {
  assert(limits.PING_INTERVAL_MS < limits.PING_TIMEOUT_MS);
  assert(limits.REPLACEABLE_PING_MS + limits.REPLACEABLE_CHECK_MS <= limits.GRACE_MS);
  assert(limits.RECONNECT_FIRST_MS < limits.GRACE_MS);
  assert(limits.RECONNECT_FIRST_MS < limits.RECONNECT_MAX_MS);
});

Deno.test("every fatal error code is an error code, and no code is listed twice", () => {
  for (const code of FATAL_ERROR_CODES) assert((ERROR_CODES as readonly string[]).includes(code), code);
  assertEquals(new Set(ERROR_CODES).size, ERROR_CODES.length);
});

Deno.test("a full roster with the longest names fits on a line with the proof of its host", () => {
  const key = "A".repeat(43);
  const signature = "A".repeat(86);
  const statement = {
    ...{ number: limits.MAX_ROSTER_NUMBER, action: "remove", role: "owner", key, member: ID, name: MEMBER.name },
    ...{ time: AT, by: key, signature },
  } as const;
  const roster = Array(limits.MAX_ROSTER_STATEMENTS).fill(statement);
  assert(new TextEncoder().encode(JSON.stringify(roster)).length <= limits.MAX_LIST_BYTES);
  const host = { key, name: MEMBER.name };
  assertFits({ type: "hosting", ref: REF, chat: ID, key, term: limits.MAX_TERM, host, tls: key, signature, roster });
});
