/** What the core asks for. This folder decides and does nothing: no runtime, no timer, no clock, no chance, no await. */

import type {
  AuditEntry,
  DirectMessage,
  GoodbyeReason,
  JoinedEvent,
  RoomEntry,
  ServerEvent,
} from "../protocol/messages/messages.ts";
import type { SearchQuery } from "../protocol/text/search_query.ts";

import type { ErrorCode } from "../protocol/errors.ts";
import type { SecretKind } from "./state/password_attempts.ts";

/** A member as they are known when they are not here. */
export interface KnownMember {
  readonly id: string;
  readonly name: string;
  readonly tokenDigest: string;
}

/** Something that outlives the process and is wholly in memory while it runs. */
export interface KeptRecord {
  readonly kind: "account" | "token" | "restriction" | "role" | "invite" | "room";
  readonly key: string;
  readonly value: object;
}

/** What came of a `hash`. `busy`: too many wait for it. */
export type Hashed = { readonly matches: boolean } | { readonly hash: string } | { readonly busy: true };

/** Names one connection while it lasts; given out by whoever opens it. */
export type SessionId = number;

/** To be performed in order. `append` comes before the `publish` and the acknowledgement of the same message. */
export type Effect =
  /** The event for one session. */
  | { readonly type: "send"; readonly session: SessionId; readonly event: ServerEvent }
  /** The event for each of these sessions. */
  | { readonly type: "broadcast"; readonly sessions: Iterable<SessionId>; readonly event: ServerEvent }
  /** The event for every session in the room. `author` is the session it came from, if it has a seq. */
  | { readonly type: "publish"; readonly room: string; readonly event: ServerEvent; readonly author?: SessionId }
  /** From here on the session is among those the room's events are published to. */
  | { readonly type: "enter"; readonly session: SessionId; readonly room: string }
  /** From here on it is not. */
  | { readonly type: "exit"; readonly session: SessionId; readonly room: string }
  /** The message, or the change of one, is to be kept before anything shows it, and with it what its sender called it. */
  | { readonly type: "append"; readonly message: RoomEntry; readonly ref?: string }
  | { readonly type: "appendDirect"; readonly message: DirectMessage; readonly ref?: string }
  /** The member has got every direct message up to this id. */
  | { readonly type: "confirm"; readonly memberId: string; readonly throughId: string }
  /** The room is new, or has a new topic. */
  | { readonly type: "keepRoom"; readonly room: { readonly id: string; readonly name: string; readonly topic: string } }
  /** The room has ended: nothing of it is kept any more. Another one of its name may follow. */
  | { readonly type: "removeRoom"; readonly room: { readonly id: string; readonly name: string } }
  /** The member is new, is back, or has a new name. */
  | { readonly type: "keepMember"; readonly member: KnownMember & { readonly nameKeys: readonly string[] } }
  /** To be had back at the next start; without `value` it is to be forgotten. */
  | { readonly type: "keepRecord"; readonly kind: KeptRecord["kind"]; readonly key: string; readonly value?: object }
  /** An act of a moderator, for the audit log. `trusted`: an owner or a moderator of all rooms did it. */
  | { readonly type: "audit"; readonly entry: Omit<AuditEntry, "nth">; readonly trusted?: true }
  /** For the log: the session showed a secret that opens nothing or was not compared, and got this error. Holds no secret. */
  | {
    readonly type: "wrongPassword";
    readonly session: SessionId;
    /** The address, if there is one: the connection may be gone by now. */
    readonly from?: string;
    readonly kind: SecretKind;
    readonly answer: ErrorCode;
  }
  /** A page of that log, with addresses or without. */
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
   * A password to be hashed slowly, and compared with `against` if that is there; `Hub.hashed` is told the outcome.
   * It is the one effect that holds a secret: it goes nowhere but into the hash.
   */
  | {
    readonly type: "hash";
    readonly ticket: number;
    readonly password: string;
    readonly against?: string;
  }
  /** `joined`, followed by the messages behind `after` up to `joined.seq`. */
  | {
    readonly type: "replay";
    readonly session: SessionId;
    readonly joined: Omit<JoinedEvent, "missed" | "truncated">;
    readonly after: number;
  }
  /** A page of what the room keeps. */
  | {
    readonly type: "page";
    readonly session: SessionId;
    readonly room: string;
    readonly before?: number;
    readonly limit: number;
    /** With changes of messages, each at its place. */
    readonly changes?: true;
    readonly ref?: string;
  }
  /** What the room keeps that matches, newest first. */
  | {
    readonly type: "search";
    readonly session: SessionId;
    readonly room: string;
    /** As the member wrote it, and taken apart. */
    readonly query: string;
    readonly parsed: SearchQuery;
    readonly limit: number;
    readonly ref?: string;
  }
  /** `goodbye`, then the end of the connection. The session is gone already. */
  | { readonly type: "close"; readonly session: SessionId; readonly reason: GoodbyeReason };
