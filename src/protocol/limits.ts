/** Every number that bounds what a peer can make grow, or how long something may take. Names carry the unit. */

// Lines, names and messages.

/** Bytes of one line in either direction, without its terminator. */
export const MAX_LINE_BYTES = 64 * 1024;
/** Bytes of a list inside a reply, so that the line stays below `MAX_LINE_BYTES`. */
export const MAX_LIST_BYTES = 60 * 1024;
export const MAX_REF_CHARS = 64;
/** How far the time in an id that a client makes may be ahead of the server's clock. */
export const MAX_ID_AHEAD_MS = 10 * 60 * 1_000;
/** Entries with an id of the client that the core keeps, because the store may not have them yet. Must exceed those of one turn. */
export const MAX_RECENT_ENTRIES = 512;
export const MAX_NAME_CHARS = 32;
/** UTF-8 bytes of a name: 400 names with their ids fit on one `presence` line. */
export const MAX_NAME_BYTES = 96;
/** Combining marks and invisible characters in a row that a view shows. Tibetan needs the most, eight. */
export const MAX_MARKS_IN_A_ROW = 8;
export const MAX_TEXT_BYTES = 8_192;
export const MAX_TOPIC_BYTES = 512;
/** UTF-16 units of a message that a reply or a reaction quotes. */
export const MAX_QUOTE_CHARS = 80;
/** UTF-8 bytes of one emoji. The longest ones, families of several people, need little more than half. */
export const MAX_EMOJI_BYTES = 64;
/** Different emoji on one message, in all and from one member. */
export const MAX_REACTIONS_PER_MESSAGE = 20;
export const MAX_REACTIONS_PER_MEMBER = 5;
export const MAX_QUERY_BYTES = 1_024;
/** Different words of one search, including those in phrases. */
export const MAX_SEARCH_WORDS = 8;

// Tokens, passwords and accounts.

export const MAX_TOKEN_CHARS = 128;
/**
 * Chats to which one run of a client proves a key: each has a key of its own, and a hostile server could name another chat
 * at each connection.
 */
export const MAX_CHATS_PROVED = 8;

/** Signatures that a client has received and not checked yet. Further messages are shown unchecked. */
export const MAX_SIGNATURES_WAITING = 4_096;
/** Characters of the host that a client says it dialed: a DNS name has 253. */
export const MAX_HOST_CHARS = 255;
export const MAX_PASSWORD_BYTES = 1_024;
/** Bytes of an account's password: a shorter one is too easy to guess. */
export const MIN_ACCOUNT_PASSWORD_BYTES = 8;
export const MAX_ACCOUNTS = 10_000;
/** Accounts registered from one address, and from this machine (loopback and Unix sockets). */
export const MAX_ACCOUNTS_PER_ADDRESS = 100;
export const MAX_ACCOUNTS_OF_THIS_MACHINE = 2_000;
/** Tokens of one account. The longest unused one is dropped first. */
export const MAX_TOKENS_PER_ACCOUNT = 16;
/** Names that guests own by their keys: of a server, from one address, and from this machine (loopback and Unix sockets). */
export const MAX_OWNED_NAMES = 10_000;
export const MAX_OWNED_NAMES_PER_ADDRESS = 32;
export const MAX_OWNED_NAMES_OF_THIS_MACHINE = 1_000;
/** How long a name stays with its owner after their last visit, and how often a visit is stored. */
export const OWNED_NAME_MS = 30 * 24 * 60 * 60 * 1_000;
export const VISIT_NOTE_MS = 60 * 60 * 1_000;
/** Names whose time is over that are freed in one tick. */
export const NAMES_LAPSED_AT_ONCE = 100;
/** Keys of one member, one for each device. */
export const MAX_DEVICES_PER_MEMBER = 16;
/** Members with several devices, and offers to link one: of a server, and their time. */
export const MAX_DEVICE_LISTS = 10_000;
export const MAX_LINKS = 1_000;
export const LINK_MS = 10 * 60_000;
/** Characters of the kind and of the name of a device, and of what two devices prove to each other. */
export const MAX_DEVICE_KIND_CHARS = 16;
export const MAX_DEVICE_NAME_CHARS = 64;
export const MAX_LINK_PROOF_CHARS = 64;
/** Passwords that are hashed at the same time, and that wait for it. Each takes half a second and 128 MiB. */
export const MAX_SCRYPT_AT_ONCE = 2;
export const MAX_SCRYPT_WAITING = 32;
/**
 * Wrong passwords in `WRONG_PASSWORDS_MS` from one address, or over one connection from this machine. The last one
 * closes the connection.
 */
export const MAX_WRONG_PASSWORDS = 3;
/** The same for all connections from this machine together: with a local proxy, these are all users. */
export const MAX_LOCAL_WRONG_PASSWORDS = 20;
/** The same for one account, from all addresses together: high, so that strangers cannot lock its owner out. */
export const MAX_ACCOUNT_WRONG_PASSWORDS = 100;
/** Passwords compared with one account's at the same time, so that one member cannot fill the queue of hashes. */
export const MAX_ACCOUNT_COMPARISONS = 4;
/** Passwords hashed for `register` at the same time, of all members. The rest of the queue is for logins. */
export const MAX_REGISTRATIONS_AT_ONCE = 16;
export const WRONG_PASSWORDS_MS = 60_000;
/** Accounts, addresses and connections whose wrong passwords are remembered. */
export const MAX_WATCHED_ATTEMPTS = 100_000;

// Invites.

/** Characters of an invite in either of its forms: enough for the longest host, room and password. */
export const MAX_INVITE_CHARS = 4_096;
/** Words of a passphrase, each one of 2,048. */
export const INVITE_WORDS = 3;
export const MAX_INVITES = 1_000;
/** The part of `MAX_INVITES` that only owners may use. */
export const RESERVED_INVITES = 100;
export const DEFAULT_INVITE_SECONDS = 24 * 60 * 60;
export const MAX_INVITE_SECONDS = 30 * 24 * 60 * 60;
export const MAX_INVITE_USES = 10_000;

// Moderation.

/** Restrictions and roles in force on the whole server. */
export const MAX_RESTRICTIONS = 10_000;
/** The part of `MAX_RESTRICTIONS` that only owners and moderators of all rooms may use. */
export const RESERVED_RESTRICTIONS = 1_000;
/** Restrictions in force made by one member, from one address, and from this machine (loopback and Unix sockets). */
export const MAX_RESTRICTIONS_PER_MEMBER = 200;
export const MAX_RESTRICTIONS_PER_ADDRESS = 500;
export const MAX_RESTRICTIONS_OF_THIS_MACHINE = 2_000;
/** Restrictions that an owner's command ends in one turn. The following ticks end the rest. */
export const RESTRICTIONS_ENDED_AT_ONCE = 1_000;
/** The longest duration of a ban or a mute. */
export const MAX_RESTRICTION_SECONDS = 10 * 365 * 24 * 60 * 60;
/** Seconds between two messages of one member in a slow room. */
export const MAX_SLOW_SECONDS = 3_600;
export const MAX_REASON_BYTES = 256;
/** Kicks, bans and mutes that one moderator who is not an owner announces to one member: at once, and per minute. */
export const NOTICES_BURST = 5;
export const NOTICES_PER_MINUTE = 6;
/** Moderators whose notices are counted, per member. The one with the oldest notice is forgotten first. */
export const MAX_NOTICE_SENDERS = 16;
/** Characters of an address or network in a command. */
export const MAX_ADDRESS_CHARS = 64;
/** Members that a locked room remembers as admitted. The oldest is forgotten first. */
export const MAX_ADMITTED = 1_000;
/**
 * Entries of the audit log by owners and moderators of all rooms, and about the whole server; and as many again by
 * moderators of rooms.
 */
export const MAX_AUDIT_ENTRIES = 100_000;
/** Entries about one room by its own moderators. */
export const MAX_AUDIT_ENTRIES_PER_ROOM = 500;

// Rooms and members.

export const MAX_ROOMS = 10_000;
/** The part of `MAX_ROOMS` for owners and the lobby; at most a tenth if the server allows fewer rooms. */
export const RESERVED_ROOMS = 100;
/** Existing rooms made by one member, from one address, and from this machine (loopback and Unix sockets). */
export const MAX_ROOMS_MADE_PER_MEMBER = 64;
export const MAX_ROOMS_MADE_PER_ADDRESS = 200;
export const MAX_ROOMS_MADE_ON_THIS_MACHINE = 1_000;
/** Rooms without messages that one account keeps while they are empty. */
export const MAX_ROOMS_PREPARED_PER_ACCOUNT = 16;
/** Empty rooms from before a restart that end in one tick. */
export const ROOMS_ENDED_AT_ONCE = 100;
export const MAX_ROOMS_PER_MEMBER = 32;
/** Open sessions of one member: devices, windows and pipes. One more ends the oldest. */
export const MAX_SESSIONS_PER_MEMBER = 16;
/** Members in `joined`, in `members`, and in each half of `presence`. */
export const MAX_MEMBERS_LISTED = 200;
/** Muted members among these in each half of `presence`: their mark is long. */
export const MAX_QUIET_LISTED = 50;
export const MAX_ROOMS_LISTED = 200;
/** In a room with more members than this, `presence` replaces `join` and `leave`. */
export const PRESENCE_ABOVE_MEMBERS = 200;
export const PRESENCE_INTERVAL_MS = 1_000;
/** A member who returns within this time is never announced as gone. */
export const GRACE_MS = 15_000;
/** UTF-8 bytes of the text of a member who is away, and of all such texts in one list, as JSON. */
export const MAX_AWAY_BYTES = 200;
export const MAX_AWAY_LIST_BYTES = 8 * 1024;
/** A client without a key for so long reports that it is idle. */
export const IDLE_AFTER_MS = 10 * 60 * 1_000;
/** The others are told at most one change of a member's `away` in this time. */
export const AWAY_INTERVAL_MS = 5_000;
/** Receivers that are told of such changes in one tick. The following ticks tell the rest. */
export const AWAY_TOLD_AT_ONCE = 20_000;
/** Others get at most one `typing` of a member in this time, in rooms of at most so many members. */
export const TYPING_INTERVAL_MS = 3_000;
export const MAX_TYPING_MEMBERS = 50;
/** Our clients report typing a little less often, so that none is lost on the way by a link that varies. */
export const TYPING_REPORT_MS = TYPING_INTERVAL_MS + 250;
/** A client takes a member who sends no further `typing` for so long as one who has stopped. */
export const TYPING_LAPSE_MS = 5_000;
/** Typing members that a client knows. The one whose `typing` is oldest is forgotten first. */
export const MAX_TYPISTS = 64;
/** Signals such as `typing` are dropped for a receiver with more bytes waiting, and in a turn with more effects. */
export const SIGNAL_OUTBOX_BYTES = 16 * 1024;
export const SIGNAL_TURN_EFFECTS = 256;
/** How long acknowledgements and absent members are remembered. */
export const MEMORY_OF_MEMBERS_MS = 24 * 60 * 60 * 1_000;
/** Absent members that are remembered. The longest absent one is forgotten first. */
export const MAX_ABSENT_MEMBERS = 10_000;
/**
 * The server collects its garbage when it has this many connections fewer than before and none closed
 * for `CROWD_GONE_MS`.
 */
export const CROWD_CONNECTIONS = 1_000;
export const CROWD_GONE_MS = GRACE_MS + 2_000;

// History and conversations.

export const DEFAULT_PAGE_MESSAGES = 50;
export const MAX_PAGE_MESSAGES = 200;
/** Messages replayed by a `join` with `after`: the newest ones. */
export const MAX_REPLAY_MESSAGES = 1_000;
/** Messages that a room keeps if the history is in memory. */
export const MEMORY_HISTORY_MESSAGES = 10_000;
/** UTF-16 units of messages of all rooms if the history is in memory. Past it, the largest room drops its oldest. */
export const MEMORY_HISTORY_CHARS = 256 * 1024 * 1024;
/** The same for all conversations together. */
export const MEMORY_CONVERSATION_CHARS = 64 * 1024 * 1024;
/** UTF-16 units of case-folded words that searches cache if the history is in memory. */
export const MEMORY_WORDS_CHARS = 16 * 1024 * 1024;
/**
 * Acknowledgements kept per member to answer a repeated `ref` if the history is in memory. On disk, all of the last
 * `MEMORY_OF_MEMBERS_MS` are kept.
 */
export const MAX_ACKS_PER_MEMBER = 1_000;
/** Conversations of two members, in total. Guests begin none above the second number, so that members with an account still can. */
export const MAX_CONVERSATIONS = 100_000;
export const MAX_CONVERSATIONS_OF_GUESTS = 50_000;
export const MAX_CONVERSATIONS_PER_MEMBER = 10_000;
/** Conversations that one member begins per hour, and at once; and that the guests of one address begin at once. */
export const NEW_CONVERSATIONS_PER_HOUR = 60;
export const NEW_CONVERSATIONS_BURST = 30;
export const NEW_CONVERSATIONS_PER_ADDRESS_BURST = 300;
/** Members and addresses whose beginnings are counted. */
export const MAX_WATCHED_BEGINNERS = 10_000;
/** Unread messages of a conversation that are counted. More are told as this number. */
export const MAX_UNREAD_COUNTED = 100;
/** Conversations whose state a client keeps. */
export const MAX_CONVERSATIONS_KNOWN = 200;
/** Conversations and read marks that the core keeps, because the store may not have them yet. Must exceed those of one turn. */
export const MAX_RECENT_CONVERSATIONS = 1_024;
export const MAX_RECENT_MARKS = 1_024;

// Files.

/** UTF-8 bytes of the name of a file: file systems take no more. */
export const MAX_FILE_NAME_BYTES = 255;
/** Bytes of a file that are read, written or hashed at a time. */
export const FILE_PIECE_BYTES = 256 * 1024;
/** Characters of a media type. */
export const MAX_MEDIA_CHARS = 64;
/** The thumbnail of a picture: bytes, and pixels of its width and of its height. */
export const MAX_THUMBNAIL_BYTES = 64 * 1024;
export const MAX_THUMBNAIL_PIXELS = 320;
/** Bytes of one file if the operator sets no limit. */
export const DEFAULT_MAX_FILE_BYTES = 100 * 1024 * 1024;
/** Bytes of all files of a server if the operator sets no limit; never more than a fifth of the free disk. */
export const DEFAULT_FILES_TOTAL_BYTES = 10 * 1024 * 1024 * 1024;
export const FILES_DISK_SHARE = 1 / 5;
/** Bytes of the disk that files leave to the chat: a turn of a busy server, its log and a checkpoint need this much. */
export const MIN_FREE_DISK_BYTES = 64 * 1024 * 1024;
/** Bytes that files add between two looks at the free disk. */
export const FILES_DISK_LOOK_BYTES = 4 * 1024 * 1024;
/** Bytes of the files that one member sends in a day: at least one file of the largest size. */
export const MEMBER_FILE_BYTES_PER_DAY = 1024 * 1024 * 1024;
/** All guests of one address may offer so many times as much in a day. Those of this machine are not counted. */
export const MEMBER_QUOTAS_PER_ADDRESS = 4;
/** How long a file may take from its offer to the message that carries it. */
export const SLOT_MS = 24 * 60 * 60 * 1_000;
/** Slots without a message: of a server, of one member, of the guests of one address, and of those of this machine. */
export const MAX_SLOTS = 10_000;
export const MAX_SLOTS_PER_MEMBER = 16;
export const MAX_SLOTS_PER_ADDRESS = 64;
export const MAX_SLOTS_OF_THIS_MACHINE = 1_000;
/** Addresses whose guests' offers are counted. The one with the oldest offer is forgotten first. */
export const MAX_WATCHED_OFFERERS = 10_000;
/** Slots that one tick ends because their time is over. */
export const SLOTS_ENDED_AT_ONCE = 100;
/** How long a `url` serves its file. */
export const GRANT_MS = 5 * 60 * 1_000;
/** Valid grants of one member, and of a server. Past it the oldest one ends. */
export const MAX_GRANTS_PER_MEMBER = 256;
export const MAX_GRANTS = 65_536;

// Rates of one member or connection.

/** Messages of one member per second, and at once. */
export const DEFAULT_RATE_PER_SECOND = 5;
export const DEFAULT_RATE_BURST = 20;
/** Other commands of one connection per second, and at once. Expensive ones count as two or three. */
export const COMMANDS_PER_SECOND = 10;
export const COMMANDS_BURST = 64;
/** Pings of one connection that are answered per second, and at once. */
export const PINGS_PER_SECOND = 20;
export const PINGS_BURST = 64;
/** Lines of one connection that may be refused per second, and at once. */
export const FAULTS_PER_SECOND = 10;
export const FAULTS_BURST = 64;
/** How long the server stops reading a connection with more refused lines. */
export const FAULTS_PAUSE_MS = 5_000;
/** Refused lines of a plain-text user before a name is accepted. The last one closes the connection. */
export const MAX_REFUSED_BEFORE_NAME = 10;

// Connections and memory of the server.

export const DEFAULT_MAX_CONNECTIONS = 20_000;
/** Connections from one address at the same time. */
export const DEFAULT_CONNECTIONS_PER_ADDRESS = 16;
/** Connections that one address may open in `ADDRESS_ATTEMPTS_MS`. */
export const DEFAULT_ATTEMPTS_PER_ADDRESS = 32;
export const ADDRESS_ATTEMPTS_MS = 10 * 60 * 1_000;
/** Addresses whose attempts are remembered. The one with the oldest attempt is forgotten first. */
export const MAX_ATTEMPTING_ADDRESSES = 10_000;
/** Share of the machine's memory that the server may take if the operator sets no limit. */
export const DEFAULT_MEMORY_SHARE = 1 / 4;
/** Share of the server's memory limit below which it accepts connections again. */
export const MEMORY_RELIEF_SHARE = 0.9;
/**
 * Connections that the system queues before they are accepted, if it allows so many. Further clients
 * retry after a second.
 */
export const LISTEN_BACKLOG = 4_096;
/** Connections that are accepted in a row before existing ones get a turn. */
export const ACCEPTS_AT_ONCE = 16;
/** Pause of the accept loop after an error of the system, or while too many refused connections are open. */
export const ACCEPT_PAUSE_MS = 50;
/** Refused connections that may be open before others are accepted. After a pause, those that linger are closed. */
export const MAX_REFUSALS_AT_ONCE = 64;
/** Seconds after which a refused client may retry. */
export const REFUSED_RETRY_SECONDS = 5;
/** Descriptors reserved for refusals and files. With metrics, `MAX_METRICS_CONNECTIONS` more. */
export const RESERVED_DESCRIPTORS = MAX_REFUSALS_AT_ONCE + 16;

// Buffers and turns of the server.

/** Bytes that may wait for one receiver. Past it the connection is closed. */
export const OUTBOX_LIMIT_BYTES = 4 * 1024 * 1024;
/** Bytes waiting per receiver of a room past which the server delays reading from its senders. */
export const PUSHBACK_BYTES = 512 * 1024;
/** How often the server checks whether it may read from them again. */
export const PUSHBACK_CHECK_MS = 10;
/** Waiting chunks are joined into one write up to this many bytes. */
export const WRITE_JOIN_BYTES = 256 * 1024;
/** The smallest and the largest read buffer of a connection. */
export const READ_BUFFER_MIN_BYTES = 512;
export const READ_BUFFER_MAX_BYTES = 64 * 1024;
/** The largest one while the body of an upload arrives. */
export const BODY_BUFFER_MAX_BYTES = 256 * 1024;
/** Frames handled in one turn of the event loop. One connection's share may exceed it slightly. */
export const TURN_FRAMES = 256;
/** Frames of one connection handled in one turn. Further ones wait until the other connections had theirs. */
export const TURN_FRAMES_PER_CONNECTION = 64;
/** Peers that are flushed before the event loop reads new input. */
export const FLUSHES_AT_ONCE = 64;
/** How long the queries of all members together run at a time, and the pause for other work after it. */
export const QUERY_SLICE_MS = 5;
export const QUERY_PAUSE_MS = 5;
/** How long one search may work in all. It then returns the results so far. */
export const MAX_SEARCH_MS = 2_000;
/** How long the store's maintenance runs at a time, while a core is idle, and the pause after it. */
export const MAINTENANCE_STEP_MS = 5;
export const MAINTENANCE_PAUSE_MS = 45;

// Times and sizes of a connection's life.

/**
 * Uploads and downloads that run at the same time: of a server, and of one member. Each takes up to three pieces of
 * `FILE_PIECE_BYTES` of memory.
 */
export const MAX_SERVER_TRANSFERS = 256;
export const MAX_TRANSFERS_PER_MEMBER = 16;
/** Seconds after which a client that exceeds them may retry. */
export const TRANSFER_RETRY_SECONDS = 2;
/** The server ends a transfer whose link moves fewer bytes than the second number in the first time. */
export const TRANSFER_LAPSE_MS = 30_000;
export const MIN_TRANSFER_BYTES = 1_024;
/** How long a connection that has transferred waits for the next request. */
export const TRANSFER_IDLE_MS = 60_000;
/** Bytes of a transfer after which the server checks again whether the member may go on. */
export const TRANSFER_RECHECK_BYTES = 4 * 1024 * 1024;
/** Bytes of all transfers that one turn of the event loop stores or sends. */
export const TRANSFER_TURN_BYTES = 1024 * 1024;
/** An upload that is silent for so long ends when the same client comes back on another connection. */
export const UPLOAD_TAKEOVER_MS = 2_000;
/** Bytes of the body of a refused upload, with a token that fits, that are read and discarded, so that its connection can go on. */
export const MAX_REFUSED_UPLOAD_BYTES = 16 * 1024 * 1024;
/** How long a client may take for its TLS handshake after it was accepted. */
export const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** Silence after which the server takes a new connection for a plain-text user. */
export const FIRST_BYTES_WAIT_MS = 400;
/**
 * For this long after a request for the page, a silent connection from the same address counts as one that the browser
 * opened in advance, not as a plain-text user.
 */
export const SPARE_CONNECTIONS_MS = 10_000;
/** Addresses of browsers that are remembered for it. */
export const MAX_PAGE_VISITORS = 1_000;
/**
 * How long the server waits for the header of a proxy that it trusts before it takes the connection for a person's: at
 * least 3 seconds, by section 2 of HAProxy's `proxy-protocol.txt`.
 */
export const PROXY_HEADER_WAIT_MS = 3_000;
/** Bytes of a header of the PROXY protocol: a line of version 1 with its CRLF, and a header of version 2. */
export const MAX_PROXY_LINE_BYTES = 107;
export const MAX_PROXY_HEADER_BYTES = 2_048;
/** How long a connection may take to complete its first line, except a plain-text user who is asked for a name. */
export const FIRST_LINE_TIMEOUT_MS = 10_000;
/** Bytes of the head of an HTTP request, which must be complete within the same time. */
export const MAX_HTTP_HEAD_BYTES = 16 * 1024;
/** How long a browser may take to read a response. */
export const HTTP_ANSWER_TIMEOUT_MS = 30_000;
/** Bytes of a request's body that are read and discarded. A connection that sends more is closed. */
export const MAX_DISCARDED_BODY_BYTES = 1024 * 1024;
/** Connections of readers of metrics at the same time. A new one closes the oldest. */
export const MAX_METRICS_CONNECTIONS = 32;
/** Payload bytes of a WebSocket control frame: RFC 6455, section 5.5. */
export const MAX_CONTROL_BYTES = 125;
/** How long a connection may stay without joining a room. */
export const GREETING_TIMEOUT_MS = 120_000;
/** Silence after which the server sends `ping`. */
export const PING_INTERVAL_MS = 15_000;
/** Silence after which the connection counts as dead. */
export const PING_TIMEOUT_MS = 45_000;
/** How long a client waits for data after it checked its link: because the machine slept, or its network came back. */
export const LINK_CHECK_MS = 5_000;
/** How often a client checks whether the machine slept, and how late the check must be for that. */
export const WAKE_CHECK_MS = 2_000;
export const WAKE_GAP_MS = 5_000;
/** How long a stopping server waits for its outboxes. */
export const DRAIN_TIMEOUT_MS = 5_000;
/** How long a closing connection continues to read, so that a reset does not destroy its last line. */
export const LINGER_MS = 1_000;

// Log and metrics.

/** How often the log repeats a recurring event. */
export const LOG_REPEAT_MS = 10_000;
/** Lines of one event that the log writes per second. It counts the others. */
export const LOG_LINES_PER_SECOND = 100;
/** Characters of one field in the log. The rest is cut off. */
export const MAX_LOG_FIELD_CHARS = 4_096;
/** Characters of the log that wait for a slow file or terminal. Further lines are dropped and counted. */
export const MAX_LOG_WAITING_CHARS = 1_000_000;
/** How long the program waits for them when it ends. */
export const LOG_FLUSH_TIMEOUT_MS = 1_000;
/** How often the event loop's delay is measured while metrics are read. */
export const LOOP_DELAY_INTERVAL_MS = 50;
/** Bytes of a server's metrics that `top` reads. */
export const MAX_METRICS_BYTES = 1024 * 1024;

// Clients.

/** Nested blocks of a formatted message: a list counts as two. A text with more is shown as typed. */
export const MAX_FORMATTING_DEPTH = 10;
/** Parts of a formatted message that differ in their format, code blocks and list items. The same holds beyond it. */
export const MAX_FORMATTED_PARTS = 1_000;
/**
 * Silence after which a client pings a server in whose place others can come, how long it waits for an answer to anything
 * else before it pings, and how long for data after a ping. All of it is shorter than the time until the others give up a frozen
 * server, and the grace after it: nobody sees the members leave.
 */
export const REPLACEABLE_PING_MS = 5_000;
export const REPLACEABLE_ANSWER_MS = 2_000;
export const REPLACEABLE_CHECK_MS = 3_000;
/** Addresses of servers of a chat, in `welcome`. */
export const MAX_SERVERS_LISTED = 64;
/** A server that can decide nothing for this long, since it has no majority of its cluster, sends its clients to the others. */
export const MAX_STALL_MS = 6_000;
/** Other servers that a client remembers and dials: some of the listed ones, by chance. */
export const MAX_SERVERS_KNOWN = 8;
/** Addresses in an invite. */
export const MAX_SERVERS_INVITED = 4;
/** How long a client waits for one server while others are left. After a round without success it waits longer. */
export const SERVER_TRY_MS = 1_250;
/** The longest pause before the next server of a round. */
export const SERVER_PAUSE_MS = 100;
/** The first and the longest wait between two attempts to connect. */
export const RECONNECT_FIRST_MS = 500;
export const RECONNECT_MAX_MS = 30_000;
/** A link that is lost sooner is no sign that the next one will last. */
export const STEADY_LINK_MS = 1_000;
/** So many links in a row may be lost so soon before a client waits longer and longer. */
export const MAX_QUICK_LOSSES = 3;
export const CONNECT_TIMEOUT_MS = 10_000;
/** Transfers of files that run at the same time, and that wait and run altogether. */
export const MAX_RUNNING_TRANSFERS = 3;
export const MAX_TRANSFERS = 100;
/** The path of a file whose upload a client remembers over a restart, in UTF-16 code units. */
export const MAX_KEPT_PATH_CHARS = 4_096;
/** A transfer of a file that moves no byte for so long begins again from where it was. */
export const TRANSFER_STALL_MS = 30_000;
/** How long a client tries to tell the server that it no longer needs a slot. */
export const SLOT_RETURN_MS = 3_000;
/** Attempts in a row that move no byte, after which a transfer is given up. */
export const MAX_TRANSFER_FAILURES = 20;
/** Provisional responses (RFC 9110, section 15.2) before one response, and bytes of a response that is no file. */
export const MAX_INTERIM_REPLIES = 16;
export const MAX_REPLY_BODY_BYTES = 4 * 1024;
/** How often the progress of a transfer is told, and the time over which its rate is measured. */
export const TRANSFER_PROGRESS_MS = 200;
export const TRANSFER_RATE_MS = 5_000;
/** Pixels of a picture that a client gives to a decoder. */
export const MAX_PICTURE_PIXELS = 40_000_000;
/** Straight transfers: the sender's addresses, the characters of its certificate (base64url of DER), and of a reason. */
export const MAX_DIRECT_HOSTS = 8;
export const MAX_DIRECT_CERTIFICATE_CHARS = 2_048;
export const MAX_DIRECT_REASON_CHARS = 300;
/** How long an offer of a straight transfer waits for an answer, and a listening sender for a connection. */
export const DIRECT_WAIT_MS = 10 * 60 * 1_000;
/** Offers of straight transfers that a client keeps, of one member and altogether. Further ones are declined. */
export const MAX_DIRECT_OFFERS_PER_MEMBER = 4;
export const MAX_DIRECT_OFFERS = 32;
/** Connections that a listening sender has at once, and the time that each has for its handshake and its request. */
export const MAX_DIRECT_CONNECTIONS = 4;
export const DIRECT_HEAD_MS = 10_000;
/** Time to reach the sender at one of its addresses. */
export const DIRECT_REACH_MS = 5_000;
/** A picture without a thumbnail that a terminal loads by itself, to show it. */
export const MAX_PREVIEW_BYTES = 256 * 1024;
/** Pictures that a terminal loads and decodes at once. Further ones are not shown. */
export const MAX_PREVIEWS_AT_ONCE = 4;
/** Time of a decoder for one picture. */
export const PREVIEW_MS = 5_000;
/** A picture whose thumbnail a terminal makes when it sends it. */
export const MAX_THUMBNAILED_BYTES = 25 * 1024 * 1024;
/** Messages with files that a terminal client can save by their numbers. The oldest is forgotten first. */
export const MAX_SHOWN_FILES = 1_000;
/** Messages that wait for their acknowledgement. */
export const MAX_PENDING_MESSAGES = 1_000;
/**
 * Kept per room: messages that a reply may be about, names of the latest authors, known members,
 * restrictions in force.
 */
export const MAX_RECENT_MESSAGES = 50;
export const MAX_SPEAKERS = 50;
/** Large rooms announce only some of the members who join and leave. */
export const MAX_MEMBERS_KNOWN = 5 * MAX_MEMBERS_LISTED;
export const MAX_RESTRICTIONS_KNOWN = 1_000;
/** Messages and changes of a room that wait to be shown. Past it, the oldest are dropped: `/history` shows them. */
export const MAX_HELD_MESSAGES = 100;
/**
 * UTF-16 units of lines that wait for a terminal that does not accept them (a held screen). Past it,
 * the oldest are dropped.
 */
export const MAX_UNPRINTED_CHARS = 4 * 1024 * 1024;
/**
 * UTF-16 units printed after which the client collects its garbage; a tenth is enough after
 * `GARBAGE_QUIET_MS` of quiet.
 */
export const GARBAGE_CHARS = 3 * 1024 * 1024;
export const GARBAGE_QUIET_MS = 1_000;

// Servers on the network.

/** Servers that are remembered at the same time. */
export const MAX_NEARBY_SERVERS = 64;
/**
 * UTF-8 bytes of an announced title. The rest is cut off: a string of a TXT record holds 255 (RFC 6763,
 * section 6.1).
 */
export const MAX_NEARBY_TITLE_BYTES = 200;
/** Network interfaces that are used. One with IPv4 and IPv6 counts twice, here and for the limits of packets. */
export const MAX_NEARBY_INTERFACES = 32;
/** The largest possible packet: RFC 6762, section 17. */
export const MAX_NEARBY_PACKET_BYTES = 9_000;
/** Packets read per interface and second. The others are dropped. */
export const MAX_NEARBY_PACKETS_PER_SECOND = 200;
/** Milliseconds per second spent on packets of one interface. After that they are dropped until the second is over. */
export const MAX_NEARBY_MS_PER_SECOND = 20;
/**
 * Packets per interface and second that are read in any case, if each fits into one Ethernet frame: time is measured by
 * the clock, so on a busy machine one packet of a real server can use all of `MAX_NEARBY_MS_PER_SECOND`.
 */
export const NEARBY_ASSURED_PACKETS = 16;
export const NEARBY_ASSURED_PACKET_BYTES = 1_472;
/** Records of one packet that are read. */
export const MAX_NEARBY_RECORDS = 256;
/** How many times an announcement is renamed because another server has the same title. */
export const MAX_NEARBY_RENAMES = 20;
/** How long an announcement is valid unless it is repeated. */
export const NEARBY_TTL_SECONDS = 120;
/** How often the network interfaces are checked for changes. */
export const NEARBY_INTERFACES_INTERVAL_MS = 5_000;
/**
 * How long a search waits for answers. It asks twice, one second apart, and the second answer may come almost a second
 * after its question: a server answers once a second at most (RFC 6762, section 6).
 */
export const NEARBY_WAIT_MS = 1_900;
/** How long the goodbye of an announcement may take. */
export const NEARBY_GOODBYE_MS = 1_000;
/** Lines that `doctor` reads from a server. One of Confab sends a few. */
export const MAX_DOCTOR_LINES = 32;

// Calls.

/** Members of one call. */
export const MAX_CALL_MEMBERS = 4;
/** Calls of a server at the same time, unless the operator sets another number. */
export const DEFAULT_MAX_CALLS = 32;
/** Calls begun from one address at the same time. This machine (loopback and Unix sockets) has no such limit. */
export const MAX_CALLS_PER_ADDRESS = 8;
/** Pairs of members whose last call is remembered, for the pause before the next one. */
export const MAX_RINGS = 10_000;
/** How long a call waits for an answer. */
export const RING_MS = 45_000;
/** How long a member is not asked again by the one who has called them. */
export const RING_PAUSE_MS = 30_000;
/** Bytes of a picture. One of 160 × 90 pixels has 1,800 to 2,900. */
export const MAX_VIDEO_BYTES = 48 * 1024;
export const MAX_VIDEO_WIDTH = 640;
export const MAX_VIDEO_HEIGHT = 360;
/** Bytes of 20 ms of sound: the longest Opus packet (RFC 6716, section 3.4). */
export const MAX_SOUND_PACKET_BYTES = 1_275;
/** Length of a packet of sound. */
export const SOUND_PACKET_MS = 20;
/** Pictures of one stream on their way to a receiver that it has not confirmed. */
export const MAX_VIDEOS_IN_FLIGHT = 2;
/** Sound of one stream on its way to a receiver that it has not confirmed. */
export const MAX_SOUND_IN_FLIGHT_MS = 500;
/** Sound of one stream on its way for which pictures wait. */
export const LATE_SOUND_MS = 400;
/** Sound that waits in the server for one receiver. Older sound is dropped. */
export const MAX_SOUND_WAITING_MS = 200;
/** Pictures of one stream that a client shows in a second. Further ones are dropped before they are decoded. */
export const MAX_VIDEOS_PER_SECOND = 30;
/**
 * Bytes of a media connection that wait for the other end. With more, the server drops what is for this member, and a client gives
 * up the connection, and connects again.
 */
export const MAX_MEDIA_QUEUED_BYTES = 512 * 1024;
/** How much sound a receiver confirms at once. */
export const SOUND_CONFIRM_MS = 100;
/** Bytes of small frames that wait for a receiver of a call. Further ones are dropped. */
export const MAX_MEDIA_CONTROL_BYTES = 64 * 1024;
/** Bytes that a member may send into a call, in a second and at once. What exceeds them is dropped. */
export const MEDIA_BYTES_PER_SECOND = 256 * 1024;
export const MEDIA_BURST_BYTES = 512 * 1024;
/** Frames that a member may send into a call, in a second and at once: 50 of sound, pictures, and confirmations. */
export const MEDIA_FRAMES_PER_SECOND = 600;
export const MEDIA_BURST_FRAMES = 1_200;
/** Frames beyond these limits, in a row of a few seconds, after which the connection is closed. */
export const MAX_MEDIA_DROPPED = 2_000;
/** How long a media connection is not read after a frame beyond these limits. */
export const MEDIA_PAUSE_MS = 100;
/** How long a media connection may wait with its first message. */
export const MEDIA_GREETING_MS = 5_000;
/** Silence after which a media connection is closed. Each side sends a state at least every 5 seconds. */
export const MEDIA_TIMEOUT_MS = 15_000;
export const MEDIA_STATE_MS = 5_000;

// Links between the servers of a cluster.

/** How long a link may take to prove that its end has the cluster's key. */
export const LINK_PROOF_MS = 5_000;
/** Links that have proved nothing yet: of one address, and of a server. */
export const MAX_UNPROVEN_LINKS_PER_ADDRESS = 4;
export const MAX_UNPROVEN_LINKS = 64;
/** Links of servers that are not in the cluster yet and fetch their first copy. */
export const MAX_NEWCOMER_LINKS = 4;
/** Each end of a link says that often that it lives. */
export const LINK_BEAT_MS = 2_000;
/** Silence after which a link is given up. */
export const LINK_SILENCE_MS = 10_000;
/** The first pause before a server is dialed again, and the longest one. */
export const LINK_RETRY_MS = 500;
export const LINK_LONGEST_RETRY_MS = 15_000;
/** How long the server that joined later lets the other one dial first. */
export const LINK_YIELD_MS = 2_000;
/** Bytes of an answer in one frame. */
export const LINK_PIECE_BYTES = 32 * 1024;
/** Bytes of an answer that are on their way, or wait for the program that asked. */
export const LINK_WINDOW_BYTES = 512 * 1024;
/** Requests of one end of a link at the same time. */
export const MAX_LINK_REQUESTS = 16;
/** Notes that wait for a link, such as frames of calls. Further ones are dropped. */
export const MAX_LINK_NOTE_BYTES = 512 * 1024;
/** Other frames that wait for a link, without pieces of answers. With more, the link is given up. */
export const MAX_LINK_WAITING_FRAMES = 1_024;
/** How long an answer may stop before the request is given up. */
export const LINK_STALL_MS = 15_000;
/** The slowest copy of a file to another server that its sender waits for. */
export const MIN_COPY_BYTES_PER_SECOND = 1024 * 1024;
/** How long a server keeps the copy of a file before the chat must know it. */
export const HELD_COPY_MS = 60_000;
/** Copies that a server keeps so. */
export const MAX_HELD_COPIES = 64;
/** Files that a server fetches from others at the same time, and those that wait for it. */
export const MAX_FETCHED_FILES = 8;
export const MAX_FILES_TO_FETCH = 64;

// Shared chats, which several members may host.

/** Owners of a chat, and devices that are or were its hosts. All their statements fit into one line. */
export const MAX_ROSTER_OWNERS = 16;
export const MAX_ROSTER_HOSTS = 104;
export const MAX_ROSTER_STATEMENTS = MAX_ROSTER_OWNERS + MAX_ROSTER_HOSTS;
/** The highest number of a statement. */
export const MAX_ROSTER_NUMBER = 2 ** 31 - 1;
/** The highest term of a host: every term has room in a JSON number, and others follow. */
export const MAX_TERM = 2 ** 48;
/** How far a term may be above the highest one that is known. */
export const TERM_LEAP = 1_000_000;
/** Bytes of the nonce with which a client asks a host for its proof. */
export const MIN_HOST_NONCE_BYTES = 16;
export const MAX_HOST_NONCE_BYTES = 64;

// Copies of a shared chat, which its followers keep.

/** How long a follower may take to prove its key. */
export const COPY_PROOF_MS = 5_000;
/** Followers of a host. */
export const MAX_FOLLOWERS = 32;
/** Rooms and conversations that a follower may say it has. */
export const MAX_COPIED_CHANNELS = 20_000;
/** The longest message to a follower: a part of a batch, whose entries have `COPY_PART_BYTES` at most, or one entry more. */
export const MAX_COPY_BYTES = 256 * 1024;
export const COPY_PART_BYTES = 128 * 1024;
/** All parts of one batch: a follower takes no longer one. A turn stores at most a few MiB. */
export const MAX_COPY_PARTS_BYTES = 64 * 1024 * 1024;
/** Entries that are read for a follower at once. */
export const COPY_PAGE_ENTRIES = 200;
/** Ids, entries and bytes of entries in one message of a follower that has another order than the host. One entry may be longer. */
export const MAX_OFFERED_IDS = 500;
export const MAX_GIVEN_ENTRIES = 200;
export const MAX_GIVEN_BYTES = 48 * 1024;
/** Entries that a host merges for one follower at once, and later in each second: beyond that the follower must come back. */
export const MERGED_ENTRIES_BURST = 50_000;
export const MERGED_ENTRIES_PER_SECOND = 1_000;
/** How long the events of a turn wait for the first follower that has stored it. */
export const COPY_PATIENCE_MS = 1_000;
/** Each end of a link to a follower says that often that it lives, and gives the link up after this silence. */
export const COPY_BEAT_MS = 2_000;
export const COPY_SILENCE_MS = 8_000;

// The succession of hosts of a shared chat.

/** The candidate at place i of the host's list, from 0, waits i times as long before it hosts. */
export const SUCCESSION_STEP_MS = 1_000;
/** How long a candidate may take to answer. */
export const SUCCESSION_ASK_MS = 1_000;
/** How often a host asks the candidates whether another one hosts, too. */
export const HOST_ASK_MS = 5_000;
/** A host that did not run for this long asks the others before it goes on. */
export const HOST_WAKE_MS = 10_000;
/** Candidates that a host lists. */
export const MAX_CANDIDATES = 16;
/** Addresses of a candidate that others keep. */
export const MAX_CANDIDATE_ADDRESSES = 8;
/** Connections to a candidate that does not host: all of them, and those of one address. */
export const MAX_STANDBY_CONNECTIONS = 64;
export const MAX_STANDBY_PER_ADDRESS = 8;
/** How long such a connection may take to ask, and to get its answer. */
export const STANDBY_PATIENCE_MS = 5_000;
/** Bytes of such a connection after which it is closed, even if its answer may be lost. */
export const MAX_STANDBY_UNREAD_BYTES = 128 * 1024;
/** How long a candidate waits when it could not accept a connection. */
export const STANDBY_ACCEPT_PAUSE_MS = 250;
