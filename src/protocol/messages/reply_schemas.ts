/** The schemas of replies that clients show and do not remember. */

import * as v from "valibot";
import * as parts from "./event_parts.ts";
import { member } from "./event_parts.ts";
import { anyRef, isTrue, number } from "./fields.ts";

const anyRoom = v.optional(v.string());
/** In place of `room`, in events of a conversation. */
const anyMember = v.optional(v.object({ id: v.string(), name: v.string() }));

/** Replies that answer one command and change nothing else: clients show them and need not remember them. */
export const STATELESS_REPLIES = {
  /** Largest rooms first; `count` is the number of rooms, listed or not. */
  rooms: v.object({ type: v.literal("rooms"), ref: anyRef, rooms: v.array(parts.roomSummary), count: number }),
  /**
   * Who a member is. `member.role` is the role on the whole server, and `rooms` are those that the asker is in as well,
   * by name, each with the member's role there. `since` is when the member first joined this server.
   */
  whois: v.object({
    type: v.literal("whois"),
    ref: anyRef,
    member,
    rooms: v.array(v.object({ room: v.string(), role: member.entries.role })),
    since: v.optional(v.string()),
    /** The member is not connected. */
    absent: v.optional(isTrue),
    /** The keys with which the member may join now; absent without any. */
    keys: v.optional(v.array(v.string())),
  }),
  /** Oldest first. `more`: older ones exist, to be asked for with `before` set to the first seq. */
  history: v.object({
    type: v.literal("history"),
    ref: anyRef,
    room: anyRoom,
    with: anyMember,
    messages: v.array(v.union([parts.roomMessage, parts.directMessage])),
    /** The changes between the messages, if they were asked for. */
    changes: v.optional(v.array(v.union([parts.roomChange, parts.directChange]))),
    more: v.boolean(),
  }),
  /** Newest first. */
  search: v.object({
    type: v.literal("search"),
    ref: anyRef,
    room: anyRoom,
    with: anyMember,
    query: v.string(),
    messages: v.array(v.union([parts.roomMessage, parts.directMessage])),
    more: v.boolean(),
  }),
  /**
   * The place for one upload until `until`: the file goes by HTTP to `path` on the same host and port, with the `token`. `id` is
   * that of the file. It is the only event with the token.
   */
  slot: v.object({
    type: v.literal("slot"),
    ref: anyRef,
    id: v.string(),
    token: v.string(),
    path: v.string(),
    until: v.string(),
  }),
  /** The path that serves the file with this `id` to anyone who has it, until `until`. */
  url: v.object({ type: v.literal("url"), ref: anyRef, id: v.string(), path: v.string(), until: v.string() }),
  registered: v.object({ type: v.literal("registered"), ref: anyRef, name: v.string() }),
  sessions: v.object({ type: v.literal("sessions"), ref: anyRef, sessions: v.array(parts.accountSession) }),
  /** The member's devices, in the order in which they were added. `statements` is the number of the last statement. */
  devices: v.object({
    type: v.literal("devices"),
    ref: anyRef,
    devices: v.array(parts.memberDevice),
    statements: number,
  }),
  /**
   * A step of linking a device. `begun`: the code, also as words, until `expires`. `claimed`: for the device that offered,
   * what the other one is; for that one, the `key` and the `member` that offered. `answered`: whether it was `accepted`,
   * and for the new device the member's `rooms`.
   */
  link: v.object({
    type: v.literal("link"),
    ref: anyRef,
    step: v.picklist(["begun", "claimed", "answered"]),
    code: v.optional(v.string()),
    words: v.optional(v.string()),
    expires: v.optional(v.string()),
    key: v.optional(v.string()),
    kind: v.optional(v.string()),
    name: v.optional(v.string()),
    proof: v.optional(v.string()),
    member: v.optional(member),
    accepted: v.optional(v.boolean()),
    rooms: v.optional(v.array(v.string())),
  }),
  revoked: v.object({
    type: v.literal("revoked"),
    ref: anyRef,
    session: v.optional(v.string()),
    invite: v.optional(v.string()),
  }),
  /** The only event with the secret of an invite. `words` are the same invite in a form to read out. */
  invite: v.object({
    type: v.literal("invite"),
    ref: anyRef,
    id: v.string(),
    secret: v.string(),
    words: v.string(),
    room: anyRoom,
    expires: v.string(),
    uses: v.optional(number),
  }),
  /** The newest first, as many as fit on a line. `count` is the number of all invites. */
  invites: v.object({ type: v.literal("invites"), ref: anyRef, invites: v.array(parts.inviteSummary), count: number }),
  /** Newest first. */
  audit: v.object({
    type: v.literal("audit"),
    ref: anyRef,
    room: anyRoom,
    entries: v.array(parts.auditEntry),
    more: v.boolean(),
  }),
};
