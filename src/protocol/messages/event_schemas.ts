/** The events of the server: one schema each, from which its type is derived. */

import * as v from "valibot";
import * as parts from "./event_parts.ts";
import { actor, member, members } from "./event_parts.ts";
import { anyRef, type CheckedBy, isTrue, number } from "./fields.ts";

const anyRoom = v.optional(v.string());
/** In place of `room`, in events of a conversation. */
const anyMember = v.optional(v.object({ id: v.string(), name: v.string() }));

/** Events that change what a client knows of the server, its rooms or itself. */
const STATE_EVENTS = {
  /**
   * The first event. A different `server.id` than before means another data folder: the client's `after` is void. `chat` is
   * the id of the chat. A client with a key signs `nonce`, which holds for one connection, and may compare `tls`, the
   * fingerprint of the certificate if TLS ends at this server.
   */
  welcome: v.object({
    type: v.literal("welcome"),
    protocol: number,
    server: v.object({ id: v.string(), name: v.string(), version: v.string() }),
    chat: v.optional(v.string()),
    nonce: v.optional(v.string()),
    tls: v.optional(v.string()),
    limits: parts.serverLimits,
    /** The largest file in bytes; absent if the server takes no files. */
    files: v.optional(v.object({ maxBytes: number })),
  }),
  /** The reply to `join`. `you.token` is absent if the member is known by the key of the join. `missed` entries follow at once; `truncated` says that older ones were left out. */
  joined: v.object({
    type: v.literal("joined"),
    ref: anyRef,
    room: parts.joinedRoom,
    you: v.object({ ...member.entries, token: v.optional(v.string()), session: v.optional(v.string()) }),
    /** At the first join of a session: the member's other rooms. */
    rooms: v.optional(v.array(v.string())),
    seq: number,
    /** The id of the entry with this seq, if it is kept. */
    last: v.optional(v.string()),
    members,
    count: number,
    missed: number,
    truncated: v.optional(isTrue),
    /** Up to where the member has read the room, on any device; absent before the first `read`. */
    mark: v.optional(parts.readMark),
  }),
  join: v.object({ type: v.literal("join"), room: v.string(), member, at: v.string() }),
  /** `removed`: the room has ended. With a `ref` it is the reply to the client's own `leave`. */
  leave: v.object({
    type: v.literal("leave"),
    ref: anyRef,
    room: v.string(),
    member,
    at: v.string(),
    reason: v.picklist(["left", "closed", "timeout", "slow", "kicked", "shutdown", "removed"]),
  }),
  /** Replaces `join` and `leave` in large rooms, once a second. */
  presence: v.object({ type: v.literal("presence"), room: v.string(), count: number, joined: members, left: members }),
  message: v.union([parts.roomMessage, parts.directMessage]),
  edited: v.union([parts.roomEdited, parts.directEdited]),
  deleted: v.union([parts.roomDeleted, parts.directDeleted]),
  reacted: v.union([parts.roomReacted, parts.directReacted]),
  /**
   * The member has read a room or a conversation up to this entry, on another device. With a `ref` it is the reply to the
   * client's own `read`.
   */
  mark: v.object({
    type: v.literal("mark"),
    ref: anyRef,
    room: anyRoom,
    with: anyMember,
    ...parts.readMark.entries,
  }),
  /**
   * The member's conversations, newest first. After the first `joined` of a session it comes without a `ref`, unless the
   * member has none. `more`: older ones exist, to be asked for with `before` set to the last `with.id`.
   */
  conversations: v.object({
    type: v.literal("conversations"),
    ref: anyRef,
    conversations: v.array(parts.conversationSummary),
    more: v.boolean(),
  }),
  /**
   * The message or change with this `ref` is stored and numbered. `waiting`: the other member of the conversation is not
   * connected.
   */
  ack: v.object({
    type: v.literal("ack"),
    ref: v.string(),
    id: v.string(),
    seq: v.optional(number),
    at: v.string(),
    waiting: v.optional(isTrue),
  }),
  rename: v.object({ type: v.literal("rename"), ref: anyRef, member, was: v.string(), at: v.string() }),
  /** The member is away as `member.away` says, or without it is not away any more. */
  away: v.object({ type: v.literal("away"), ref: anyRef, member, at: v.string() }),
  /** `member` is writing in `room`, or in the receiver's conversation `with` them. */
  typing: v.object({
    type: v.literal("typing"),
    room: anyRoom,
    with: v.optional(v.object({ id: v.string(), name: v.string() })),
    member,
  }),
  /** A step of a straight transfer of a file, as its member has sent it. */
  direct: v.object({
    type: v.literal("direct"),
    from: member,
    id: v.string(),
    step: v.picklist(["offer", "accept", "decline", "ready", "failed", "cancel", "done"]),
    name: v.optional(v.string()),
    size: v.optional(number),
    hosts: v.optional(v.array(v.string())),
    port: v.optional(number),
    certificate: v.optional(v.string()),
    token: v.optional(v.string()),
    sha256: v.optional(v.string()),
    text: v.optional(v.string()),
  }),
  topic: v.object({
    type: v.literal("topic"),
    ref: anyRef,
    room: v.string(),
    text: v.string(),
    by: member,
    at: v.string(),
  }),
  members: v.object({ type: v.literal("members"), ref: anyRef, room: v.string(), members, count: number }),
  error: v.object({
    type: v.literal("error"),
    ref: anyRef,
    code: v.string(),
    message: v.string(),
    /** Seconds after which the same command may succeed. */
    retryAfter: v.optional(number),
    /** A free name, with `name_taken`, and with `name_invalid` if the name is reserved. */
    suggestion: v.optional(v.string()),
    /** The kind of password that is missing or wrong, with `wrong_password`. */
    needs: v.optional(parts.passwordKind),
  }),
  /** `replaced`: the same client came back, or the member has too many sessions. `kicked`: by a ban from the whole server. */
  goodbye: v.object({
    type: v.literal("goodbye"),
    reason: v.picklist(["left", "shutdown", "timeout", "slow", "replaced", "refused", "kicked"]),
    /** Seconds after which to reconnect; absent if reconnecting makes no sense. */
    retryAfter: v.optional(number),
  }),
  ping: v.object({ type: v.literal("ping"), ref: anyRef }),
  /** `at` is the server's time; earlier servers do not send it. */
  pong: v.object({ type: v.literal("pong"), ref: anyRef, at: v.optional(v.string()) }),
  /** The reply to `auth`. With `token` the client joins, from another connection if this one has joined already. */
  authenticated: v.object({
    type: v.literal("authenticated"),
    ref: anyRef,
    role: v.picklist(["member", "moderator", "owner"]),
    name: v.optional(v.string()),
    token: v.optional(v.string()),
  }),
  /**
   * A restriction began or, with `off`, ended. Sent to the room's members, or to everyone; the author gets
   * `ref` back.
   */
  restriction: v.object({
    type: v.literal("restriction"),
    ref: anyRef,
    restriction: parts.restriction,
    by: actor,
    at: v.string(),
    off: v.optional(isTrue),
  }),
  /**
   * A member got a role or, with `off`, lost it, in `room` or in all rooms. Sent to the room's members, or to
   * everyone.
   */
  role: v.object({
    type: v.literal("role"),
    ref: anyRef,
    room: anyRoom,
    member,
    role: v.literal("moderator"),
    by: actor,
    at: v.string(),
    off: v.optional(isTrue),
  }),
  /** The newest first, as many as fit on a line. `count` is the number of all restrictions and moderators. */
  restrictions: v.object({
    type: v.literal("restrictions"),
    ref: anyRef,
    room: anyRoom,
    restrictions: v.array(parts.restriction),
    moderators: v.array(parts.moderatorGrant),
    count: number,
  }),
  /** An act of `from` towards the client or, with a `ref`, the client's own act, as a whole sentence. */
  notice: v.object({
    type: v.literal("notice"),
    ref: anyRef,
    from: v.optional(actor),
    text: v.string(),
    room: anyRoom,
  }),
};

/** Replies that answer one command and change nothing else: clients show them and need not remember them. */
const STATELESS_REPLIES = {
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

/** All events by type. */
export const EVENT_SCHEMAS = { ...STATE_EVENTS, ...STATELESS_REPLIES };

export type StatelessReply = CheckedBy<typeof STATELESS_REPLIES>;

/** Whether the event is a stateless reply, so that a `switch` over events need not name each of them. */
export function isStatelessReply(event: { readonly type: string }): event is StatelessReply {
  return Object.hasOwn(STATELESS_REPLIES, event.type);
}
