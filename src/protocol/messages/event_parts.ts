/** Schemas of the parts that several events have in common. */

import * as v from "valibot";
import { PASSWORD_KINDS } from "../errors.ts";
import { isTrue, number } from "./fields.ts";

/** A member who is away by their own word, with or without a text, or whose devices are all `idle`. */
export const away = v.object({ since: v.string(), text: v.optional(v.string()), idle: v.optional(isTrue) });

/** A member as others see them. `id` stays through renames and returns; `name` is unique among present members. */
export const member = v.object({
  id: v.string(),
  name: v.string(),
  /** In lists and joins: the member's role in that room. */
  role: v.optional(v.picklist(["owner", "moderator"])),
  /** In lists and joins: the name is registered to this member. */
  account: v.optional(isTrue),
  /** In joins and renames: another member had this name before. */
  new: v.optional(isTrue),
  /** In joins and leaves: the member is muted there. Views update their lists and show nothing. */
  quiet: v.optional(isTrue),
  /** In lists, joins, `away` and `whois`: the member is away. Not in the joins and `joined` of crowded rooms. */
  away: v.optional(away),
});
export const members = v.array(member);

/** The author of an act of moderation: a member, or `server` or `owner` without an id. */
export const actor = v.object({ id: v.optional(v.string()), name: v.string() });

/** The limits that a client must keep, as the server enforces them. */
export const serverLimits = v.object({
  lineBytes: number,
  nameChars: number,
  textBytes: number,
  rooms: number,
  page: number,
  /** Messages per second, and how many at once; absent if the server sets no rate. */
  rate: v.optional(v.object({ perSecond: number, burst: number })),
});

/**
 * The addresses of all servers of the chat, as `host:port`, this one first, at most `MAX_SERVERS_LISTED`. Absent if the chat has
 * one server. Any server can write anything here: see `parseServers`.
 */
export const servers = v.array(v.string());

export const joinedRoom = v.object({
  id: v.string(),
  name: v.string(),
  topic: v.string(),
  locked: v.optional(isTrue),
  /** Seconds between two messages of one member. */
  slow: v.optional(number),
});

export const roomSummary = v.object({ id: v.string(), name: v.string(), topic: v.string(), count: number });

/**
 * The message that a reply or a change is about. `from` is absent if the message is no longer kept, and `id` as well if
 * an earlier version stored the entry. `text` is its beginning, or the name of its file, on one line of at most
 * `MAX_QUOTE_CHARS`: in replies and reactions, and absent if it was deleted.
 */
export const quotePart = v.object({
  id: v.optional(v.string()),
  seq: number,
  from: v.optional(member),
  text: v.optional(v.string()),
});

/** The number of members with this emoji on a message. */
export const reaction = v.object({ emoji: v.string(), count: number });

/** The author's signature of `entryText`, which the server has not checked: all three, or none. */
const entrySignature = { signature: v.optional(v.string()), key: v.optional(v.string()), time: v.optional(v.string()) };

/** A small picture of a file, which its sender has made: at most `MAX_THUMBNAIL_PIXELS` wide and high. It is fetched by its id. */
export const thumbnail = v.object({
  id: v.string(),
  size: number,
  media: v.string(),
  sha256: v.string(),
  width: number,
  height: number,
});

/** A file of a message. `media` is what the server found in its first bytes; `sha256` is in base64url. */
export const file = v.object({
  id: v.string(),
  name: v.string(),
  size: number,
  media: v.string(),
  sha256: v.string(),
  thumbnail: v.optional(thumbnail),
});

/** The fields of a message. `seq` rises by one with each message or change that the room or the conversation keeps. */
const message = {
  type: v.literal("message"),
  id: v.string(),
  seq: number,
  from: member,
  /** The text as it is now; empty if the message was deleted, or is a file without a text. */
  text: v.string(),
  /** Absent if the message was deleted. */
  file: v.optional(file),
  at: v.string(),
  reply: v.optional(quotePart),
  edited: v.optional(isTrue),
  deleted: v.optional(isTrue),
  ...entrySignature,
  /** The id of the last edit, if the signature is that of the edit. */
  edit: v.optional(v.string()),
  /** In pages of the history, in the order in which each emoji was first added. */
  reactions: v.optional(v.array(reaction)),
};

const inRoom = { room: v.string() };
/** A conversation of two members. Each of them gets the other one's id and name. */
const inConversation = { with: v.object({ id: v.string(), name: v.string() }) };

export const roomMessage = v.object({ ...message, ...inRoom });
/** A message of a conversation. `waiting`, to its author alone: the other member is not connected, and gets it on return. */
export const directMessage = v.object({ ...message, ...inConversation, waiting: v.optional(isTrue) });

/**
 * A change of a message. It takes the next seq, as a message does, so it is kept, acknowledged and replayed
 * in the same way. `seq` is its own, `of.seq` that of the message; `from` is the author of the change.
 */
const change = {
  id: v.string(),
  seq: number,
  of: quotePart,
  from: member,
  at: v.string(),
  ...entrySignature,
};

/** In a replay, `text` and the signature are absent if the message was changed again later, or is gone. */
const edit = { type: v.literal("edited"), ...change, text: v.optional(v.string()) };
const deletion = { type: v.literal("deleted"), ...change };
/** `count` is the number of members who have this emoji there after the change. */
const reacting = {
  type: v.literal("reacted"),
  ...change,
  emoji: v.string(),
  count: number,
  removed: v.optional(isTrue),
};

export const roomEdited = v.object({ ...edit, ...inRoom });
export const roomDeleted = v.object({ ...deletion, ...inRoom });
export const roomReacted = v.object({ ...reacting, ...inRoom });
export const directEdited = v.object({ ...edit, ...inConversation });
export const directDeleted = v.object({ ...deletion, ...inConversation });
export const directReacted = v.object({ ...reacting, ...inConversation });
export const roomChange = v.variant("type", [roomEdited, roomDeleted, roomReacted]);
export const directChange = v.variant("type", [directEdited, directDeleted, directReacted]);

/** Up to where a member has read a room or a conversation. `id` is absent if that entry is no longer kept. */
export const readMark = v.object({ id: v.optional(v.string()), seq: number });

/** A conversation in the list of one of its two members. */
export const conversationSummary = v.object({
  ...inConversation,
  /** The seq of the newest message or change. */
  seq: number,
  /** The beginning of the newest message that is kept, and its time. */
  last: v.optional(v.object({ ...quotePart.entries, at: v.string() })),
  mark: v.optional(readMark),
  /** Messages of the other member after the mark, at most `MAX_UNREAD_COUNTED`. */
  unread: number,
});

/** A restriction in force until `until`, or until it is ended. Without `room` it holds on the whole server. */
export const restriction = v.object({
  id: v.string(),
  kind: v.picklist(["ban", "mute", "lock", "slow", "lockdown", "allow"]),
  room: v.optional(v.string()),
  member: v.optional(member),
  /** An address or a network, shown to owners only. */
  address: v.optional(v.string()),
  /** Its duration; for `slow`, the seconds between two messages. */
  seconds: v.optional(number),
  until: v.optional(v.string()),
  /** For a lock: there is a password that opens it. */
  password: v.optional(isTrue),
  reason: v.optional(v.string()),
  by: actor,
});

/** The role of a moderator of one room, or without `room` of all rooms, and its giver. */
export const moderatorGrant = v.object({ id: v.string(), room: v.optional(v.string()), member, by: actor });

export const auditEntry = v.object({
  /** Rises from entry to entry. */
  nth: number,
  at: v.string(),
  by: actor,
  /** The command's type, or its consequence: `lifted`, `ended`, `created`. */
  action: v.string(),
  room: v.optional(v.string()),
  target: v.optional(actor),
  /** Shown to owners only. */
  address: v.optional(v.string()),
  seconds: v.optional(number),
  reason: v.optional(v.string()),
});

export const inviteSummary = v.object({
  id: v.string(),
  room: v.optional(v.string()),
  expires: v.string(),
  /** The number of joins that it allows; absent if unlimited. */
  uses: v.optional(number),
  used: number,
  /** The name of its maker. */
  by: v.string(),
});

/**
 * A token of an account, or a device with a key: when it was issued and last used, in RFC 3339. For a guest the `id` is the
 * key. `current` is that of this connection.
 */
export const accountSession = v.object({
  id: v.string(),
  kind: v.optional(v.string()),
  name: v.optional(v.string()),
  since: v.string(),
  seen: v.string(),
  /** The server admitted its key by the account's password; no other device signed for it. */
  vouched: v.optional(isTrue),
  current: v.optional(isTrue),
});

export const memberDevice = v.object({
  key: v.string(),
  kind: v.string(),
  name: v.string(),
  since: v.string(),
  /** The server admitted it by the account's password; no other device signed for it. */
  vouched: v.optional(isTrue),
  current: v.optional(isTrue),
});

export const passwordKind = v.picklist(PASSWORD_KINDS);
