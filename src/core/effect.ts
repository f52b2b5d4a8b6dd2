/** What the core asks for. This folder decides and does nothing: no runtime, no timer, no clock, no chance, no await. */

import type { DirectMessage, GoodbyeReason, JoinedEvent, RoomMessage, ServerEvent } from "../protocol/messages.ts";

/** A member as they are known when they are not here. */
export interface KnownMember {
  readonly id: string;
  readonly name: string;
  readonly tokenDigest: string;
}

/** Names one connection while it lasts; given out by whoever opens it. */
export type SessionId = number;

/** To be performed in order. `append` comes before the `publish` and the acknowledgement of the same message. */
export type Effect =
  /** The event for one session. */
  | { readonly type: "send"; readonly session: SessionId; readonly event: ServerEvent }
  /** The event for each of these sessions. */
  | { readonly type: "broadcast"; readonly sessions: Iterable<SessionId>; readonly event: ServerEvent }
  /** The event for every session in the room. `author` is the session it came from, if it is a message. */
  | { readonly type: "publish"; readonly room: string; readonly event: ServerEvent; readonly author?: SessionId }
  /** From here on the session is among those the room's events are published to. */
  | { readonly type: "enter"; readonly session: SessionId; readonly room: string }
  /** From here on it is not. */
  | { readonly type: "exit"; readonly session: SessionId; readonly room: string }
  /** The message is to be kept before anything shows it, and with it what its sender called it. */
  | { readonly type: "append"; readonly message: RoomMessage; readonly ref?: string }
  | { readonly type: "appendDirect"; readonly message: DirectMessage; readonly ref?: string }
  /** The member has got every direct message up to this id. */
  | { readonly type: "confirm"; readonly memberId: string; readonly throughId: string }
  /** The room is new, or has a new topic. */
  | { readonly type: "keepRoom"; readonly room: { readonly id: string; readonly name: string; readonly topic: string } }
  /** The member is new, is back, or has a new name. */
  | { readonly type: "keepMember"; readonly member: KnownMember & { readonly nameKeys: readonly string[] } }
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
    readonly ref?: string;
  }
  /** What the room keeps that matches, newest first. */
  | {
    readonly type: "search";
    readonly session: SessionId;
    readonly room: string;
    readonly query: string;
    readonly limit: number;
    readonly ref?: string;
  }
  /** `goodbye`, then the end of the connection. The session is gone already. */
  | { readonly type: "close"; readonly session: SessionId; readonly reason: GoodbyeReason };
