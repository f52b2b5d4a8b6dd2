import * as v from "valibot";
import {
  anyRef,
  bytes,
  countField,
  emoji,
  isTrue,
  limit,
  name,
  room,
  type Schema,
  seconds,
  seq,
  singleLine,
  visible,
  visibleOrEmpty,
} from "./fields.ts";
import * as limits from "../limits.ts";
import { type ClientCommand, DEFAULT_ROOM } from "./messages.ts";
import { parseNetwork } from "../address/network.ts";

const line = (max: number) => v.pipe(bytes(1, max), singleLine);
const reason = v.optional(line(limits.MAX_REASON_BYTES));
const password = bytes(1, limits.MAX_PASSWORD_BYTES);
const text = v.pipe(bytes(1, limits.MAX_TEXT_BYTES), visible);
const anyRoom = v.optional(room);
const anySeconds = v.optional(seconds(limits.MAX_RESTRICTION_SECONDS));
const anyId = v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)));
const network = v.pipe(
  v.string(),
  v.maxLength(limits.MAX_ADDRESS_CHARS),
  v.check(
    (text) => parseNetwork(text) !== undefined,
    "is no address: expected one such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64",
  ),
);

/** What each command may have; whatever is not here never reaches the core. */
export const COMMAND_SCHEMAS = new Map<string, v.GenericSchema<unknown, ClientCommand>>(Object.entries(
  {
    join: v.object({
      type: v.literal("join"),
      ref: anyRef,
      room: v.optional(room, DEFAULT_ROOM),
      name: v.optional(name),
      token: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_TOKEN_CHARS))),
      password: v.optional(bytes(0, limits.MAX_PASSWORD_BYTES)),
      after: v.optional(countField),
      roomId: anyId,
    }),
    leave: v.object({ type: v.literal("leave"), ref: anyRef, room: v.optional(room) }),
    message: v.object({
      type: v.literal("message"),
      ref: anyRef,
      room: v.optional(room),
      to: v.optional(name),
      text,
      reply: v.optional(v.union([seq, name])),
    }),
    edit: v.object({ type: v.literal("edit"), ref: anyRef, room, seq: v.optional(seq), text }),
    delete: v.object({ type: v.literal("delete"), ref: anyRef, room, seq: v.optional(seq) }),
    react: v.object({
      type: v.literal("react"),
      ref: anyRef,
      room,
      seq: v.optional(seq),
      emoji,
      remove: v.optional(isTrue),
    }),
    rename: v.object({ type: v.literal("rename"), ref: anyRef, name }),
    topic: v.object({
      type: v.literal("topic"),
      ref: anyRef,
      room,
      text: v.pipe(bytes(0, limits.MAX_TOPIC_BYTES), singleLine, visibleOrEmpty),
    }),
    members: v.object({ type: v.literal("members"), ref: anyRef, room }),
    rooms: v.object({ type: v.literal("rooms"), ref: anyRef }),
    history: v.object({
      type: v.literal("history"),
      ref: anyRef,
      room,
      before: v.optional(countField),
      limit,
      changes: v.optional(isTrue),
    }),
    search: v.object({
      type: v.literal("search"),
      ref: anyRef,
      room,
      query: v.pipe(bytes(1, limits.MAX_QUERY_BYTES), singleLine),
      limit,
    }),
    ping: v.object({ type: v.literal("ping"), ref: anyRef }),
    pong: v.object({ type: v.literal("pong"), ref: anyRef }),
    auth: v.object({ type: v.literal("auth"), ref: anyRef, name: v.optional(name), password }),
    register: v.object({
      type: v.literal("register"),
      ref: anyRef,
      password: bytes(limits.MIN_ACCOUNT_PASSWORD_BYTES, limits.MAX_PASSWORD_BYTES),
    }),
    sessions: v.object({ type: v.literal("sessions"), ref: anyRef }),
    revoke: v.object({ type: v.literal("revoke"), ref: anyRef, session: anyId, invite: anyId }),
    invite: v.object({
      type: v.literal("invite"),
      ref: anyRef,
      room: anyRoom,
      expires: v.optional(seconds(limits.MAX_INVITE_SECONDS), limits.DEFAULT_INVITE_SECONDS),
      uses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_INVITE_USES))),
    }),
    invites: v.object({ type: v.literal("invites"), ref: anyRef }),
    kick: v.object({ type: v.literal("kick"), ref: anyRef, room, name, reason }),
    ban: v.object({
      type: v.literal("ban"),
      ref: anyRef,
      name: v.optional(name),
      address: v.optional(network),
      room: anyRoom,
      seconds: anySeconds,
      also: v.optional(v.picklist(["address", "network"])),
      reason,
    }),
    mute: v.object({ type: v.literal("mute"), ref: anyRef, name, room: anyRoom, seconds: anySeconds, reason }),
    allow: v.object({
      type: v.literal("allow"),
      ref: anyRef,
      name: v.optional(name),
      restriction: anyId,
      room: anyRoom,
      all: v.optional(isTrue),
      by: v.optional(name),
    }),
    lock: v.object({
      type: v.literal("lock"),
      ref: anyRef,
      room,
      password: v.optional(password),
      off: v.optional(isTrue),
    }),
    slow: v.object({
      type: v.literal("slow"),
      ref: anyRef,
      room,
      seconds: v.pipe(countField, v.maxValue(limits.MAX_SLOW_SECONDS)),
    }),
    lockdown: v.object({ type: v.literal("lockdown"), ref: anyRef, on: v.boolean() }),
    moderator: v.object({ type: v.literal("moderator"), ref: anyRef, name, room: anyRoom, off: v.optional(isTrue) }),
    remove: v.object({ type: v.literal("remove"), ref: anyRef, room: anyRoom, account: v.optional(name) }),
    restrictions: v.object({ type: v.literal("restrictions"), ref: anyRef, room: anyRoom }),
    audit: v.object({ type: v.literal("audit"), ref: anyRef, room: anyRoom, before: v.optional(countField), limit }),
  } satisfies Schema<ClientCommand>,
));
