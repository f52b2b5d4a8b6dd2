/** The commands of a client: one schema each, from which its type is derived. The core sees only fields named here. */

import { CALL_SCHEMAS } from "./call_schemas.ts";
import { key, signature } from "./key_fields.ts";
import { MODERATION_SCHEMAS } from "./moderation_schemas.ts";
import { anyMember, anyRoom, ENTRY_COMMANDS, memberRef, place, sha256 } from "./entry_schemas.ts";
import { HOST_COMMANDS } from "./host_schemas.ts";
import * as v from "valibot";
import { parseNetwork } from "../address/network.ts";
import { DEFAULT_ROOM } from "../conventions.ts";
import * as limits from "../limits.ts";
import { isUuid } from "../uuid.ts";
import {
  anyRef,
  bytes,
  countField,
  fileName,
  isTrue,
  limit,
  name,
  room,
  seconds,
  seq,
  singleLine,
  visible,
  visibleOrEmpty,
} from "./fields.ts";

const line = (max: number) => v.pipe(bytes(1, max), singleLine);
const password = bytes(1, limits.MAX_PASSWORD_BYTES);
const readId = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.MAX_REF_CHARS));
const anyId = v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)));
const fingerprint = sha256;
const BASE64URL = /^[\w-]+$/;
/** An IP address, since a name could be that of another machine for the receiver. */
const host = v.pipe(
  v.string(),
  v.maxLength(limits.MAX_ADDRESS_CHARS),
  v.check((text) => !text.includes("/") && parseNetwork(text) !== undefined, "is not an IP address"),
);
const deviceKind = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.MAX_DEVICE_KIND_CHARS), singleLine);
const deviceName = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.MAX_DEVICE_NAME_CHARS), singleLine, visible);
const deviceStatement = v.object({
  action: v.picklist(["add", "revoke"]),
  member: v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)),
  number: countField,
  key,
  kind: v.optional(deviceKind),
  name: v.optional(deviceName),
  time: v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)),
  by: key,
});
/** Joining rooms, and files. */
const CHAT_COMMANDS = {
  /**
   * Enters `room`. The first join of a connection needs `name`, `token` or `key`. `after` is the id of the last entry that the
   * client has received, and asks for all later ones; an id that the room does not have asks for everything. `seq` is that of `after` when it
   * was received: if it has another one now, `renumbered` says from where on to ask again. `session` is the id of the session that the same client had before: it ends if it is still open.
   * `password` is the one that is needed: the server's, an invite's secret, the room's, or the
   * password of the account `name`. `signature` proves that the client holds the `key`: see `joinText`. `host` is the host
   * that the client dialed, and `tls` the fingerprint of the certificate that it saw, if it can know that.
   */
  join: v.object({
    type: v.literal("join"),
    ref: anyRef,
    room: v.optional(room, DEFAULT_ROOM),
    name: v.optional(name),
    token: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_TOKEN_CHARS))),
    password: v.optional(bytes(0, limits.MAX_PASSWORD_BYTES)),
    after: anyId,
    seq: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    session: anyId,
    key: v.optional(key),
    signature: v.optional(signature),
    host: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_HOST_CHARS))),
    tls: v.optional(fingerprint),
    device: v.optional(v.object({ kind: deviceKind, name: deviceName })),
  }),
  /** Leaves `room`. Without `room`, leaves every room, and the server closes the connection. */
  leave: v.object({ type: v.literal("leave"), ref: anyRef, room: anyRoom }),
  /**
   * A step of a straight transfer of a file to the member `to`, which the server passes on. `id` names the transfer. `offer`
   * describes the file; the receiver sends `accept` or `decline`; `ready` says where the sender listens, with its
   * `certificate` (DER in base64url), the `token` of the request and the file's hash. `done` and `failed` come from the
   * receiver, `cancel` from either. `text` is a reason.
   */
  direct: v.pipe(
    v.object({
      type: v.literal("direct"),
      ref: anyRef,
      to: memberRef,
      id: v.pipe(v.string(), v.check(isUuid, "is not a UUID")),
      step: v.picklist(["offer", "accept", "decline", "ready", "failed", "cancel", "done"]),
      name: v.optional(fileName),
      size: v.optional(countField),
      hosts: v.optional(v.pipe(v.array(host), v.minLength(1), v.maxLength(limits.MAX_DIRECT_HOSTS))),
      port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
      certificate: v.optional(v.pipe(v.string(), v.regex(BASE64URL), v.maxLength(limits.MAX_DIRECT_CERTIFICATE_CHARS))),
      token: v.optional(v.pipe(v.string(), v.regex(BASE64URL), v.maxLength(limits.MAX_TOKEN_CHARS))),
      sha256: v.optional(sha256),
      text: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_DIRECT_REASON_CHARS), singleLine)),
    }),
    v.forward(
      v.check(({ step, name, size }) => step !== "offer" || (name !== undefined && size !== undefined), "is missing"),
      ["name"],
    ),
    v.forward(
      v.check(
        (it) => it.step !== "ready" || [it.hosts, it.port, it.certificate, it.token, it.sha256].every(Boolean),
        "is missing, or another field of a sender that is ready is",
      ),
      ["hosts"],
    ),
  ),
  /** Asks for a slot to upload a file of `size` bytes, for a message in the room or conversation. The reply is a `slot`. */
  offer: v.object({ type: v.literal("offer"), ref: anyRef, ...place, name: fileName, size: countField }),
  rename: v.object({ type: v.literal("rename"), ref: anyRef, name }),
  topic: v.object({
    type: v.literal("topic"),
    ref: anyRef,
    room,
    text: v.pipe(bytes(0, limits.MAX_TOPIC_BYTES), singleLine, visibleOrEmpty),
  }),
  /**
   * Notes that the member has read a room or a conversation up to the entry with this id. It moves the mark forward only, and
   * tells the member's other sessions. An id that is not kept moves nothing.
   */
  read: v.object({ type: v.literal("read"), ref: anyRef, ...place, id: readId }),
  /** Stops the delivery of what the member called `to` writes to the sender in their conversation, or with `off` allows it. */
  block: v.object({ type: v.literal("block"), ref: anyRef, to: memberRef, off: v.optional(isTrue) }),
  /**
   * The sender is away, with a `text` for the others or without; `off` ends it. With `idle` it is about this session alone:
   * its user has pressed no key for `IDLE_AFTER_MS`, or with `off` presses keys again.
   */
  away: v.pipe(
    v.object({
      type: v.literal("away"),
      ref: anyRef,
      text: v.optional(v.pipe(line(limits.MAX_AWAY_BYTES), visible)),
      off: v.optional(isTrue),
      idle: v.optional(isTrue),
    }),
    v.forward(
      v.check(
        ({ text, off, idle }) => text === undefined || (off === undefined && idle === undefined),
        "and the fields off and idle exclude each other: only a member who goes away leaves a text",
      ),
      ["text"],
    ),
  ),
  /** The user is writing in `room`, or in the conversation with the member `to`. It has no reply, and may be lost. */
  typing: v.pipe(
    v.object({ type: v.literal("typing"), ref: anyRef, room: anyRoom, to: anyMember }),
    v.forward(
      v.check(({ room, to }) => room !== undefined || to !== undefined, "is missing, and so is room: name one of them"),
      ["to"],
    ),
    v.forward(
      v.check(
        ({ room, to }) => room === undefined || to === undefined,
        "and room exclude each other: name one of them",
      ),
      ["to"],
    ),
  ),
  ping: v.object({ type: v.literal("ping"), ref: anyRef }),
  pong: v.object({ type: v.literal("pong"), ref: anyRef }),
};

/** Queries: they change nothing, and each gets one reply. */
const QUERY_COMMANDS = {
  members: v.object({ type: v.literal("members"), ref: anyRef, room }),
  /** Asks who the member called `name` is. */
  whois: v.object({ type: v.literal("whois"), ref: anyRef, name }),
  rooms: v.object({ type: v.literal("rooms"), ref: anyRef }),
  /**
   * The newest `limit` messages whose seq is below `before`, and that follow the entry with the id `after`; with `changes`,
   * the changes between them as well.
   */
  history: v.object({
    type: v.literal("history"),
    ref: anyRef,
    ...place,
    before: v.optional(countField),
    after: anyId,
    limit,
    changes: v.optional(isTrue),
  }),
  search: v.object({
    type: v.literal("search"),
    ref: anyRef,
    ...place,
    query: v.pipe(bytes(1, limits.MAX_QUERY_BYTES), singleLine),
    limit,
  }),
  /**
   * Asks for a path that serves the file with this `id`, or that of the message with the seq `of` in a room or conversation, for
   * `GRANT_MS`. The reply is a `url`.
   */
  fetch: v.object({ type: v.literal("fetch"), ref: anyRef, id: v.optional(readId), ...place, of: v.optional(seq) }),
  /** The sender's conversations, newest first; with `before`, those that follow the one with the member of this id. */
  conversations: v.object({ type: v.literal("conversations"), ref: anyRef, before: anyId, limit }),
  /** The tokens of the sender's account. */
  sessions: v.object({ type: v.literal("sessions"), ref: anyRef }),
  invites: v.object({ type: v.literal("invites"), ref: anyRef }),
  /** The restrictions and roles of `room`, or of the whole server. */
  restrictions: v.object({ type: v.literal("restrictions"), ref: anyRef, room: anyRoom }),
  /** The newest `limit` entries of the audit log whose `nth` is below `before`. Moderators of one room name it. */
  audit: v.object({ type: v.literal("audit"), ref: anyRef, room: anyRoom, before: v.optional(countField), limit }),
};

/** Accounts and invites. A guest who registers keeps their id. */
const ACCOUNT_COMMANDS = {
  /**
   * Logs in to the account `name`, before or after `join`. Without `name`, the password is the server's
   * admin password.
   */
  auth: v.object({ type: v.literal("auth"), ref: anyRef, name: v.optional(name), password }),
  /**
   * Registers the sender's present name. A repeated `register` replaces the name and the password, and revokes all
   * other tokens.
   */
  register: v.object({
    type: v.literal("register"),
    ref: anyRef,
    password: bytes(limits.MIN_ACCOUNT_PASSWORD_BYTES, limits.MAX_PASSWORD_BYTES),
  }),
  /** Revokes a token of the sender's account, or an invite: exactly one of the two, by its id. */
  revoke: v.object({ type: v.literal("revoke"), ref: anyRef, session: anyId, invite: anyId }),
  /**
   * Lists the member's devices, after it has applied a `statement` that revokes one. `signature` is that of the
   * statement and this chat: see `deviceText`.
   */
  device: v.object({
    type: v.literal("device"),
    ref: anyRef,
    statement: v.optional(deviceStatement),
    signature: v.optional(signature),
  }),
  /**
   * Links a device. `begin` offers to admit one, and brings a code. The other device sends the code, or its words, as `claim`
   * in place of a `join`, with its `key` and its proof as in `join`, and says what it is. `answer` accepts it with a
   * `statement` that adds it, or refuses it. `proof` is passed on, for the two devices to check each other.
   */
  link: v.object({
    type: v.literal("link"),
    ref: anyRef,
    step: v.picklist(["begin", "claim", "answer"]),
    code: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_TOKEN_CHARS))),
    key: v.optional(key),
    signature: v.optional(signature),
    host: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_HOST_CHARS))),
    tls: v.optional(fingerprint),
    kind: v.optional(deviceKind),
    name: v.optional(deviceName),
    proof: v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_LINK_PROOF_CHARS))),
    accept: v.optional(isTrue),
    statement: v.optional(deviceStatement),
  }),
  /** Makes an invite to `room` alone, or to the server. `expires` is in seconds. */
  invite: v.object({
    type: v.literal("invite"),
    ref: anyRef,
    room: anyRoom,
    expires: v.optional(seconds(limits.MAX_INVITE_SECONDS), limits.DEFAULT_INVITE_SECONDS),
    uses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_INVITE_USES))),
  }),
};

/** All commands by type. */
export const COMMAND_SCHEMAS = {
  ...CHAT_COMMANDS,
  ...ENTRY_COMMANDS,
  ...CALL_SCHEMAS,
  ...HOST_COMMANDS,
  ...QUERY_COMMANDS,
  ...ACCOUNT_COMMANDS,
  ...MODERATION_SCHEMAS,
};
