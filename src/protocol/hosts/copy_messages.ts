/**
 * What the host of a shared chat and a follower send each other: JSON, one object in each text message of a WebSocket. The host
 * begins with `challenge`, and the follower answers with `follow`. After `following` the follower may refuse the copy by closing the
 * connection; otherwise it says what it `have`s, and gets the rest. Before that, the host asks for what it lacks itself.
 */

import * as v from "valibot";
import { ProtocolError } from "../errors.ts";
import { isKeyForm, isSignatureForm } from "../identity/entry_signature.ts";
import * as limits from "../limits.ts";
import type { Checked, CheckedBy } from "../messages/fields.ts";
import * as parts from "../messages/event_parts.ts";

/** Path of the WebSocket between a host and a follower. */
export const COPY_PATH = "/copy";

/** Kinds of records that are copied. Passwords, tokens of accounts, and what a single member has read are not. */
export const COPIED_RECORDS = ["devices", "name", "restriction", "role", "invite", "room"] as const;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Two ids and a blank. */
const MAX_CHANNEL_CHARS = 2 * 64 + 1;
/** The name of a room, or of a conversation: see `conversationName`. */
const channel = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CHANNEL_CHARS));
const key = v.pipe(v.string(), v.check(isKeyForm, "is not a key: expected 43 characters of base64url"));
const signature = v.pipe(
  v.string(),
  v.check(isSignatureForm, "is not a signature: expected 86 characters of base64url"),
);
const partner = v.object({ id, name: text(limits.MAX_NAME_CHARS) });

const room = v.object({ id, name: channel, topic: text(limits.MAX_TOPIC_BYTES) });
const conversation = v.object({ id, name: channel, members: v.tuple([partner, partner]) });
const member = v.object({
  id,
  name: text(limits.MAX_NAME_CHARS),
  tokenDigest: text(limits.MAX_TOKEN_CHARS),
  nameKeys: v.array(text(4 * limits.MAX_NAME_CHARS)),
});
const entry = v.union([parts.roomMessage, parts.roomEdited, parts.roomDeleted, parts.roomReacted]);

/** A part of what the host has stored: the fields are those of `Batch` in `src/history/store.ts`, without what is not copied. */
const batch = v.object({
  removed: v.optional(v.array(v.object({ id, name: channel }))),
  rewound: v.optional(v.array(v.object({ channel, after: whole }))),
  rooms: v.optional(v.array(room)),
  conversations: v.optional(v.array(conversation)),
  members: v.optional(v.array(member)),
  messages: v.optional(v.array(entry)),
  records: v.optional(
    v.array(v.object({ kind: v.picklist(COPIED_RECORDS), key: channel, value: v.optional(v.looseObject({})) })),
  ),
});

export type CopyBatch = Checked<typeof batch>;

const HOST_MESSAGES = {
  /** Each connection has a nonce of its own. `tls`: the fingerprint of the certificate, if TLS ends at the host. */
  challenge: v.object({ type: v.literal("challenge"), chat: id, nonce: id, tls: v.optional(text(64)) }),
  /** The follower is accepted: this is what it would get if it had nothing, roughly. */
  following: v.object({ type: v.literal("following"), term: whole, entries: whole, channels: whole }),
  /**
   * The follower stores the parts of a copy, up to the one without `more`, together, and then says so by `n`, which rises by 1.
   * `reset`: all records come again, so the follower removes those that it has.
   */
  copy: v.object({
    type: v.literal("copy"),
    n: whole,
    batch,
    more: v.optional(v.literal(true)),
    reset: v.optional(v.literal(true)),
  }),
  /** The follower has another order of the channel: the host asks for the ids of its newest entries before a seq. */
  wanted: v.object({ type: v.literal("wanted"), channel, before: v.optional(whole) }),
  /** Up to this seq both orders are the same: the host asks for the entries that follow, one page at a time. */
  give: v.object({ type: v.literal("give"), channel, after: whole }),
  /** The host lives. */
  beat: v.object({ type: v.literal("beat") }),
};

const FOLLOWER_MESSAGES = {
  /** The proof of the key is that of a `join`. */
  follow: v.object({
    type: v.literal("follow"),
    key,
    signature,
    host: text(limits.MAX_HOST_CHARS),
    tls: v.optional(text(64)),
  }),
  /** The rooms and conversations that the follower has. The copy begins after the message without `more`. */
  have: v.object({
    type: v.literal("have"),
    channels: v.array(v.object({ id, name: channel, seq: whole, last: v.optional(id) })),
    more: v.optional(v.literal(true)),
  }),
  /** The copy with this `n`, and all before it, are on the follower's disk. */
  stored: v.object({ type: v.literal("stored"), n: whole }),
  /** Seqs and ids, newest first. `more`: there are entries before them. */
  ids: v.object({
    type: v.literal("ids"),
    channel,
    ids: v.pipe(v.array(v.tuple([whole, id])), v.maxLength(limits.MAX_OFFERED_IDS)),
    more: v.optional(v.literal(true)),
  }),
  /** Entries, oldest first, with the channel and members whom the host may not know. `more`: there are entries after them. */
  given: v.object({
    type: v.literal("given"),
    channel,
    room: v.optional(room),
    conversation: v.optional(v.object({ id, members: v.tuple([partner, partner]) })),
    members: v.pipe(v.array(member), v.maxLength(limits.MAX_GIVEN_ENTRIES + 2)),
    entries: v.pipe(v.array(entry), v.maxLength(limits.MAX_GIVEN_ENTRIES)),
    more: v.optional(v.literal(true)),
  }),
  /** The follower lives. */
  beat: v.object({ type: v.literal("beat") }),
};

export type HostMessage = CheckedBy<typeof HOST_MESSAGES>;
export type FollowerMessage = CheckedBy<typeof FOLLOWER_MESSAGES>;
export type KeptChannel = Extract<FollowerMessage, { type: "have" }>["channels"][number];

const HOST_SCHEMA = v.variant("type", Object.values(HOST_MESSAGES) as [typeof HOST_MESSAGES.challenge]);
const FOLLOWER_SCHEMA = v.variant("type", Object.values(FOLLOWER_MESSAGES) as [typeof FOLLOWER_MESSAGES.follow]);

/** Throws `bad_frame` for text that is no message of a host. */
export function parseHostMessage(json: string): HostMessage {
  return parsed(HOST_SCHEMA as v.GenericSchema<unknown, HostMessage>, json);
}

/** Throws `bad_frame` for text that is no message of a follower. */
export function parseFollowerMessage(json: string): FollowerMessage {
  return parsed(FOLLOWER_SCHEMA as v.GenericSchema<unknown, FollowerMessage>, json);
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, json: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ProtocolError("bad_frame", "A message about a copy is not JSON");
  }
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? "type";
  throw new ProtocolError(
    "bad_frame",
    `Field ${field} of a message about a copy is not valid: ${issue.message}`.slice(0, 200),
  );
}
