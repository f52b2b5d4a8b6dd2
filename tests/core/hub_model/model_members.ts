/** The members of the model: their identity, rooms and names. */

import type { TokenBucket } from "../../../src/core/state/token_bucket.ts";
import {
  GRACE_MS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../../src/protocol/limits.ts";
import { LOOKS } from "./step.ts";

export interface ModelMember {
  name: string;
  readonly id: string;
  /** Secret that proves their identity on the next connection. */
  token: string;
  session: number | undefined;
  /** Their registered name. */
  account?: string;
  /** Times of the wrong passwords on their current connection. */
  wrongPasswords: number[];
  /** Rate limit of the notices from each moderator, by the moderator's id. */
  readonly notices: Map<string, TokenBucket>;
  /** Their last acknowledged command with its acknowledgement. */
  last?: { readonly command: object; readonly ack: object };
  /** Ids of the direct messages to them, in order, and how many of them are confirmed. */
  readonly directs: string[];
  confirmed: number;
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
    this.all.push({ id, name, token, session, rooms, notices, wrongPasswords: [], directs: [], confirmed: 0 });
  }

  inRoom(room: string): ModelMember[] {
    return this.all.filter(({ rooms }) => rooms.has(room));
  }

  isPresent(member: ModelMember): boolean {
    return member.session !== undefined || member.rooms.size > 0;
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

  /** The connection ended; the rooms stay for the grace. */
  loseConnection(member: ModelMember, now: number): void {
    member.session = undefined;
    for (const room of member.rooms.keys()) member.rooms.set(room, { until: now + GRACE_MS });
  }

  /** Ends the connection and leaves all rooms at once, without a grace. */
  expel(member: ModelMember): void {
    member.session = undefined;
    member.rooms.clear();
  }

  expireGraces(now: number): void {
    for (const { rooms } of this.all) {
      for (const [room, { until }] of rooms) if (until !== undefined && until <= now) rooms.delete(room);
    }
  }

  /** Ends all connections and forgets the counters that only the process held. */
  restart(): void {
    for (const member of this.all) {
      this.expel(member);
      member.notices.clear();
    }
    this.guesses = [];
  }
}

/** Whether the times within the last `WRONG_PASSWORDS_MS` have reached the limit. */
export function isLockedOut(times: readonly number[], now: number, limit = MAX_WRONG_PASSWORDS): boolean {
  return times.filter((at) => at > now - WRONG_PASSWORDS_MS).length >= limit;
}
