/** The people of the model: who they are, where they are, and who has which name. */

import type { TokenBucket } from "../../../src/core/state/token_bucket.ts";
import {
  GRACE_MS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../../src/protocol/limits.ts";
import { LOOKS } from "./step.ts";

export interface Person {
  name: string;
  readonly id: string;
  /** What proves who they are on their next connection. */
  token: string;
  session: number | undefined;
  /** The name that they have registered. */
  account?: string;
  /** When they showed wrong passwords on the connection they have. */
  wrongs: number[];
  /** Counts the notices of each moderator to them. */
  readonly notices: Map<string, TokenBucket>;
  /** The last message that was acknowledged. */
  last?: { readonly command: object; readonly ack: object };
  /** Direct messages to them, in order, and how many of them they have confirmed. */
  readonly directs: string[];
  confirmed: number;
  /** Rooms, and until when they are kept for somebody who is away from them. */
  readonly rooms: Map<string, { until?: number }>;
}

export class People {
  readonly all: Person[] = [];
  /** Times of all wrong passwords: in the model all connections come from the server's machine. */
  guesses: number[] = [];

  add(id: string, name: string, token: string, session: number, room: string): void {
    const rooms = new Map([[room, {}]]);
    const notices = new Map<string, TokenBucket>();
    this.all.push({ id, name, token, session, rooms, notices, wrongs: [], directs: [], confirmed: 0 });
  }

  inRoom(room: string): Person[] {
    return this.all.filter(({ rooms }) => rooms.has(room));
  }

  isPresent(person: Person): boolean {
    return person.session !== undefined || person.rooms.size > 0;
  }

  /** Whether this machine has had all the wrong passwords that it may. */
  isLocked(now: number): boolean {
    return isLockedOut(this.guesses, now, MAX_LOCAL_WRONG_PASSWORDS);
  }

  /** Neither somebody who is here has a name like it, nor an account of somebody else's. */
  isFree(name: string, self: Person | undefined): boolean {
    const alike = (other: string | undefined) => other !== undefined && LOOKS[other] === LOOKS[name];
    return !this.all.some((other) =>
      other !== self && (alike(other.account) || (this.isPresent(other) && alike(other.name)))
    );
  }

  /** The link is gone; the rooms stay for a while. */
  goAway(person: Person, now: number): void {
    person.session = undefined;
    for (const room of person.rooms.keys()) person.rooms.set(room, { until: now + GRACE_MS });
  }

  /** At once, and for good. */
  expel(person: Person): void {
    person.session = undefined;
    person.rooms.clear();
  }

  endGraces(now: number): void {
    for (const { rooms } of this.all) {
      for (const [room, { until }] of rooms) if (until !== undefined && until <= now) rooms.delete(room);
    }
  }

  /** Nobody is connected any more, and what was only counted is forgotten. */
  restart(): void {
    for (const person of this.all) {
      this.expel(person);
      person.notices.clear();
    }
    this.guesses = [];
  }
}

/** Whether there were as many wrong passwords lately as there may be. */
export function isLockedOut(times: readonly number[], now: number, bound = MAX_WRONG_PASSWORDS): boolean {
  return times.filter((at) => at > now - WRONG_PASSWORDS_MS).length >= bound;
}
