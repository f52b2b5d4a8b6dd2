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
import type { TestDevice } from "../test_device.ts";
import { CallModel } from "./call_model.ts";
import { LOOKS } from "./step.ts";

/** One device of a member while it is connected. */
export interface ModelSession {
  readonly id: number;
  /** The token or the key with which it joined. */
  readonly credential: string;
  /** The rooms that it follows: a part of the member's. */
  readonly rooms: Set<string>;
  idle: boolean;
  /** Times of its wrong passwords. */
  readonly wrongPasswords: number[];
}

/** A device of a member, which has a key. */
export interface ModelDevice {
  readonly device: TestDevice;
  kind: string;
  name: string;
}

export interface ModelMember {
  name: string;
  readonly id: string;
  /** Secret that proves their identity on the next connection. Members with a key may have none. */
  token: string | undefined;
  /** The devices whose keys prove their identity, in the order of the list. */
  devices: readonly ModelDevice[];
  /** All devices that ever were among them. */
  readonly everHad: TestDevice[];
  /** The number of statements about the devices; `undefined` before the first one. */
  statements?: number;
  /** How many tokens and keys the account has. */
  credentials: number;
  /** Oldest first. */
  readonly sessions: ModelSession[];
  /** Their registered name. */
  account?: string;
  /** The name that their keys own. */
  owned?: string;
  /** Rate limit of the notices from each moderator, by the moderator's id. */
  readonly notices: Map<string, TokenBucket>;
  /** Their last acknowledged command with its acknowledgement. */
  last?: { readonly command: object; readonly ack: object };
  /** The text of their `away`, which may be empty; `undefined` if they are not away. */
  away?: string | undefined;
  /** Whether all their sessions are idle, or were when the last one ended. */
  idle: boolean;
  /** The state that the others know of `away` and `idle`, and since when. */
  told: string;
  toldAt: number;
  /** When others were last told that they are typing. */
  typedAt: number;
  /** Their rooms; `until` is the end of the grace if they are absent. */
  readonly rooms: Map<string, { until?: number }>;
}

export class ModelMembers {
  readonly all: ModelMember[] = [];
  readonly calls: CallModel;
  /** Times of all wrong passwords. In the model all connections come from the server's machine. */
  guesses: number[] = [];

  constructor(now: () => number) {
    this.calls = new CallModel(now);
  }

  /** Adds a new member, who has a token or a device. */
  add(id: string, name: string, by: string | TestDevice, session: number, room: string): void {
    const device = typeof by === "string" ? undefined : by;
    const member: ModelMember = {
      ...{ id, name, sessions: [], rooms: new Map([[room, {}]]), notices: new Map() },
      token: typeof by === "string" ? by : undefined,
      devices: device === undefined ? [] : [{ device, kind: "device", name: "" }],
      everHad: device === undefined ? [] : [device],
      credentials: 0,
      ...{ idle: false, told: "", toldAt: -Infinity, typedAt: -Infinity },
    };
    this.all.push(member);
    this.attach(member, session, room, typeof by === "string" ? by : by.key);
    this.own(member, device?.key);
  }

  /** The present name of a guest becomes the owned one: if the session has a key, or they own a name already. */
  own(member: ModelMember, credential: string | undefined): void {
    const isKeyed = credential !== undefined && this.deviceOf(member, credential) !== undefined;
    if ((isKeyed || member.owned !== undefined) && member.account === undefined) member.owned = member.name;
  }

  /** The member's device with this key. */
  deviceOf({ devices }: ModelMember, key: string): ModelDevice | undefined {
    return devices.find(({ device }) => device.key === key);
  }

  /** The member who has this key. */
  holder(key: string): ModelMember | undefined {
    return this.all.find((member) => this.deviceOf(member, key) !== undefined);
  }

  isConnected(session: number): boolean {
    return this.all.some(({ sessions }) => sessions.some(({ id }) => id === session));
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

  /** Whether no other present member, no other account and no other owner has a name that looks like it. */
  isFree(name: string, self: ModelMember | undefined): boolean {
    const alike = (other: string | undefined) => other !== undefined && LOOKS[other] === LOOKS[name];
    return !this.all.some((other) =>
      other !== self && (alike(other.account) || alike(other.owned) || (this.isPresent(other) && alike(other.name)))
    );
  }

  /** A further session, by a token or a key. With it the member is present in all rooms. Past the limit the oldest ends. */
  attach(member: ModelMember, id: number, room: string, credential: string): void {
    member.sessions.push({ id, credential, rooms: new Set([room]), idle: false, wrongPasswords: [] });
    if (member.sessions.length > MAX_SESSIONS_PER_MEMBER) this.calls.suspend(member.sessions.shift()!.id);
    noteIdleness(member);
    for (const room of member.rooms.keys()) member.rooms.set(room, {});
  }

  /** A connection ended; after the last one the rooms stay for the grace. */
  loseConnection(member: ModelMember, session: ModelSession, now: number): void {
    this.calls.suspend(session.id);
    member.sessions.splice(member.sessions.indexOf(session), 1);
    noteIdleness(member);
    if (member.sessions.length > 0) return;
    for (const room of member.rooms.keys()) member.rooms.set(room, { until: now + GRACE_MS });
  }

  /** Ends a session for good; with the last one the member leaves all rooms at once, without a grace. */
  end(member: ModelMember, session: ModelSession): void {
    member.sessions.splice(member.sessions.indexOf(session), 1);
    noteIdleness(member);
    this.calls.endSession(session.id);
    if (member.sessions.length > 0) return;
    member.rooms.clear();
    this.calls.leave(member.id, undefined);
  }

  /** Ends all sessions, and leaves all rooms at once. */
  expel(member: ModelMember): void {
    for (const session of [...member.sessions]) this.end(member, session);
    member.rooms.clear();
    this.calls.leave(member.id, undefined);
  }

  /** Leaves a room on all devices. */
  leaveRoom(member: ModelMember, room: string): void {
    member.rooms.delete(room);
    for (const { rooms } of member.sessions) rooms.delete(room);
    this.calls.leave(member.id, room);
  }

  expireGraces(now: number): void {
    for (const member of this.all) {
      for (const [room, { until }] of member.rooms) {
        if (until !== undefined && until <= now) this.leaveRoom(member, room);
      }
    }
    this.calls.expire(now);
  }

  /** Applies a tick: the others learn which members are away. */
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
      member.typedAt = -Infinity;
      forgetAway(member);
    }
    this.guesses = [];
    this.calls.restart();
  }
}

/** Whether the times within the last `WRONG_PASSWORDS_MS` have reached the limit. */
export function isLockedOut(times: readonly number[], now: number, limit = MAX_WRONG_PASSWORDS): boolean {
  return times.filter((at) => at > now - WRONG_PASSWORDS_MS).length >= limit;
}
