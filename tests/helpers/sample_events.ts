/** Samples of each kind of event, with and without optional fields. */

import type {
  DirectMessage,
  MemberInfo,
  MessageFile,
  Restriction,
  RoomMessage,
  ServerEvent,
} from "../../src/protocol/messages/messages.ts";

const AT = "2026-01-02T03:04:05.678Z";
const ADA: MemberInfo = { id: "m-1", name: "ada" };
const BOB: MemberInfo = { id: "m-2", name: "bob" };
const MODERATOR: MemberInfo = { ...ADA, role: "moderator", account: true };
const BAN: Restriction = {
  id: "o-1",
  kind: "ban",
  room: "lobby",
  member: BOB,
  address: "192.0.2.0/24",
  seconds: 60,
  until: AT,
  reason: "spam",
  by: ADA,
};
const LIMITS = { lineBytes: 65_536, nameChars: 32, textBytes: 8_192, rooms: 32, page: 200 };
const SERVER = { id: "s-1", name: "Confab", version: "1.0.0" };
const MESSAGE: RoomMessage = { type: "message", id: "x-1", room: "lobby", seq: 7, from: ADA, text: "hi\nyou", at: AT };
const THUMB = "\u{1f44d}";
const SIGNED = {
  signature: "CKzfIJDZuNJ3x-5QejMGOTNFANqTPpY_cEhLB9PkYqLDaTCefu1__DpPCIU4SNqnZFJ7AJB6OBlJnqP6dF5LAw",
  key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  time: AT,
};
const FILE: MessageFile = {
  id: "01a1fc07-b55d-7000-8eb7-9182220cae53",
  name: "plan.pdf",
  size: 1_234,
  media: "application/pdf",
  sha256: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
};
const THUMBNAIL = { id: "f-2", size: 900, media: "image/jpeg", sha256: FILE.sha256, width: 320, height: 200 };
const EDITED: RoomMessage = {
  ...MESSAGE,
  reply: { id: "x-0", seq: 3, from: BOB, text: "well?" },
  edited: true,
  ...SIGNED,
  edit: "x-3",
  reactions: [{ emoji: THUMB, count: 2 }, { emoji: "\u{1f389}", count: 1 }],
};
const DIRECT: DirectMessage = {
  ...{ type: "message", id: "x-2", seq: 4, with: BOB, from: ADA, text: "psst", at: AT },
  ...SIGNED,
};
const DELETED: RoomMessage = { ...MESSAGE, text: "", reply: { seq: 3 }, deleted: true };
const HOSTED = { key: "C".repeat(43), term: 3, host: { key: SIGNED.key, name: "ada" } };
const CHANGE = { id: "x-3", room: "lobby", seq: 8, from: ADA, at: AT };
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

/** Samples by type: the compiler requires each type. */
export const SAMPLES: Samples = {
  welcome: [
    { type: "welcome", protocol: 1, server: SERVER, limits: LIMITS },
    { type: "welcome", protocol: 1, server: SERVER, limits: LIMITS, chat: SERVER.id, nonce: "n-1", tls: "f-1" },
    { type: "welcome", protocol: 1, server: SERVER, limits: { ...LIMITS, rate: { perSecond: 0.5, burst: 20 } } },
    { type: "welcome", protocol: 1, server: SERVER, limits: LIMITS, servers: ["10.0.0.1:5050", "[2001:db8::1]:5050"] },
    { type: "welcome", protocol: 1, server: SERVER, limits: LIMITS, files: { maxBytes: 104_857_600 } },
    { type: "welcome", protocol: 1, server: SERVER, limits: LIMITS, hosted: HOSTED },
  ],
  joined: [
    JOINED,
    { ...JOINED, ref: "1", missed: 1_000, truncated: true },
    { ...JOINED, room: { ...JOINED.room, locked: true, slow: 5 }, you: { ...MODERATOR, token: "t-1" } },
    { ...JOINED, you: MODERATOR },
  ],
  join: [
    { type: "join", room: "lobby", member: BOB, at: AT },
    { type: "join", room: "lobby", member: { ...BOB, role: "owner", new: true }, at: AT },
  ],
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
  edited: [
    { type: "edited", ...CHANGE, of: { seq: 7 } },
    { type: "edited", ...CHANGE, of: { id: "x-1", seq: 7, from: ADA }, text: "hi\nall", ...SIGNED },
    {
      ...{ type: "edited", id: "x-4", seq: 5, of: { id: "x-2", seq: 4, from: ADA }, from: ADA },
      ...{ with: BOB, text: "hm", at: AT },
    },
  ],
  deleted: [
    { type: "deleted", ...CHANGE, of: { seq: 7, from: ADA } },
    { type: "deleted", ...CHANGE, of: { seq: 7, from: BOB } },
    { type: "deleted", ...CHANGE, of: { seq: 7 }, ...SIGNED },
  ],
  reacted: [
    { type: "reacted", ...CHANGE, of: { id: "x-1", seq: 7, from: BOB, text: "hi" }, emoji: THUMB, count: 1 },
    { type: "reacted", ...CHANGE, of: { seq: 7, from: BOB }, emoji: THUMB, count: 0, removed: true, ...SIGNED },
  ],
  message: [
    MESSAGE,
    DIRECT,
    EDITED,
    DELETED,
    { ...MESSAGE, text: "", file: FILE },
    { ...DIRECT, file: { ...FILE, name: "photo.png", media: "image/png", thumbnail: THUMBNAIL } },
  ],
  mark: [
    { type: "mark", room: "lobby", id: "x-1", seq: 7 },
    { type: "mark", ref: "3", with: BOB, seq: 4 },
  ],
  conversations: [
    {
      ...{ type: "conversations", ref: "3", more: true },
      conversations: [
        { with: BOB, seq: 4, last: { id: "x-2", seq: 4, from: ADA, text: "psst", at: AT }, unread: 0 },
        { with: { id: "m-3", name: "eve" }, seq: 9, mark: { id: "x-0", seq: 3 }, unread: 2 },
      ],
    },
    { type: "conversations", ref: "3", conversations: [], more: false },
    { type: "conversations", conversations: [{ with: BOB, seq: 4, unread: 1 }], more: false },
  ],
  ack: [
    { type: "ack", ref: "3", id: "x-1", seq: 7, at: AT },
    { type: "ack", ref: "4", id: "x-2", at: AT },
  ],
  rename: [
    { type: "rename", member: ADA, was: "countess", at: AT },
    { type: "rename", ref: "5", member: ADA, was: "countess", at: AT },
  ],
  away: [
    { type: "away", member: { ...ADA, away: { since: AT, text: "lunch" } }, at: AT },
    { type: "away", member: { ...ADA, away: { since: AT, idle: true } }, at: AT },
    { type: "away", ref: "6", member: ADA, at: AT },
  ],
  call: [
    { type: "call", id: "c-1", room: "lobby", by: ADA, members: [{ ...ADA, state: "in", stream: 0 }] },
    {
      ...{ type: "call", id: "c-1", room: "lobby", by: ADA, member: ADA, did: "called" },
      members: [{ ...BOB, state: "called" }],
    },
    { type: "call", id: "c-1", with: BOB, by: BOB, audio: true, members: [{ ...BOB, state: "in", stream: 0 }] },
    { type: "call", id: "c-1", with: BOB, by: ADA, members: [], member: BOB, did: "declined", ended: true },
  ],
  media: [
    { type: "media", call: "c-1" },
    { type: "media", call: "c-1", stream: 1, token: "t-1" },
    { type: "media", call: "c-1", ended: true },
  ],
  direct: [
    { type: "direct", from: BOB, id: FILE.id, step: "offer", name: "plan.pdf", size: 7 },
    {
      ...{ type: "direct", from: BOB, id: FILE.id, step: "ready", hosts: ["192.0.2.7"], port: 4_711 },
      ...{ certificate: "MIIB", token: "t", sha256: FILE.sha256 },
    },
    { type: "direct", from: BOB, id: FILE.id, step: "failed", text: "too far away" },
  ],
  servers: [
    { type: "servers", servers: ["10.0.0.1:5050", "chat-2.example.org:443"] },
    { type: "servers", servers: [] },
  ],
  hosting: [
    {
      ...{ type: "hosting", chat: SERVER.id, ...HOSTED, signature: SIGNED.signature },
      roster: [
        {
          ...{ number: 1, action: "add", role: "owner", key: SIGNED.key, member: ADA.id, name: "ada", time: AT },
          ...{ by: HOSTED.key, signature: SIGNED.signature },
        },
      ],
    },
    { type: "hosting", ref: "6", chat: SERVER.id, ...HOSTED, tls: "f-1", signature: SIGNED.signature, roster: [] },
  ],
  hosts: [
    { type: "hosts", term: 1, host: HOSTED.host, candidates: [], copies: 0 },
    {
      ...{ type: "hosts", ref: "6", term: 3, host: HOSTED.host, copies: 1 },
      candidates: [
        { key: "B".repeat(43), name: "bob", member: BOB.id, addresses: ["192.0.2.7:5050"], state: "ready" },
        { key: "D".repeat(43), name: "bob", member: BOB.id, addresses: [], state: "unreachable" },
        { key: "E".repeat(43), name: "cy", member: "m-3", addresses: [], state: "behind" },
        { key: "F".repeat(43), name: "dan", member: "m-4", addresses: [], state: "refused" },
      ],
    },
  ],
  renumbered: [{ type: "renumbered", room: "lobby", from: 7 }, { type: "renumbered", with: BOB, from: 1 }],
  typing: [
    { type: "typing", room: "lobby", member: BOB },
    { type: "typing", with: BOB, member: BOB },
  ],
  topic: [
    { type: "topic", room: "lobby", text: "engines", by: ADA, at: AT },
    { type: "topic", ref: "6", room: "lobby", text: "", by: ADA, at: AT },
  ],
  members: [{ type: "members", ref: "7", room: "lobby", members: [ADA, { ...BOB, away: { since: AT } }], count: 2 }],
  rooms: [{ type: "rooms", ref: "8", rooms: [{ id: "r-1", name: "lobby", topic: "engines", count: 2 }], count: 1 }],
  whois: [
    {
      type: "whois",
      ref: "10",
      member: { ...ADA, role: "owner", account: true },
      rooms: [{ room: "dev" }, { room: "lobby", role: "owner" }],
      since: AT,
    },
    { type: "whois", member: BOB, rooms: [], absent: true, keys: ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"] },
  ],
  history: [
    { type: "history", ref: "9", room: "lobby", messages: [MESSAGE], more: true },
    { type: "history", room: "lobby", messages: [], more: false },
    { type: "history", with: BOB, messages: [DIRECT], more: false },
    {
      ...{ type: "history", room: "lobby", messages: [EDITED, DELETED], more: false },
      changes: [{ type: "edited", ...CHANGE, of: { seq: 7 } }],
    },
  ],
  search: [{ type: "search", ref: "10", room: "lobby", query: "hi", messages: [MESSAGE], more: false }],
  error: [
    { type: "error", code: "bad_json", message: "Line is no JSON" },
    { type: "error", ref: "11", code: "rate_limited", message: "Too fast", retryAfter: 0.2 },
    { type: "error", ref: "12", code: "name_taken", message: "Taken", suggestion: "ada2" },
    { type: "error", ref: "13", code: "wrong_password", message: "Wrong", needs: "room" },
  ],
  goodbye: [
    { type: "goodbye", reason: "left" },
    { type: "goodbye", reason: "shutdown", retryAfter: 1 },
    { type: "goodbye", reason: "timeout" },
    { type: "goodbye", reason: "slow" },
    { type: "goodbye", reason: "replaced" },
    { type: "goodbye", reason: "refused" },
    { type: "goodbye", reason: "kicked" },
    { type: "goodbye", reason: "moved", retryAfter: 1 },
  ],
  ping: [{ type: "ping" }, { type: "ping", ref: "13" }],
  pong: [{ type: "pong" }, { type: "pong", ref: "14", at: "2026-11-10T12:00:00.000Z" }],
  authenticated: [
    { type: "authenticated", role: "owner" },
    { type: "authenticated", ref: "15", role: "member", name: "ada", token: "t-2" },
  ],
  registered: [{ type: "registered", ref: "16", name: "ada" }],
  sessions: [{
    type: "sessions",
    ref: "17",
    sessions: [{ id: "k-1", since: AT, seen: AT, vouched: true }, { id: "k-2", since: AT, seen: AT, current: true }],
  }],
  devices: [{
    type: "devices",
    ref: "17",
    devices: [
      { key: "A".repeat(43), kind: "terminal", name: "Terminal on Linux", since: AT, current: true },
      { key: "B".repeat(43), kind: "page", name: "Firefox on Android", since: AT, vouched: true },
    ],
    statements: 1,
  }],
  link: [
    { type: "link", step: "answered" },
    { type: "link", ref: "17", step: "begun", code: "c", words: "otter-lamp-crane", expires: AT },
    { type: "link", step: "claimed", key: "B".repeat(43), kind: "page", name: "Firefox on Android", proof: "p" },
    { type: "link", ref: "17", step: "claimed", key: "A".repeat(43), member: ADA },
    { type: "link", step: "answered", accepted: true, proof: "p", rooms: ["lobby", "dev"] },
    { type: "link", ref: "17", step: "answered", accepted: false },
  ],
  revoked: [{ type: "revoked", ref: "18", session: "k-1" }, { type: "revoked", invite: "i-1" }],
  invite: [
    { type: "invite", ref: "19", id: "i-1", secret: "s", words: "a-b-c", expires: AT },
    { type: "invite", id: "i-2", secret: "s", words: "a-b-c", room: "dev", expires: AT, uses: 10 },
  ],
  invites: [{
    type: "invites",
    ref: "20",
    invites: [
      { id: "i-1", expires: AT, used: 0, by: "ada" },
      { id: "i-2", room: "dev", expires: AT, uses: 10, used: 3, by: "owner" },
    ],
    count: 2,
  }],
  slot: [{ type: "slot", ref: "25", id: FILE.id, token: "t", path: `/files/${FILE.id}`, until: AT }],
  url: [{ type: "url", ref: "26", id: FILE.id, path: `/files/${FILE.id}/g`, until: AT }],
  restriction: [
    { type: "restriction", restriction: BAN, by: ADA, at: AT },
    { type: "restriction", ref: "21", restriction: BAN, by: { name: "server" }, at: AT, off: true },
    { type: "restriction", restriction: { id: "o-2", kind: "mute", member: BOB, by: ADA }, by: ADA, at: AT },
    {
      type: "restriction",
      restriction: { id: "o-3", kind: "lock", room: "dev", password: true, by: ADA },
      by: ADA,
      at: AT,
    },
    { type: "restriction", restriction: { id: "o-3", kind: "lock", room: "dev", by: ADA }, by: ADA, at: AT, off: true },
    {
      type: "restriction",
      restriction: { id: "o-4", kind: "slow", room: "dev", seconds: 5, by: ADA },
      by: ADA,
      at: AT,
    },
    {
      type: "restriction",
      restriction: { id: "o-5", kind: "lockdown", by: { name: "owner" } },
      by: { name: "owner" },
      at: AT,
    },
    {
      type: "restriction",
      restriction: { id: "o-7", kind: "allow", room: "dev", member: BOB, by: ADA },
      by: ADA,
      at: AT,
    },
  ],
  role: [
    { type: "role", room: "dev", member: BOB, role: "moderator", by: ADA, at: AT },
    { type: "role", ref: "21", member: BOB, role: "moderator", by: { name: "owner" }, at: AT, off: true },
  ],
  restrictions: [
    { type: "restrictions", ref: "22", room: "lobby", restrictions: [BAN], moderators: [], count: 1 },
    {
      type: "restrictions",
      restrictions: [],
      moderators: [{ id: "o-6", member: BOB, by: { name: "owner" } }, { id: "o-8", room: "dev", member: ADA, by: ADA }],
      count: 2,
    },
    { type: "restrictions", restrictions: [], moderators: [], count: 0 },
  ],
  notice: [
    { type: "notice", text: "ada kicked you" },
    { type: "notice", from: ADA, text: "ada kicked you from #lobby", room: "lobby" },
    { type: "notice", ref: "23", text: "bob is kicked", room: "lobby" },
  ],
  audit: [{
    type: "audit",
    ref: "24",
    room: "lobby",
    entries: [
      { nth: 2, at: AT, by: ADA, action: "ban", room: "lobby", target: BOB, address: "::1", seconds: 60, reason: "x" },
      { nth: 1, at: AT, by: { name: "server" }, action: "ended" },
    ],
    more: false,
  }],
};

export const SAMPLE_EVENTS: readonly ServerEvent[] = Object.values(SAMPLES).flat();
