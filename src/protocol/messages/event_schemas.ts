/** The events of the server: one schema each, from which its type is derived. */

import * as v from "valibot";
import { CALL_EVENTS } from "./call_schemas.ts";
import * as parts from "./event_parts.ts";
import { actor, member, members } from "./event_parts.ts";
import { HOST_EVENTS, hosted } from "./host_schemas.ts";
import { STATELESS_REPLIES } from "./reply_schemas.ts";
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
    /** The members of a call at most; absent if the server has no calls. */
    calls: v.optional(v.object({ members: number })),
    servers: v.optional(parts.servers),
    /** The chat is shared: several members may host it. */
    hosted: v.optional(hosted),
  }),
  /** The servers of the chat have changed. */
  servers: v.object({ type: v.literal("servers"), servers: parts.servers }),
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
   * connected. `alone`: the host of a shared chat has it, and no other copy.
   */
  ack: v.object({
    type: v.literal("ack"),
    ref: v.string(),
    id: v.string(),
    seq: v.optional(number),
    at: v.string(),
    waiting: v.optional(isTrue),
    alone: v.optional(isTrue),
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
  /**
   * `replaced`: the same client came back, or the member has too many sessions. `kicked`: by a ban from the whole server.
   * `moved`: another host has the chat now.
   */
  goodbye: v.object({
    type: v.literal("goodbye"),
    reason: v.picklist(["left", "shutdown", "timeout", "slow", "replaced", "refused", "kicked", "moved"]),
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

/** All events by type. */
export const EVENT_SCHEMAS = { ...STATE_EVENTS, ...CALL_EVENTS, ...HOST_EVENTS, ...STATELESS_REPLIES };

export type StatelessReply = CheckedBy<typeof STATELESS_REPLIES>;

/** Whether the event is a stateless reply, so that a `switch` over events need not name each of them. */
export function isStatelessReply(event: { readonly type: string }): event is StatelessReply {
  return Object.hasOwn(STATELESS_REPLIES, event.type);
}
