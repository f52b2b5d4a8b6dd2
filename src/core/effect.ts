/**
 * The effects that the core returns and the server performs. The core itself has no runtime, timer,
 * clock, randomness or await.
 */

import type {
  AuditEntry,
  GoodbyeReason,
  JoinedEvent,
  MemberInfo,
  Partner,
  ReadMark,
  RoomEntry,
  ServerEvent,
  TypingEvent,
} from "../protocol/messages/messages.ts";
import type { SearchQuery } from "../protocol/text/search_query.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { SecretKind } from "./state/password_attempts.ts";

/** A member as the store knows them. */
export interface KnownMember {
  readonly id: string;
  readonly name: string;
  /** The digest of their token, or the `keyDigest` of their public key. */
  readonly tokenDigest: string;
}

/** A record in the store. While the server runs, all records are also in memory. */
export interface KeptRecord {
  readonly kind: "account" | "token" | "devices" | "name" | "restriction" | "role" | "invite" | "room" | "upload";
  readonly key: string;
  readonly value: object;
}

/** A conversation that begins, with both members as they are then. */
export interface ConversationStart {
  readonly id: string;
  readonly name: string;
  readonly members: readonly [MemberInfo, MemberInfo];
}

/** The outcome of a `hash`. `busy`: too many passwords wait to be hashed. */
export type Hashed = { readonly matches: boolean } | { readonly hash: string } | { readonly busy: true };

/** The number of an open connection. The server assigns it. */
export type SessionId = number;

/**
 * An effect. The server performs them in order. `append` comes before the `publish` and the
 * acknowledgement of its message.
 */
export type Effect =
  /** Sends the event to one session. */
  | { readonly type: "send"; readonly session: SessionId; readonly event: ServerEvent }
  /** Sends the event to each of these sessions. */
  | { readonly type: "broadcast"; readonly sessions: Iterable<SessionId>; readonly event: ServerEvent }
  /** Sends the event to each of these sessions after all else of the turn, unless the session or the server is busy. */
  | { readonly type: "signal"; readonly sessions: readonly SessionId[]; readonly event: TypingEvent }
  /** Sends the event to every session in the room. `author` is the session that caused it, if it has a seq. */
  | { readonly type: "publish"; readonly room: string; readonly event: ServerEvent; readonly author?: SessionId }
  /** The session receives the room's events from here on. */
  | { readonly type: "enter"; readonly session: SessionId; readonly room: string }
  /** The session does not receive the room's events any more. */
  | { readonly type: "exit"; readonly session: SessionId; readonly room: string }
  /** Stores the message or change, with its `ref`, before any client shows it. */
  | { readonly type: "append"; readonly message: RoomEntry; readonly ref?: string }
  /** Stores a new conversation of two members. Its entries are those of the room with its name. */
  | { readonly type: "keepConversation"; readonly conversation: ConversationStart }
  /** Stores whether the member blocks the other one of the conversation. */
  | { readonly type: "keepBlock"; readonly channel: string; readonly memberId: string; readonly blocked: boolean }
  /** Stores up to where the member has read the room or conversation. */
  | { readonly type: "keepMark"; readonly memberId: string; readonly channel: string; readonly mark: ReadMark }
  /** Stores the room, which is new or has a new topic. */
  | { readonly type: "keepRoom"; readonly room: { readonly id: string; readonly name: string; readonly topic: string } }
  /** Deletes the room with all its messages. Another room with its name may follow. */
  | { readonly type: "removeRoom"; readonly room: { readonly id: string; readonly name: string } }
  /** Stores the member, who is new, has returned, or has a new name. */
  | { readonly type: "keepMember"; readonly member: KnownMember & { readonly nameKeys: readonly string[] } }
  /** Stores the record for the next start, or without `value` deletes it. */
  | { readonly type: "keepRecord"; readonly kind: KeptRecord["kind"]; readonly key: string; readonly value?: object }
  /**
   * Drops the bytes of an offered file that no message will carry: what has arrived, and with the hash of a complete upload
   * its blob, unless another file has the same.
   */
  | { readonly type: "dropUpload"; readonly id: string; readonly sha256?: string }
  /** Sends the session a `url` that serves the file to the member until `until`, in milliseconds since the epoch. */
  | {
    readonly type: "grant";
    readonly session: SessionId;
    readonly memberId: string;
    readonly fileId: string;
    readonly until: number;
    readonly ref?: string;
  }
  /** Sends the session a `media` whose token lets it into the call, as `stream`. */
  | {
    readonly type: "admit";
    readonly session: SessionId;
    readonly memberId: string;
    readonly call: string;
    readonly stream: number;
    readonly ref?: string | undefined;
  }
  /** Ends the member's token for the call, and their media connection. */
  | { readonly type: "dismiss"; readonly call: string; readonly memberId: string }
  /** Adds an action of a moderator to the audit log. `trusted`: by an owner or a moderator of all rooms. */
  | { readonly type: "audit"; readonly entry: Omit<AuditEntry, "nth">; readonly trusted?: true }
  /**
   * Logs that the session sent a password that was wrong or not compared, and got the error `answer`.
   * The entry contains no secret.
   */
  | {
    readonly type: "wrongPassword";
    readonly session: SessionId;
    /** The address, if there is one. The connection may have closed. */
    readonly from?: string;
    readonly kind: SecretKind;
    readonly answer: ErrorCode;
  }
  /** Sends a page of the audit log to the session, with addresses or without. */
  | {
    readonly type: "auditPage";
    readonly session: SessionId;
    readonly room?: string;
    readonly before?: number;
    readonly limit: number;
    readonly addresses: boolean;
    readonly ref?: string;
  }
  /**
   * Hashes the password of the command that is being handled, which only the server has, with a slow function. Compares it
   * with `against` if present, and calls `Hub.hashed` with the outcome.
   */
  | { readonly type: "hash"; readonly ticket: number; readonly against?: string }
  /** Sends `joined`, followed by the messages and changes after the seq `after` up to `joined.seq`. */
  | {
    readonly type: "replay";
    readonly session: SessionId;
    readonly joined: Omit<JoinedEvent, "missed" | "truncated">;
    readonly after: number;
  }
  /** Sends a page of the history of a room or, `with` its other member, of a conversation. */
  | {
    readonly type: "page";
    readonly session: SessionId;
    readonly room: string;
    readonly with?: Partner;
    /** Only entries with a higher seq. */
    readonly after?: number;
    readonly before?: number;
    readonly limit: number;
    /** Includes the changes of messages, each in its place. */
    readonly changes?: true;
    readonly ref?: string;
  }
  /** Sends the member's conversations, newest first. `unasked`: only if there is one. */
  | {
    readonly type: "conversations";
    readonly session: SessionId;
    readonly memberId: string;
    /** Only those that follow the conversation with the member of this id. */
    readonly before?: string;
    readonly limit: number;
    readonly unasked?: true;
    readonly ref?: string;
  }
  /** Sends the messages of the room or conversation that match, newest first. */
  | {
    readonly type: "search";
    readonly session: SessionId;
    readonly room: string;
    readonly with?: Partner;
    /** The query as the member wrote it. */
    readonly query: string;
    readonly parsed: SearchQuery;
    readonly limit: number;
    readonly ref?: string;
  }
  /** Sends `goodbye` and closes the connection. The core has removed the session already. */
  | { readonly type: "close"; readonly session: SessionId; readonly reason: GoodbyeReason };
