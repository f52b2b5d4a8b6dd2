/** What is said about order: what moderators lay down and lift, and who did it. */

import type { MemberInfo } from "./messages.ts";

/** Sends somebody out of a room. They may come back. The answer is a `notice`. */
export interface KickCommand {
  readonly type: "kick";
  readonly ref?: string;
  readonly room: string;
  readonly name: string;
  readonly reason?: string;
}

/** Which address of a member is kept out with them: the one they have, or its whole network (/24, or /64 of IPv6). */
export type BanReach = "address" | "network";

/** Keeps somebody out: a member by `name`, or whoever comes from `address`. Without `room` it is of the whole server, without `seconds` until it is lifted. */
export interface BanCommand {
  readonly type: "ban";
  readonly ref?: string;
  readonly name?: string;
  readonly address?: string;
  readonly room?: string;
  readonly seconds?: number;
  readonly also?: BanReach;
  readonly reason?: string;
}

/** Nobody hears them any more, in `room` or anywhere. */
export interface MuteCommand {
  readonly type: "mute";
  readonly ref?: string;
  readonly name: string;
  readonly room?: string;
  readonly seconds?: number;
  readonly reason?: string;
}

/**
 * Lifts what stands against a member, there, and lets them into `room` while it is locked. With `order` it lifts that one alone.
 * Owners end many orders at once: with `all` those of `room`, with `by` those that the member of this name laid down.
 */
export interface AllowCommand {
  readonly type: "allow";
  readonly ref?: string;
  readonly name?: string;
  readonly restriction?: string;
  readonly room?: string;
  readonly all?: true;
  readonly by?: string;
}

/** Lets nobody new into the room, but with its password, an invite for it, or leave of a moderator. */
export interface LockCommand {
  readonly type: "lock";
  readonly ref?: string;
  readonly room: string;
  readonly password?: string;
  readonly off?: true;
}

/** One message in so many seconds for each member; 0 ends it. */
export interface SlowCommand {
  readonly type: "slow";
  readonly ref?: string;
  readonly room: string;
  readonly seconds: number;
}

/** For emergencies: nobody new comes in, and only accounts and moderators write. */
export interface LockdownCommand {
  readonly type: "lockdown";
  readonly ref?: string;
  readonly on: boolean;
}

/** Makes somebody a moderator of `room`, or of all rooms. */
export interface ModeratorCommand {
  readonly type: "moderator";
  readonly ref?: string;
  readonly name: string;
  readonly room?: string;
  readonly off?: true;
}

/**
 * Ends `room` with all that was said there, for its moderators and owners; or the account of the name `account`, for owners.
 * The answer is a `notice`; members of the room get a `leave` each.
 */
export interface RemoveCommand {
  readonly type: "remove";
  readonly ref?: string;
  readonly room?: string;
  readonly account?: string;
}

/** Asks what is in force, in `room` or everywhere. */
export interface RestrictionsCommand {
  readonly type: "restrictions";
  readonly ref?: string;
  readonly room?: string;
}

/** Asks for the newest `limit` entries whose `nth` is below `before`. Moderators of one room name it. */
export interface AuditCommand {
  readonly type: "audit";
  readonly ref?: string;
  readonly room?: string;
  readonly before?: number;
  readonly limit: number;
}

export type ModerationCommand =
  | KickCommand
  | BanCommand
  | MuteCommand
  | AllowCommand
  | LockCommand
  | SlowCommand
  | LockdownCommand
  | ModeratorCommand
  | RemoveCommand
  | RestrictionsCommand
  | AuditCommand;

/** Who did something: a member, or `server` or `owner` without an id. */
export interface Actor {
  readonly id?: string;
  readonly name: string;
}

export type RestrictionKind = "ban" | "mute" | "lock" | "slow" | "lockdown" | "allow";

/** What is in force until `until`, or until it is lifted. Without `room` it is of the whole server. */
export interface Restriction {
  readonly id: string;
  readonly kind: RestrictionKind;
  readonly room?: string;
  readonly member?: MemberInfo;
  /** An address or a network, shown to owners only. */
  readonly address?: string;
  /** For how long it was laid down; of `slow`, the seconds between two messages. */
  readonly seconds?: number;
  readonly until?: string;
  /** Of a lock: whether there is a password that opens it. */
  readonly password?: true;
  readonly reason?: string;
  readonly by: Actor;
}

/** Something was laid down or, with `off`, lifted. To the room, or to everybody; `ref` to whoever did it. */
export interface RestrictionEvent {
  readonly type: "restriction";
  readonly ref?: string;
  readonly restriction: Restriction;
  readonly by: Actor;
  readonly at: string;
  readonly off?: true;
}

/** The role of a moderator, of one room or without `room` of all of them, and who gave it. */
export interface ModeratorGrant {
  readonly id: string;
  readonly room?: string;
  readonly member: MemberInfo;
  readonly by: Actor;
}

/** A member got a role or, with `off`, lost it. Goes to the members of the room, or to everyone; `ref` to the author. */
export interface RoleEvent {
  readonly type: "role";
  readonly ref?: string;
  /** Absent for all rooms. */
  readonly room?: string;
  readonly member: MemberInfo;
  readonly role: "moderator";
  readonly by: Actor;
  readonly at: string;
  readonly off?: true;
}

/** As many as fit on a line, the newest first. `count` is of all restrictions and moderators. */
export interface RestrictionsEvent {
  readonly type: "restrictions";
  readonly ref?: string;
  readonly room?: string;
  readonly restrictions: readonly Restriction[];
  readonly moderators: readonly ModeratorGrant[];
  readonly count: number;
}

/** What `from` did to you, or with a `ref` what you did, as a sentence that names its subject. */
export interface NoticeEvent {
  readonly type: "notice";
  readonly ref?: string;
  readonly from?: Actor;
  readonly text: string;
  readonly room?: string;
}

export interface AuditEntry {
  /** Rises from entry to entry. */
  readonly nth: number;
  readonly at: string;
  readonly by: Actor;
  /** The command's type, or what came of it: `lifted`, `ended`, `created`. */
  readonly action: string;
  readonly room?: string;
  readonly target?: Actor;
  /** Shown to owners only. */
  readonly address?: string;
  readonly seconds?: number;
  readonly reason?: string;
}

/** Newest first. */
export interface AuditEvent {
  readonly type: "audit";
  readonly ref?: string;
  readonly room?: string;
  readonly entries: readonly AuditEntry[];
  readonly more: boolean;
}

export type ModerationEvent = RestrictionEvent | RoleEvent | RestrictionsEvent | NoticeEvent | AuditEvent;
