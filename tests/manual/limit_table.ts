/** The limits that the manual lists, with their numbers from the code. */

import { COMMAND_COSTS } from "../../src/core/commands/command_table.ts";
import * as limits from "../../src/protocol/limits.ts";
import type { GeneratedTable } from "./generated_table.ts";

const HOUR_MS = 60 * 60 * 1_000;

export function limitTable(): GeneratedTable {
  return { head: ["What", "Limit"], rows: LIMITS };
}

const n = (value: number) => value.toLocaleString("en-US");
const mb = (bytes: number) => `${n(bytes / 1024 ** 2)} MiB`;
const seconds = (ms: number) => `${n(ms / 1_000)} seconds`;

const LIMITS: readonly (readonly [string, string])[] = [
  ["A line", `${n(limits.MAX_LINE_BYTES)} bytes`],
  [
    "A message",
    `1 to ${n(limits.MAX_TEXT_BYTES)} bytes of UTF-8 with something visible, or 0 with a file; line breaks are allowed`,
  ],
  ["The name of a file", `${n(limits.MAX_FILE_NAME_BYTES)} bytes`],
  [
    "A file; all files of a server",
    `${mb(limits.DEFAULT_MAX_FILE_BYTES)}; ${
      mb(limits.DEFAULT_FILES_TOTAL_BYTES)
    }, and at most a fifth of the free disk`,
  ],
  ["Free disk that files leave to the chat", mb(limits.MIN_FREE_DISK_BYTES)],
  [
    "Files of one member in a day; of all guests of one address",
    `${mb(limits.MEMBER_FILE_BYTES_PER_DAY)}; ${limits.MEMBER_QUOTAS_PER_ADDRESS} times as much`,
  ],
  [
    "The thumbnail of a file",
    `${n(limits.MAX_THUMBNAIL_BYTES)} bytes; ${limits.MAX_THUMBNAIL_PIXELS} pixels wide, and as many high`,
  ],
  ["Time from the offer of a file to its message", `${n(limits.SLOT_MS / HOUR_MS)} hours`],
  [
    "Slots of one member; of the guests of one address, and of the server's own machine; of a server",
    [
      limits.MAX_SLOTS_PER_MEMBER,
      limits.MAX_SLOTS_PER_ADDRESS,
      limits.MAX_SLOTS_OF_THIS_MACHINE,
      limits.MAX_SLOTS,
    ].map(n).join("; "),
  ],
  ["Time that a `url` serves its file", seconds(limits.GRANT_MS)],
  [
    "Valid `url`s of one member; of a server",
    `${n(limits.MAX_GRANTS_PER_MEMBER)}; ${n(limits.MAX_GRANTS)}; a new one ends the oldest`,
  ],
  ["A name of a member or a room", `${n(limits.MAX_NAME_CHARS)} characters, ${n(limits.MAX_NAME_BYTES)} bytes`],
  ["A `ref`", `${n(limits.MAX_REF_CHARS)} characters`],
  [
    "The time in an `id` that a client makes",
    `${n(limits.MAX_ID_AHEAD_MS / 60_000)} minutes ahead of the server's clock`,
  ],
  ["The part of a message that a reply or a reaction quotes", `${n(limits.MAX_QUOTE_CHARS)} characters`],
  ["An emoji", `${n(limits.MAX_EMOJI_BYTES)} bytes`],
  [
    "Different emoji on one message",
    `${n(limits.MAX_REACTIONS_PER_MESSAGE)}; ${n(limits.MAX_REACTIONS_PER_MEMBER)} from one member`,
  ],
  ["A name of a file", `${n(limits.MAX_FILE_NAME_BYTES)} bytes of UTF-8`],
  ["A topic", `${n(limits.MAX_TOPIC_BYTES)} bytes, one line`],
  ["Rooms that one member is in", n(limits.MAX_ROOMS_PER_MEMBER)],
  ["Open sessions of one member", n(limits.MAX_SESSIONS_PER_MEMBER)],
  ["Members with several devices", n(limits.MAX_DEVICE_LISTS)],
  [
    "Names that keys own; from one address; from the server's own machine",
    [limits.MAX_OWNED_NAMES, limits.MAX_OWNED_NAMES_PER_ADDRESS, limits.MAX_OWNED_NAMES_OF_THIS_MACHINE].map(n)
      .join("; "),
  ],
  ["Time that a key owns a name after the last visit", `${n(limits.OWNED_NAME_MS / (24 * HOUR_MS))} days`],
  ["Devices that are being linked at the same time", n(limits.MAX_LINKS)],
  ["Time to link a device", seconds(limits.LINK_MS)],
  [
    "The kind of a device, and its name",
    `${limits.MAX_DEVICE_KIND_CHARS} and ${limits.MAX_DEVICE_NAME_CHARS} characters`,
  ],
  ["Proof of a device to another one", `${limits.MAX_LINK_PROOF_CHARS} characters`],
  ["Rooms of a server", `${n(limits.MAX_ROOMS)}; the last ${n(limits.RESERVED_ROOMS)} are for owners`],
  [
    "Existing rooms made by one member; from one address; from the server's own machine",
    [limits.MAX_ROOMS_MADE_PER_MEMBER, limits.MAX_ROOMS_MADE_PER_ADDRESS, limits.MAX_ROOMS_MADE_ON_THIS_MACHINE]
      .map(n).join("; "),
  ],
  ["Rooms without messages that one account keeps", n(limits.MAX_ROOMS_PREPARED_PER_ACCOUNT)],
  [
    "Restrictions in force",
    `${n(limits.MAX_RESTRICTIONS)}; the last ${
      n(limits.RESERVED_RESTRICTIONS)
    } are for owners and moderators of all rooms`,
  ],
  [
    "Restrictions imposed by one member; from one address; from the server's own machine",
    [limits.MAX_RESTRICTIONS_PER_MEMBER, limits.MAX_RESTRICTIONS_PER_ADDRESS, limits.MAX_RESTRICTIONS_OF_THIS_MACHINE]
      .map(n).join("; "),
  ],
  [
    "Accounts of a server; from one address; from the server's own machine",
    [limits.MAX_ACCOUNTS, limits.MAX_ACCOUNTS_PER_ADDRESS, limits.MAX_ACCOUNTS_OF_THIS_MACHINE].map(n).join("; "),
  ],
  ["Devices with a token of one account", `${n(limits.MAX_TOKENS_PER_ACCOUNT)}; the longest unused is forgotten first`],
  ["Chats to which one run of a client proves a key", n(limits.MAX_CHATS_PROVED)],
  ["Signatures that a client has not checked yet", n(limits.MAX_SIGNATURES_WAITING)],
  ["The `host` of a `join` with a key", `${n(limits.MAX_HOST_CHARS)} characters`],
  ["Keys of one member, one for each device", n(limits.MAX_DEVICES_PER_MEMBER)],
  ["Invites", `${n(limits.MAX_INVITES)}; the last ${n(limits.RESERVED_INVITES)} are for owners`],
  [
    "Entries of the audit log",
    `${n(limits.MAX_AUDIT_ENTRIES)} by owners and moderators of all rooms, ${
      n(limits.MAX_AUDIT_ENTRIES)
    } by moderators of rooms, ${n(limits.MAX_AUDIT_ENTRIES_PER_ROOM)} for each room`,
  ],
  [
    "Messages that a room keeps with `--memory`",
    `${n(limits.MEMORY_HISTORY_MESSAGES)}; all rooms together ${n(limits.MEMORY_HISTORY_CHARS)} characters`,
  ],
  ["Messages that conversations keep with `--memory`", `${n(limits.MEMORY_CONVERSATION_CHARS)} characters together`],
  [
    "Replay after a `join` with `after`",
    `the newest ${n(limits.MAX_REPLAY_MESSAGES)} messages, ${n(limits.OUTBOX_LIMIT_BYTES / 2)} bytes`,
  ],
  ["Time that a `ref` is remembered", `${n(limits.MEMORY_OF_MEMBERS_MS / HOUR_MS)} hours`],
  [
    "Conversations",
    `${n(limits.MAX_CONVERSATIONS)}, of which guests begin ${n(limits.MAX_CONVERSATIONS_OF_GUESTS)}; for one member ${
      n(limits.MAX_CONVERSATIONS_PER_MEMBER)
    }`,
  ],
  [
    "New conversations of one member",
    `${n(limits.NEW_CONVERSATIONS_BURST)} at once and ${
      n(limits.NEW_CONVERSATIONS_PER_HOUR)
    } per hour; all guests of one address ${n(limits.NEW_CONVERSATIONS_PER_ADDRESS_BURST)} at once`,
  ],
  ["Unread messages that are counted", n(limits.MAX_UNREAD_COUNTED)],
  [
    "A search",
    `${n(limits.MAX_QUERY_BYTES)} bytes, ${n(limits.MAX_SEARCH_WORDS)} different words, ${
      seconds(limits.MAX_SEARCH_MS)
    } of work`,
  ],
  [
    "Straight offers that a client of ours keeps, of one member and altogether; how long",
    `${limits.MAX_DIRECT_OFFERS_PER_MEMBER} and ${limits.MAX_DIRECT_OFFERS}; ${seconds(limits.DIRECT_WAIT_MS)}`,
  ],
  [
    "Addresses of a sender of a straight transfer; characters of its certificate; of a reason",
    [limits.MAX_DIRECT_HOSTS, limits.MAX_DIRECT_CERTIFICATE_CHARS, limits.MAX_DIRECT_REASON_CHARS].map(n).join("; "),
  ],
  [
    "Connections of a listening sender of ours; time for the request of each, and to reach an address",
    `${limits.MAX_DIRECT_CONNECTIONS}; ${seconds(limits.DIRECT_HEAD_MS)}, ${seconds(limits.DIRECT_REACH_MS)}`,
  ],
  [
    "A picture without a thumbnail that a terminal of ours loads by itself; loaded at once, and decoded one after the other",
    `${n(limits.MAX_PREVIEW_BYTES)} bytes; ${limits.MAX_PREVIEWS_AT_ONCE}, each in ${
      seconds(limits.PREVIEW_MS)
    } at most`,
  ],
  [
    "A picture whose thumbnail a terminal of ours makes; one that any client of ours decodes",
    `${mb(limits.MAX_THUMBNAILED_BYTES)}; ${n(limits.MAX_PICTURE_PIXELS)} pixels`,
  ],
  [
    "Transfers of files of a client of ours",
    `${limits.MAX_RUNNING_TRANSFERS} at the same time, ${limits.MAX_TRANSFERS} with those that wait`,
  ],
  [
    "Uploads that a client of ours continues after a restart",
    `${limits.MAX_TRANSFERS}, with paths of up to ${n(limits.MAX_KEPT_PATH_CHARS)} characters`,
  ],
  [
    "Attempts of a transfer that move nothing",
    `${limits.MAX_TRANSFER_FAILURES} in a row, each without a byte for ${seconds(limits.TRANSFER_LAPSE_MS)} at most`,
  ],
  ["Time in which a client of ours gives back a slot that it does not need", seconds(limits.SLOT_RETURN_MS)],
  ["Unsent messages that a client of ours keeps", n(limits.MAX_PENDING_MESSAGES)],
  [
    "Data that a client of ours keeps for each room",
    `${n(limits.MAX_RECENT_MESSAGES)} messages, ${n(limits.MAX_SPEAKERS)} names of recent authors, ${
      n(limits.MAX_MEMBERS_KNOWN)
    } members, ${n(limits.MAX_RESTRICTIONS_KNOWN)} restrictions, ${n(limits.MAX_HELD_MESSAGES)} messages not yet shown`,
  ],
  [
    "Markup of a message that a client of ours formats; with more, it is shown as typed",
    `${n(limits.MAX_FORMATTED_PARTS)} parts, ${limits.MAX_FORMATTING_DEPTH} levels`,
  ],
  ["Output that waits for a terminal that does not take it", `${n(limits.MAX_UNPRINTED_CHARS)} characters`],
  [
    "Kicks, bans and mutes of one member by one moderator, if the member is told",
    `${n(limits.NOTICES_BURST)} at once, then ${n(limits.NOTICES_PER_MINUTE)} a minute`,
  ],
  [
    "The text of a member who is away",
    `${n(limits.MAX_AWAY_BYTES)} bytes; in one list ${n(limits.MAX_AWAY_LIST_BYTES)} bytes together`,
  ],
  [
    "Changes of one member's `away` of which others are told",
    `one in ${seconds(limits.AWAY_INTERVAL_MS)}; of all members ${n(limits.AWAY_TOLD_AT_ONCE)} receivers a second`,
  ],
  [
    "`typing` of one member that others are told of",
    `one in ${seconds(limits.TYPING_INTERVAL_MS)}, in rooms of up to ${n(limits.MAX_TYPING_MEMBERS)} members`,
  ],
  [
    "Work past which `typing` is dropped",
    `${n(limits.SIGNAL_OUTBOX_BYTES)} bytes that wait for the receiver, or ${
      n(limits.SIGNAL_TURN_EFFECTS)
    } actions of the server at once`,
  ],
  [
    "Members of whom a client of ours shows that they type",
    `${n(limits.MAX_TYPISTS)}, each for ${seconds(limits.TYPING_LAPSE_MS)}`,
  ],
  ["Time without a key after which a client of ours is idle", `${n(limits.IDLE_AFTER_MS / 60_000)} minutes`],
  ["Muted members in each half of `presence`", n(limits.MAX_QUIET_LISTED)],
  [
    "Commands other than messages",
    `${n(limits.COMMANDS_PER_SECOND)} a second, ${
      n(limits.COMMANDS_BURST)
    } at once; \`history\` counts as ${COMMAND_COSTS.history}, \`search\` as ${COMMAND_COSTS.search}`,
  ],
  ["Answered pings of one connection", `${n(limits.PINGS_PER_SECOND)} a second, ${n(limits.PINGS_BURST)} at once`],
  [
    "Wrong passwords in a minute: from one address; from the server's own machine; for one account",
    [limits.MAX_WRONG_PASSWORDS, limits.MAX_LOCAL_WRONG_PASSWORDS, limits.MAX_ACCOUNT_WRONG_PASSWORDS].map(n)
      .join("; "),
  ],
  ["Passwords compared with one account's at the same time", n(limits.MAX_ACCOUNT_COMPARISONS)],
  [
    "Passwords of all members hashed at the same time",
    `${n(limits.MAX_SCRYPT_AT_ONCE)}, with ${n(limits.MAX_SCRYPT_WAITING)} waiting; ${
      n(limits.MAX_REGISTRATIONS_AT_ONCE)
    } of them for \`register\``,
  ],
  [
    "Refused lines of one connection",
    `${n(limits.FAULTS_PER_SECOND)} a second, ${n(limits.FAULTS_BURST)} at once; after that a pause of ${
      seconds(limits.FAULTS_PAUSE_MS)
    }`,
  ],
  [
    "Refused lines on nc before a name is accepted",
    `${n(limits.MAX_REFUSED_BEFORE_NAME)}; then the connection closes`,
  ],
  ["Bytes that wait for one slow receiver", n(limits.OUTBOX_LIMIT_BYTES)],
  [
    "Connections of one address",
    `${n(limits.DEFAULT_CONNECTIONS_PER_ADDRESS)}; ${n(limits.DEFAULT_ATTEMPTS_PER_ADDRESS)} new ones in ${
      n(limits.ADDRESS_ATTEMPTS_MS / 60_000)
    } minutes`,
  ],
  ["The head of an HTTP request", `${n(limits.MAX_HTTP_HEAD_BYTES)} bytes`],
  [
    "The header of the PROXY protocol",
    `${n(limits.MAX_PROXY_LINE_BYTES)} bytes in version 1, ${
      n(limits.MAX_PROXY_HEADER_BYTES)
    } in version 2; the server waits ${seconds(limits.PROXY_HEADER_WAIT_MS)} for it`,
  ],
  [
    "Time to finish the first line, or the head of a request, unless the server took silence for a person",
    seconds(limits.FIRST_LINE_TIMEOUT_MS),
  ],
  [
    "Members of a call; calls of a server unless `--max-calls` sets another number; begun from one address",
    [limits.MAX_CALL_MEMBERS, limits.DEFAULT_MAX_CALLS, limits.MAX_CALLS_PER_ADDRESS].map(n).join("; "),
  ],
  [
    "Time to answer a call; pause before the same member may be called again; pairs for which it is remembered",
    `${seconds(limits.RING_MS)}; ${seconds(limits.RING_PAUSE_MS)}; ${n(limits.MAX_RINGS)}`,
  ],
  [
    "A picture of a call",
    `${n(limits.MAX_VIDEO_BYTES)} bytes, ${limits.MAX_VIDEO_WIDTH} × ${limits.MAX_VIDEO_HEIGHT} pixels`,
  ],
  ["A packet of sound", `${n(limits.MAX_SOUND_PACKET_BYTES)} bytes for ${limits.SOUND_PACKET_MS} ms`],
  [
    "Pictures and sound of one stream that a receiver has not confirmed, confirming sound every " +
    `${limits.SOUND_CONFIRM_MS} ms; such sound for which pictures wait`,
    `${limits.MAX_VIDEOS_IN_FLIGHT}; ${limits.MAX_SOUND_IN_FLIGHT_MS} ms; ${limits.LATE_SOUND_MS} ms`,
  ],
  ["Pictures of one stream that a client shows in a second", n(limits.MAX_VIDEOS_PER_SECOND)],
  [
    "Bytes that wait for the other end of a connection for a call: the server drops more, a client connects again",
    n(limits.MAX_MEDIA_QUEUED_BYTES),
  ],
  ["Pictures and sound of one stream that wait for a receiver", `1; ${limits.MAX_SOUND_WAITING_MS} ms`],
  [
    "Bytes that a member sends into a call, in a second and at once",
    `${n(limits.MEDIA_BYTES_PER_SECOND)}; ${n(limits.MEDIA_BURST_BYTES)}`,
  ],
  [
    "Frames that a member sends into a call, in a second and at once; dropped frames that end the connection",
    [limits.MEDIA_FRAMES_PER_SECOND, limits.MEDIA_BURST_FRAMES, limits.MAX_MEDIA_DROPPED].map(n).join("; "),
  ],
  ["Time in which a connection for a call is not read after a dropped frame", `${n(limits.MEDIA_PAUSE_MS)} ms`],
  ["Bytes of states and demands that wait for a member of a call", n(limits.MAX_MEDIA_CONTROL_BYTES)],
  [
    "First message of a connection for a call; silence that ends it; longest pause between two states",
    [limits.MEDIA_GREETING_MS, limits.MEDIA_TIMEOUT_MS, limits.MEDIA_STATE_MS].map(seconds).join("; "),
  ],
  ["Time for a browser to take an answer", seconds(limits.HTTP_ANSWER_TIMEOUT_MS)],
  [
    "Uploads and downloads at the same time",
    `${n(limits.MAX_SERVER_TRANSFERS)}; of one member ${n(limits.MAX_TRANSFERS_PER_MEMBER)}`,
  ],
  ["Bytes of all transfers in one turn of the server", mb(limits.TRANSFER_TURN_BYTES)],
  [
    "Progress that an upload or a download must make",
    `${n(limits.MIN_TRANSFER_BYTES)} bytes in ${seconds(limits.TRANSFER_LAPSE_MS)}`,
  ],
  ["Time that a connection for files waits for the next request", seconds(limits.TRANSFER_IDLE_MS)],
  ["Connections to the metrics", `${n(limits.MAX_METRICS_CONNECTIONS)}; a new one closes the oldest`],
  ["Time that a client waits for an answer after its machine slept or changed networks", seconds(limits.LINK_CHECK_MS)],
  ["Time to join after connecting", seconds(limits.GREETING_TIMEOUT_MS)],
  ["Silence after which a JSON client is disconnected", seconds(limits.PING_TIMEOUT_MS)],
  ["Servers of a chat in `welcome`", n(limits.MAX_SERVERS_LISTED)],
  [
    "Owners of a shared chat; devices that are or were its hosts",
    `${n(limits.MAX_ROSTER_OWNERS)}; ${n(limits.MAX_ROSTER_HOSTS)}`,
  ],
  ["The number of a statement in its roster", n(limits.MAX_ROSTER_NUMBER)],
  [
    "The term of a host; how far it may be above the last one",
    `${n(limits.MAX_TERM)}; ${n(limits.TERM_LEAP)}`,
  ],
  ["The nonce of `prove`", `${n(limits.MIN_HOST_NONCE_BYTES)} to ${n(limits.MAX_HOST_NONCE_BYTES)} bytes`],
  [
    "Servers found on the network",
    `${n(limits.MAX_NEARBY_SERVERS)}, with titles of ${n(limits.MAX_NEARBY_TITLE_BYTES)} bytes`,
  ],
  [
    "Multicast packets read on one network interface, by IPv4 and by IPv6",
    `${n(limits.MAX_NEARBY_PACKETS_PER_SECOND)} a second, for ${
      n(limits.MAX_NEARBY_MS_PER_SECOND)
    } ms of it; the first ${n(limits.NEARBY_ASSURED_PACKETS)} of at most ${
      n(limits.NEARBY_ASSURED_PACKET_BYTES)
    } bytes in any case`,
  ],
  ["Lines that `doctor` reads from a server", n(limits.MAX_DOCTOR_LINES)],
];
