/** Every number that bounds what a peer can make grow, or says how long something may take. Names carry the unit. */

/** Bytes of one line, its terminator not counted, in either direction. */
export const MAX_LINE_BYTES = 64 * 1024;
/** Bytes that a list inside a reply may take, so that the line stays below `MAX_LINE_BYTES`. */
export const MAX_LIST_BYTES = 60 * 1024;
export const MAX_REF_CHARS = 64;
export const MAX_NAME_CHARS = 32;
/** UTF-8 bytes of a name: 400 of them with their ids fit on one `presence` line. */
export const MAX_NAME_BYTES = 96;
/** Marks upon one letter, and characters that are not seen, that a view shows; Tibetan, which heaps up most, has eight. */
export const MAX_MARKS_IN_A_ROW = 8;
export const MAX_TEXT_BYTES = 8_192;
export const MAX_TOPIC_BYTES = 512;
/** UTF-16 units of a message that a reply or a reaction to it repeats. */
export const MAX_QUOTE_CHARS = 80;
/** Of the longest emoji, families of several people, there are hardly more than half of it. */
export const MAX_EMOJI_BYTES = 64;
/** Different emoji that one message bears, and of these, those that one member put there. */
export const MAX_REACTIONS_PER_MESSAGE = 20;
export const MAX_REACTIONS_PER_MEMBER = 5;
export const MAX_TOKEN_CHARS = 128;
export const MAX_PASSWORD_BYTES = 1_024;
/** Characters of an invite in either of its forms: enough for the longest host, room and password. */
export const MAX_INVITE_CHARS = 4_096;
/** Words that a spoken secret has, of 2,048 each. */
export const INVITE_WORDS = 3;
export const MAX_QUERY_BYTES = 1_024;
/** Different words of one search, those of phrases included. */
export const MAX_SEARCH_WORDS = 8;

/** Bytes of an account's password: below it anybody could guess it. */
export const MIN_ACCOUNT_PASSWORD_BYTES = 8;
export const MAX_ACCOUNTS = 10_000;
/** Accounts that were registered from one address, or from this machine (loopback, Unix sockets). */
export const MAX_ACCOUNTS_PER_ADDRESS = 100;
export const MAX_ACCOUNTS_OF_THIS_MACHINE = 2_000;
/** Tokens of one account; the longest unused goes first. */
export const MAX_TOKENS_PER_ACCOUNT = 16;
/** Passwords that are hashed at the same time, and that wait for it: each takes half a second and 128 MiB. */
export const MAX_SCRYPT_AT_ONCE = 2;
export const MAX_SCRYPT_WAITING = 32;
/** Wrong passwords of one address, or of one connection from this machine, in `WRONG_PASSWORDS_MS`; the last of them ends the connection. */
export const MAX_WRONG_PASSWORDS = 3;
/** The same for all connections from this machine together: behind a proxy on this machine, these are all visitors. */
export const MAX_LOCAL_WRONG_PASSWORDS = 20;
/** The same for one account, from all addresses together: high, so that strangers cannot lock its owner out. */
export const MAX_ACCOUNT_WRONG_PASSWORDS = 100;
/** Passwords that are compared with one account's at the same time, so that one member cannot fill the queue of hashes. */
export const MAX_ACCOUNT_COMPARISONS = 4;
/** Passwords of all members together that are hashed for `register` at the same time: the rest of the queue is for logins. */
export const MAX_REGISTRATIONS_AT_ONCE = 16;
export const WRONG_PASSWORDS_MS = 60_000;
/** Accounts, addresses and connections whose wrong passwords are remembered. */
export const MAX_WATCHED_ATTEMPTS = 100_000;

export const MAX_INVITES = 1_000;
/** Invites among them that only owners make. */
export const RESERVED_INVITES = 100;
export const DEFAULT_INVITE_SECONDS = 24 * 60 * 60;
export const MAX_INVITE_SECONDS = 30 * 24 * 60 * 60;
export const MAX_INVITE_USES = 10_000;

/** Bans, mutes and all else that moderators have in force, everywhere together. */
export const MAX_RESTRICTIONS = 10_000;
/** Orders among them that only owners and moderators of all rooms may have in force. */
export const RESERVED_RESTRICTIONS = 1_000;
/** Orders in force that one member, one address, or all of this machine together (loopback, Unix sockets) laid down. */
export const MAX_RESTRICTIONS_PER_MEMBER = 200;
export const MAX_RESTRICTIONS_PER_ADDRESS = 500;
export const MAX_RESTRICTIONS_OF_THIS_MACHINE = 2_000;
/** Orders that one command of an owner ends in one turn; the rest end in the ticks after it. */
export const RESTRICTIONS_ENDED_AT_ONCE = 1_000;
/** How long a ban or a mute may be set to last. */
export const MAX_RESTRICTION_SECONDS = 10 * 365 * 24 * 60 * 60;
/** Seconds between two messages of one member in a slow room. */
export const MAX_SLOW_SECONDS = 3_600;
export const MAX_REASON_BYTES = 256;
/** Kicks, bans and mutes of one member who is told of them, by one moderator who is no owner: at once, and then in a minute. */
export const NOTICES_BURST = 5;
export const NOTICES_PER_MINUTE = 6;
/** Moderators for whom this is counted, for each member; the one who was quiet longest is forgotten first. */
export const MAX_NOTICE_SENDERS = 16;
/** Characters of an address or network as somebody writes it. */
export const MAX_ADDRESS_CHARS = 64;
/** Members whom a locked room knows to be let in; the longest known is forgotten first. */
export const MAX_ADMITTED = 1_000;
/** Entries of the audit log by owners, moderators of all rooms and about the whole server, and as many by moderators of rooms. */
export const MAX_AUDIT_ENTRIES = 100_000;
/** Entries about one room by its own moderators. */
export const MAX_AUDIT_ENTRIES_PER_ROOM = 500;

export const MAX_ROOMS = 10_000;
/** Rooms among them for owners and the lobby alone; at most a tenth if the server allows fewer rooms. */
export const RESERVED_ROOMS = 100;
/** Existing rooms that one member, one address, or all of this machine together (loopback, Unix sockets) made. */
export const MAX_ROOMS_MADE_PER_MEMBER = 64;
export const MAX_ROOMS_MADE_PER_ADDRESS = 200;
export const MAX_ROOMS_MADE_ON_THIS_MACHINE = 1_000;
/** Rooms without messages that one account keeps although they are empty. */
export const MAX_ROOMS_PREPARED_PER_ACCOUNT = 16;
/** Empty rooms from before a restart that end in one tick. */
export const ROOMS_ENDED_AT_ONCE = 100;
export const MAX_ROOMS_PER_MEMBER = 32;
/** Members in `joined`, `members`, and each half of `presence`. */
export const MAX_MEMBERS_LISTED = 200;
/** Muted members among them in each half of `presence`: their mark is long. */
export const MAX_QUIET_LISTED = 50;
export const MAX_ROOMS_LISTED = 200;
/** A room with more members than this tells comings and goings by `presence`. */
export const PRESENCE_ABOVE_MEMBERS = 200;
export const PRESENCE_INTERVAL_MS = 1_000;

export const DEFAULT_PAGE_MESSAGES = 50;
export const MAX_PAGE_MESSAGES = 200;
/** Messages that a `join` with `after` gets at most; the newest are kept. */
export const MAX_REPLAY_MESSAGES = 1_000;
/** Messages a room keeps where history lives in memory. */
export const MEMORY_HISTORY_MESSAGES = 10_000;
/** UTF-16 units of messages that all rooms keep together where history lives in memory; past it the largest room loses its oldest. */
export const MEMORY_HISTORY_CHARS = 256 * 1024 * 1024;
/** UTF-16 units of folded words that searches keep of messages in memory, so as not to fold the same text again. */
export const MEMORY_WORDS_CHARS = 16 * 1024 * 1024;
/** Acknowledgements kept for each member to answer a repeated `ref`, where history lives in memory; on disk all of a day are. */
export const MAX_ACKS_PER_MEMBER = 1_000;
/** How long acknowledgements, and members who have gone, are remembered. */
export const MEMORY_OF_MEMBERS_MS = 24 * 60 * 60 * 1_000;
/** Members who have gone, remembered at most; the longest gone are forgotten first. */
export const MAX_ABSENT_MEMBERS = 10_000;
/** Direct messages that wait for one member's return. */
export const MAX_WAITING_DIRECT = 1_000;
/** Messages among them of one sender, and of all senders without an account. */
export const MAX_WAITING_FROM_SENDER = 100;
export const MAX_WAITING_FROM_GUESTS = 500;
/** How long they wait. */
export const DIRECT_WAIT_MS = 7 * 24 * 60 * 60 * 1_000;
/** Bytes of text that are sent of them before their receipt is asked for: the rest comes after it. */
export const DIRECT_BATCH_BYTES = 256 * 1024;

/** Messages a second for each member, and how many at once. */
export const DEFAULT_RATE_PER_SECOND = 5;
export const DEFAULT_RATE_BURST = 20;
/** Other commands of one connection. Those that make the server work more count as two or three. */
export const COMMANDS_PER_SECOND = 10;
export const COMMANDS_BURST = 64;
/** Pings of one connection that are answered in a second, and at once. */
export const PINGS_PER_SECOND = 20;
export const PINGS_BURST = 64;

/** Lines of one connection that may be refused in a second, and at once. */
export const FAULTS_PER_SECOND = 10;
export const FAULTS_BURST = 64;
/** How long a connection is not read when more were refused. */
export const FAULTS_PAUSE_MS = 5_000;

/** Lines of a person on `nc` or telnet that may be refused before a name is accepted; the last of them ends the connection. */
export const MAX_REFUSED_BEFORE_NAME = 10;

export const DEFAULT_MAX_CONNECTIONS = 20_000;
/** Connections of one address at the same time. */
export const DEFAULT_CONNECTIONS_PER_ADDRESS = 16;
/** Connections that one address may open in `ADDRESS_ATTEMPTS_MS`. */
export const DEFAULT_ATTEMPTS_PER_ADDRESS = 32;
export const ADDRESS_ATTEMPTS_MS = 10 * 60 * 1_000;
/** Addresses whose attempts are remembered; who has been quiet longest is forgotten first. */
export const MAX_ATTEMPTING_ADDRESSES = 10_000;
/** Of the machine's memory, where nobody says how much the server may take. */
export const DEFAULT_MEMORY_SHARE = 1 / 4;
/** Of the memory that the server may take: below it new connections are taken again. */
export const MEMORY_RELIEF_SHARE = 0.9;
/** Bytes that may wait for one receiver; past it the connection is cut. */
export const OUTBOX_LIMIT_BYTES = 4 * 1024 * 1024;
/** Bytes that may wait for each of a room's receivers before those who write there are read later. */
export const PUSHBACK_BYTES = 512 * 1024;
/** How often it is looked whether they may be read again. */
export const PUSHBACK_CHECK_MS = 10;
/** Waiting chunks are joined into one write up to this many bytes. */
export const WRITE_JOIN_BYTES = 256 * 1024;
/** A connection's read buffer grows and shrinks between these. */
export const READ_BUFFER_MIN_BYTES = 512;
export const READ_BUFFER_MAX_BYTES = 64 * 1024;

/** How long a client may take for its handshake, from when it was accepted. */
export const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** Silence after which a new connection is taken for a person. */
export const FIRST_BYTES_WAIT_MS = 400;
/** How long after a request for the page a silent connection from the same address is taken for one that a browser has opened in advance, and not for a person. */
export const SPARE_CONNECTIONS_MS = 10_000;
/** Addresses of browsers that are remembered for it. */
export const MAX_PAGE_VISITORS = 1_000;
/** How long a connection may take to end its first line, unless it was taken for a person and asked for a name. */
export const FIRST_LINE_TIMEOUT_MS = 10_000;
/** Bytes of the head of an HTTP request, which has to be whole within the same time. */
export const MAX_HTTP_HEAD_BYTES = 16 * 1024;
/** How long a browser may take to read what it asked for. */
export const HTTP_ANSWER_TIMEOUT_MS = 30_000;
/** Bytes of a request's body that are read and discarded. A connection that sends more is cut off. */
export const MAX_DISCARDED_BODY_BYTES = 1024 * 1024;
/** Connections of readers of metrics at the same time. A new one closes the oldest. */
export const MAX_METRICS_CONNECTIONS = 32;
/** Bytes in a frame that a WebSocket is governed by: RFC 6455, section 5.5. */
export const MAX_CONTROL_BYTES = 125;
/** How long a connection may stay without having joined a room. */
export const GREETING_TIMEOUT_MS = 120_000;
/** Silence after which the server asks with `ping`. */
export const PING_INTERVAL_MS = 15_000;
/** Silence after which the link is taken for dead. */
export const PING_TIMEOUT_MS = 45_000;
/** A member who returns within this was never announced as gone. */
export const GRACE_MS = 15_000;
/** So many connections fewer are a crowd that has gone, when nobody has gone for so long: its members are forgotten, too. */
export const CROWD_CONNECTIONS = 1_000;
export const CROWD_GONE_MS = GRACE_MS + 2_000;
/** How long a draining server waits for its outboxes. */
export const DRAIN_TIMEOUT_MS = 5_000;
/** How long a closing connection goes on reading, so that its last line is not lost to a reset. */
export const LINGER_MS = 1_000;
/** Connections that the system holds until they are accepted, if it holds so many: those beyond have to try again, a second later. */
export const LISTEN_BACKLOG = 4_096;
/** Connections that are accepted before whoever is in has a turn. */
export const ACCEPTS_AT_ONCE = 16;
/** Pause of the accept loop when the system does not let it go on, or too many are being refused. */
export const ACCEPT_PAUSE_MS = 50;
/** Refused connections that may be open before others are accepted. After a pause those that linger are closed. */
export const MAX_REFUSALS_AT_ONCE = 64;
/** After how many seconds those who were refused may come back. */
export const REFUSED_RETRY_SECONDS = 5;
/** Descriptors kept for refusing, and for files, when connections have all others. With metrics, `MAX_METRICS_CONNECTIONS` more. */
export const RESERVED_DESCRIPTORS = MAX_REFUSALS_AT_ONCE + 16;
/** How often the log repeats what happens again and again. */
export const LOG_REPEAT_MS = 10_000;

/** Frames that are handled in one turn of the event loop, give or take what one connection has in it. */
export const TURN_FRAMES = 256;
/** Frames of one connection that are handled in one turn, however many have come: it then waits for the others. */
export const TURN_FRAMES_PER_CONNECTION = 64;
/** Connections that are written to before the event loop takes in what has arrived meanwhile. */
export const FLUSHES_AT_ONCE = 64;
/** How long the queries of all members together run at a time, and the pause after it, which is for all other work. */
export const QUERY_SLICE_MS = 5;
export const QUERY_PAUSE_MS = 5;
/** How long one search may work in all; it then tells what it has found by then. */
export const MAX_SEARCH_MS = 2_000;
/** How long the store may work on its own at a time, while there is a core to spare, and how long it then leaves to others. */
export const MAINTENANCE_STEP_MS = 5;
export const MAINTENANCE_PAUSE_MS = 45;

/** Lines of one event that the log takes in a second; of more it tells the number. */
export const LOG_LINES_PER_SECOND = 100;
/** Characters of one field in the log; the rest is cut off. */
export const MAX_LOG_FIELD_CHARS = 4_096;
/** Characters of the log that wait for a slow file or terminal; further lines are lost, and counted. */
export const MAX_LOG_WAITING_CHARS = 1_000_000;
/** How long the end of the program waits for them. */
export const LOG_FLUSH_TIMEOUT_MS = 1_000;

/** How often the event loop's delay is looked at while somebody wants to know. */
export const LOOP_DELAY_INTERVAL_MS = 50;

/** Bytes of a server's figures that `top` reads. */
export const MAX_METRICS_BYTES = 1024 * 1024;

/** First and longest wait of a client between two attempts to connect. */
export const RECONNECT_FIRST_MS = 500;
export const RECONNECT_MAX_MS = 30_000;
export const CONNECT_TIMEOUT_MS = 10_000;
/** Messages that a client keeps while they wait for their acknowledgement. */
export const MAX_PENDING_MESSAGES = 1_000;
/** What a client keeps of each room, and none of it grows with the messages that come: those that may be meant by a reply, … */
export const MAX_RECENT_MESSAGES = 50;
/** … names of those who wrote last, … */
export const MAX_SPEAKERS = 50;
/** … members, for comings and goings of a big room are told in part only, … */
export const MAX_MEMBERS_KNOWN = 5 * MAX_MEMBERS_LISTED;
/** … bans and other orders in force, … */
export const MAX_RESTRICTIONS_KNOWN = 1_000;
/** … and messages, and changes of some, that wait to be shown; of more the oldest are left to `/history`. */
export const MAX_HELD_MESSAGES = 100;
/** UTF-16 units of lines that wait for a terminal that does not take them (a held screen); past it the oldest are dropped. */
export const MAX_UNPRINTED_CHARS = 4 * 1024 * 1024;
/** UTF-16 units printed after which the client collects its garbage, of a tenth of them once it has been quiet for so long. */
export const GARBAGE_CHARS = 3 * 1024 * 1024;
export const GARBAGE_QUIET_MS = 1_000;

/** Servers nearby that are remembered at the same time. */
export const MAX_NEARBY_SERVERS = 64;
/** UTF-8 bytes of a title as it is announced; the rest is cut off. One string of a TXT record holds 255 (RFC 6763, section 6.1). */
export const MAX_NEARBY_TITLE_BYTES = 200;
/** Network interfaces that are announced and looked on. */
export const MAX_NEARBY_INTERFACES = 32;
/** The largest packet there may be: RFC 6762, section 17. */
export const MAX_NEARBY_PACKET_BYTES = 9_000;
/** Packets that are read on each interface in a second; the others are dropped. */
export const MAX_NEARBY_PACKETS_PER_SECOND = 200;
/** Milliseconds in a second that packets of one interface may take to be read; then they are dropped until it is over. */
export const MAX_NEARBY_MS_PER_SECOND = 20;
/** Records of one packet that are looked at. */
export const MAX_NEARBY_RECORDS = 256;
/** Times that an announcement gives way to another server of the same title. */
export const MAX_NEARBY_RENAMES = 20;
/** How long an announcement holds unless it is repeated. */
export const NEARBY_TTL_SECONDS = 120;
/** How often it is looked whether network interfaces came or went. */
export const NEARBY_INTERFACES_INTERVAL_MS = 5_000;
/** How long a question is waited for: it is asked twice, a second apart. */
export const NEARBY_WAIT_MS = 1_500;
/** How long the end of an announcement may take. */
export const NEARBY_GOODBYE_MS = 200;
