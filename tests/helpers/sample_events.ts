/** Every kind of event, with and without what is optional in it. */

import type { Member, RoomMessage, ServerEvent } from "../../src/protocol/messages.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA: Member = { id: "m-1", name: "ada" };
const BOB: Member = { id: "m-2", name: "bob" };
const LIMITS = { lineBytes: 65_536, nameChars: 32, textBytes: 8_192, rooms: 32, page: 200 };
const SERVER = { id: "s-1", name: "Confab", version: "1.0.0" };
const MESSAGE: RoomMessage = { type: "message", id: "x-1", room: "lobby", seq: 7, from: ADA, text: "hi\nyou", at: AT };
const JOINED = {
  type: "joined",
  room: { id: "r-1", name: "lobby", topic: "" },
  you: { ...ADA, token: "t-1" },
  seq: 7,
  members: [ADA, BOB],
  count: 2,
  missed: 0,
} as const;

type Samples = { readonly [K in ServerEvent["type"]]: readonly Extract<ServerEvent, { type: K }>[] };

/** By type, so that the compiler asks for a sample of each. */
export const SAMPLES: Samples = {
  welcome: [
    { type: "welcome", protocol: 1, server: SERVER, limits: LIMITS },
    { type: "welcome", protocol: 1, server: SERVER, limits: { ...LIMITS, rate: { perSecond: 0.5, burst: 20 } } },
  ],
  joined: [JOINED, { ...JOINED, ref: "1", missed: 1_000, truncated: true }],
  join: [{ type: "join", room: "lobby", member: BOB, at: AT }],
  leave: [
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "left" },
    { type: "leave", ref: "2", room: "lobby", member: ADA, at: AT, reason: "left" },
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "closed" },
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "timeout" },
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "slow" },
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "kicked" },
    { type: "leave", room: "lobby", member: BOB, at: AT, reason: "shutdown" },
  ],
  presence: [{ type: "presence", room: "lobby", count: 300, joined: [ADA], left: [BOB] }],
  message: [MESSAGE, { type: "message", id: "x-2", to: BOB, from: ADA, text: "psst", at: AT }],
  ack: [
    { type: "ack", ref: "3", id: "x-1", seq: 7, at: AT },
    { type: "ack", ref: "4", id: "x-2", at: AT },
  ],
  rename: [
    { type: "rename", member: ADA, was: "countess", at: AT },
    { type: "rename", ref: "5", member: ADA, was: "countess", at: AT },
  ],
  topic: [
    { type: "topic", room: "lobby", text: "engines", by: ADA, at: AT },
    { type: "topic", ref: "6", room: "lobby", text: "", by: ADA, at: AT },
  ],
  members: [{ type: "members", ref: "7", room: "lobby", members: [ADA, BOB], count: 2 }],
  rooms: [{ type: "rooms", ref: "8", rooms: [{ id: "r-1", name: "lobby", topic: "engines", count: 2 }], count: 1 }],
  history: [
    { type: "history", ref: "9", room: "lobby", messages: [MESSAGE], more: true },
    { type: "history", room: "lobby", messages: [], more: false },
  ],
  search: [{ type: "search", ref: "10", room: "lobby", query: "hi", messages: [MESSAGE], more: false }],
  error: [
    { type: "error", code: "bad_json", message: "Line is no JSON" },
    { type: "error", ref: "11", code: "rate_limited", message: "Too fast", retryAfter: 0.2 },
    { type: "error", ref: "12", code: "name_taken", message: "Taken", suggestion: "ada2" },
  ],
  goodbye: [
    { type: "goodbye", reason: "left" },
    { type: "goodbye", reason: "shutdown", retryAfter: 1 },
    { type: "goodbye", reason: "timeout" },
    { type: "goodbye", reason: "slow" },
    { type: "goodbye", reason: "replaced" },
    { type: "goodbye", reason: "refused" },
  ],
  ping: [{ type: "ping" }, { type: "ping", ref: "13" }],
  pong: [{ type: "pong" }, { type: "pong", ref: "14" }],
};

export const SAMPLE_EVENTS: readonly ServerEvent[] = Object.values(SAMPLES).flat();
