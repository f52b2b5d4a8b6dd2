import * as v from "valibot";
import { anyRef, isTrue, number, type Schema } from "./fields.ts";
import type { ServerEvent } from "./messages.ts";

const member = v.object({
  id: v.string(),
  name: v.string(),
  role: v.optional(v.picklist(["owner", "moderator"])),
  account: v.optional(isTrue),
  new: v.optional(isTrue),
  quiet: v.optional(isTrue),
});
const members = v.array(member);
const actor = v.object({ id: v.optional(v.string()), name: v.string() });
const order = v.object({
  id: v.string(),
  kind: v.picklist(["ban", "mute", "lock", "slow", "lockdown", "allow"]),
  room: v.optional(v.string()),
  member: v.optional(member),
  address: v.optional(v.string()),
  seconds: v.optional(number),
  until: v.optional(v.string()),
  password: v.optional(isTrue),
  reason: v.optional(v.string()),
  by: actor,
});
const moderatorGrant = v.object({ id: v.string(), room: v.optional(v.string()), member, by: actor });
const auditEntry = v.object({
  nth: number,
  at: v.string(),
  by: actor,
  action: v.string(),
  room: v.optional(v.string()),
  target: v.optional(actor),
  address: v.optional(v.string()),
  seconds: v.optional(number),
  reason: v.optional(v.string()),
});
const invite = v.object({
  id: v.string(),
  room: v.optional(v.string()),
  expires: v.string(),
  uses: v.optional(number),
  used: number,
  by: v.string(),
});
const accountSession = v.object({ id: v.string(), since: v.string(), seen: v.string(), current: v.optional(isTrue) });
const roomSummary = v.object({ id: v.string(), name: v.string(), topic: v.string(), count: number });
const quote = v.object({ seq: number, from: v.optional(member), text: v.optional(v.string()) });
const roomMessage = v.object({
  type: v.literal("message"),
  id: v.string(),
  room: v.string(),
  seq: number,
  from: member,
  text: v.string(),
  at: v.string(),
  reply: v.optional(quote),
  edited: v.optional(isTrue),
  deleted: v.optional(isTrue),
  reactions: v.optional(v.array(v.object({ emoji: v.string(), count: number }))),
});
const change = { id: v.string(), room: v.string(), seq: number, of: quote, from: member, at: v.string() };
const edited = v.object({ type: v.literal("edited"), ...change, text: v.optional(v.string()) });
const deleted = v.object({ type: v.literal("deleted"), ...change });
const reacted = v.object({
  type: v.literal("reacted"),
  ...change,
  emoji: v.string(),
  count: number,
  removed: v.optional(isTrue),
});
const directMessage = v.object({
  type: v.literal("message"),
  id: v.string(),
  to: member,
  from: member,
  text: v.string(),
  at: v.string(),
});

/** What each event has. */
export const EVENT_SCHEMAS = new Map<string, v.GenericSchema<unknown, ServerEvent>>(Object.entries(
  {
    welcome: v.object({
      type: v.literal("welcome"),
      protocol: number,
      server: v.object({ id: v.string(), name: v.string(), version: v.string() }),
      limits: v.object({
        lineBytes: number,
        nameChars: number,
        textBytes: number,
        rooms: number,
        page: number,
        rate: v.optional(v.object({ perSecond: number, burst: number })),
      }),
    }),
    joined: v.object({
      type: v.literal("joined"),
      ref: anyRef,
      room: v.object({
        id: v.string(),
        name: v.string(),
        topic: v.string(),
        locked: v.optional(isTrue),
        slow: v.optional(number),
      }),
      you: v.object({ ...member.entries, token: v.string() }),
      seq: number,
      members,
      count: number,
      missed: number,
      truncated: v.optional(v.literal(true)),
    }),
    join: v.object({ type: v.literal("join"), room: v.string(), member, at: v.string() }),
    leave: v.object({
      type: v.literal("leave"),
      ref: anyRef,
      room: v.string(),
      member,
      at: v.string(),
      reason: v.picklist(["left", "closed", "timeout", "slow", "kicked", "shutdown", "removed"]),
    }),
    presence: v.object({
      type: v.literal("presence"),
      room: v.string(),
      count: number,
      joined: members,
      left: members,
    }),
    message: v.union([roomMessage, directMessage]),
    edited,
    deleted,
    reacted,
    ack: v.object({
      type: v.literal("ack"),
      ref: v.string(),
      id: v.string(),
      seq: v.optional(number),
      at: v.string(),
      waiting: v.optional(v.literal(true)),
    }),
    rename: v.object({ type: v.literal("rename"), ref: anyRef, member, was: v.string(), at: v.string() }),
    topic: v.object({
      type: v.literal("topic"),
      ref: anyRef,
      room: v.string(),
      text: v.string(),
      by: member,
      at: v.string(),
    }),
    members: v.object({ type: v.literal("members"), ref: anyRef, room: v.string(), members, count: number }),
    rooms: v.object({ type: v.literal("rooms"), ref: anyRef, rooms: v.array(roomSummary), count: number }),
    history: v.object({
      type: v.literal("history"),
      ref: anyRef,
      room: v.string(),
      messages: v.array(roomMessage),
      changes: v.optional(v.array(v.variant("type", [edited, deleted, reacted]))),
      more: v.boolean(),
    }),
    search: v.object({
      type: v.literal("search"),
      ref: anyRef,
      room: v.string(),
      query: v.string(),
      messages: v.array(roomMessage),
      more: v.boolean(),
    }),
    error: v.object({
      type: v.literal("error"),
      ref: anyRef,
      code: v.string(),
      message: v.string(),
      retryAfter: v.optional(number),
      suggestion: v.optional(v.string()),
      needs: v.optional(v.picklist(["server", "room", "account", "admin"])),
    }),
    goodbye: v.object({
      type: v.literal("goodbye"),
      reason: v.picklist(["left", "shutdown", "timeout", "slow", "replaced", "refused", "kicked"]),
      retryAfter: v.optional(number),
    }),
    ping: v.object({ type: v.literal("ping"), ref: anyRef }),
    pong: v.object({ type: v.literal("pong"), ref: anyRef }),
    authenticated: v.object({
      type: v.literal("authenticated"),
      ref: anyRef,
      role: v.picklist(["member", "moderator", "owner"]),
      name: v.optional(v.string()),
      token: v.optional(v.string()),
    }),
    registered: v.object({ type: v.literal("registered"), ref: anyRef, name: v.string() }),
    sessions: v.object({ type: v.literal("sessions"), ref: anyRef, sessions: v.array(accountSession) }),
    revoked: v.object({
      type: v.literal("revoked"),
      ref: anyRef,
      session: v.optional(v.string()),
      invite: v.optional(v.string()),
    }),
    invite: v.object({
      type: v.literal("invite"),
      ref: anyRef,
      id: v.string(),
      secret: v.string(),
      words: v.string(),
      room: v.optional(v.string()),
      expires: v.string(),
      uses: v.optional(number),
    }),
    invites: v.object({ type: v.literal("invites"), ref: anyRef, invites: v.array(invite), count: number }),
    restriction: v.object({
      type: v.literal("restriction"),
      ref: anyRef,
      restriction: order,
      by: actor,
      at: v.string(),
      off: v.optional(isTrue),
    }),
    role: v.object({
      type: v.literal("role"),
      ref: anyRef,
      room: v.optional(v.string()),
      member,
      role: v.literal("moderator"),
      by: actor,
      at: v.string(),
      off: v.optional(isTrue),
    }),
    restrictions: v.object({
      type: v.literal("restrictions"),
      ref: anyRef,
      room: v.optional(v.string()),
      restrictions: v.array(order),
      moderators: v.array(moderatorGrant),
      count: number,
    }),
    notice: v.object({
      type: v.literal("notice"),
      ref: anyRef,
      from: v.optional(actor),
      text: v.string(),
      room: v.optional(v.string()),
    }),
    audit: v.object({
      type: v.literal("audit"),
      ref: anyRef,
      room: v.optional(v.string()),
      entries: v.array(auditEntry),
      more: v.boolean(),
    }),
  } satisfies Schema<ServerEvent>,
));
