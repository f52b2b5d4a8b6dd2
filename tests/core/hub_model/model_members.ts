/** The members of the model: their identity, rooms and names. */

import type { TokenBucket } from "../../../src/core/state/token_bucket.ts";
import {
  GRACE_MS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_SESSIONS_PER_MEMBER,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../../src/protocol/limits.ts";
import { forgetAway, noteIdleness, tellAway } from "./away_steps.ts";
import { LOOKS } from "./step.ts";

/** One device of a member while it is connected. */
export interface ModelSession {
  readonly id: number;
  readonly token: string;
  /** The rooms that it follows: a part of the member's. */
  readonly rooms: Set<string>;
  idle: boolean;
  /** Times of its wrong passwords. */
  readonly wrongPasswords: number[];
}

export interface ModelMember {
  name: string;
  readonly id: string;
  /** Secret that proves their identity on the next connection. */
  token: string;
  /** Oldest first. */
  readonly sessions: ModelSession[];
  /** Their registered name. */
  account?: string;
  /** Rate limit of the notices from each moderator, by the moderator's id. */
  readonly notices: Map<string, TokenBucket>;
  /** Their last acknowledged command with its acknowledgement. */
  last?: { readonly command: object; readonly ack: object };
  /** The text of their `away`, which may be empty; `undefined` if they are not away. */
  away?: string | undefined;
  /** Whether all their sessions are idle, or were when the last one ended. */
  idle: boolean;
  /** What the others know of `away` and `idle`, and since when. */
  told: string;
  toldAt: number;
  /** Their rooms; `until` is the end of the grace if they are absent. */
  readonly rooms: Map<string, { until?: number }>;
}

export class ModelMembers {
  readonly all: ModelMember[] = [];
  /** Times of all wrong passwords. In the model all connections come from the server's machine. */
  guesses: number[] = [];

  add(id: string, name: string, token: string, session: number, room: string): void {
    const rooms = new Map([[room, {}]]);
    const notices = new Map<string, TokenBucket>();
    const presence = { idle: false, told: "", toldAt: -Infinity };
    const member = { id, name, token, sessions: [], rooms, notices, ...presence };
    this.all.push(member);
    this.attach(member, session, room);
  }

  inRoom(room: string): ModelMember[] {
    return this.all.filter(({ rooms }) => rooms.has(room));
  }

  isPresent(member: ModelMember): boolean {
    return member.sessions.length > 0 || member.rooms.size > 0;
  }

  /** Whether the server's machine has reached its limit of wrong passwords. */
  isLocked(now: number): boolean {
    return isLockedOut(this.guesses, now, MAX_LOCAL_WRONG_PASSWORDS);
  }

  /** Whether no other present member, and no other account, has a name that looks like it. */
  isFree(name: string, self: ModelMember | undefined): boolean {
    const alike = (other: string | undefined) => other !== undefined && LOOKS[other] === LOOKS[name];
    return !this.all.some((other) =>
      other !== self && (alike(other.account) || (this.isPresent(other) && alike(other.name)))
    );
  }

  /** A further session, by the member's token. With it the member is present in all rooms. Past the limit the oldest ends. */
  attach(member: ModelMember, id: number, room: string): void {
    member.sessions.push({ id, token: member.token, rooms: new Set([room]), idle: false, wrongPasswords: [] });
    if (member.sessions.length > MAX_SESSIONS_PER_MEMBER) member.sessions.shift();
    noteIdleness(member);
    for (const room of member.rooms.keys()) member.rooms.set(room, {});
  }

  /** A connection ended; after the last one the rooms stay for the grace. */
  loseConnection(member: ModelMember, session: ModelSession, now: number): void {
    member.sessions.splice(member.sessions.indexOf(session), 1);
    noteIdleness(member);
    if (member.sessions.length > 0) return;
    for (const room of member.rooms.keys()) member.rooms.set(room, { until: now + GRACE_MS });
  }

  /** Ends a session for good; with the last one the member leaves all rooms at once, without a grace. */
  end(member: ModelMember, session: ModelSession): void {
    member.sessions.splice(member.sessions.indexOf(session), 1);
    noteIdleness(member);
    if (member.sessions.length === 0) member.rooms.clear();
  }

  /** Ends all sessions, and leaves all rooms at once. */
  expel(member: ModelMember): void {
    for (const session of [...member.sessions]) this.end(member, session);
    member.rooms.clear();
  }

  /** Leaves a room on all devices. */
  leaveRoom(member: ModelMember, room: string): void {
    member.rooms.delete(room);
    for (const { rooms } of member.sessions) rooms.delete(room);
  }

  expireGraces(now: number): void {
    for (const { rooms } of this.all) {
      for (const [room, { until }] of rooms) if (until !== undefined && until <= now) rooms.delete(room);
    }
  }

  /** What each tick does: the others learn who is away. */
  tellAway(now: number): void {
    for (const member of this.all) {
      if (this.isPresent(member)) tellAway(member, now);
      else forgetAway(member);
    }
  }

  /** Ends all connections and forgets the counters that only the process held. */
  restart(): void {
    for (const member of this.all) {
      this.expel(member);
      member.notices.clear();
      forgetAway(member);
    }
    this.guesses = [];
  }
}

/** Whether the times within the last `WRONG_PASSWORDS_MS` have reached the limit. */
export function isLockedOut(times: readonly number[], now: number, limit = MAX_WRONG_PASSWORDS): boolean {
  return times.filter((at) => at > now - WRONG_PASSWORDS_MS).length >= limit;
}
