import { GRACE_MS, MAX_ABSENT_MEMBERS, MAX_NAME_CHARS, MAX_ROOMS, MEMORY_OF_MEMBERS_MS } from "../protocol/limits.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { LeaveReason, WelcomeEvent } from "../protocol/messages.ts";
import { nameKeys, parseName, quote } from "../protocol/names.ts";
import type { SessionId } from "./effect.ts";
import { Member, type Membership } from "./member.ts";
import { type Rate, RateLimiter } from "./rate_limiter.ts";
import { Room } from "./room.ts";
import type { Session } from "./session.ts";

/** What the core is given, for it has neither chance nor cryptography of its own. */
export interface HubOptions {
  readonly server: WelcomeEvent["server"];
  /** Messages of each member; undefined for no bound. */
  readonly rate: Rate | undefined;
  /** A fresh id, UUIDv7. */
  readonly newId: (now: number) => string;
  /** A fresh secret that proves who a member is. */
  readonly newToken: () => string;
  readonly digest: (token: string) => string;
}

export interface Absence {
  readonly member: Member;
  readonly membership: Membership;
  readonly absent: NonNullable<Membership["absent"]>;
}

/** Who and what there is: sessions, rooms, members by name and by token, and those who have gone but are remembered. */
export class Registry {
  readonly options: HubOptions;
  readonly sessions = new Map<SessionId, Session>();
  readonly rooms = new Map<string, Room>();
  readonly #byName = new Map<string, Member>();
  readonly #byToken = new Map<string, Member>();
  /** In the order in which they went. */
  readonly #gone = new Set<Member>();
  /** In the order in which their grace ends. */
  readonly #absences = new Set<Absence>();

  constructor(options: HubOptions) {
    this.options = options;
  }

  /** The room, made where there is none. Throws `forbidden` when there are `MAX_ROOMS` already. */
  room(name: string, now: number): Room {
    const existing = this.rooms.get(name);
    if (existing !== undefined) return existing;
    if (this.rooms.size >= MAX_ROOMS) {
      throw new ProtocolError("forbidden", `There are ${MAX_ROOMS} rooms already: join one of them`);
    }
    const room = new Room(this.options.newId(now), name);
    this.rooms.set(name, room);
    return room;
  }

  /** Whoever is present under this name, whatever its case. */
  named(name: string): Member | undefined {
    return this.#byName.get(nameKeys(name)[0]!);
  }

  withToken(token: string): Member | undefined {
    return this.#byToken.get(this.options.digest(token));
  }

  addMember(name: string, token: string, now: number): Member {
    this.checkFree(name, undefined);
    const { newId, digest, rate } = this.options;
    const limiter = rate === undefined ? undefined : new RateLimiter(rate, now);
    const member = new Member({ id: newId(now), name }, digest(token), limiter);
    this.#byToken.set(member.tokenDigest, member);
    this.#takeName(member);
    return member;
  }

  /** Somebody who was gone is here again, perhaps under a new name. Throws `name_taken`. */
  bringBack(member: Member, name: string): void {
    this.checkFree(name, member);
    this.#releaseName(member);
    member.name = name;
    member.goneSince = undefined;
    this.#gone.delete(member);
    this.#takeName(member);
  }

  /** Throws `name_taken`, with a free suggestion, where `name` reads like that of somebody else who is present. */
  checkFree(name: string, self: Member | undefined): void {
    const holder = this.#holder(name, self);
    if (holder === undefined) return;
    const suggestion = this.#suggest(name, self);
    const reason = holder.name === name ? "is taken" : `is too much like ${quote(holder.name)}`;
    throw new ProtocolError("name_taken", `Name ${quote(name)} ${reason}: ${quote(suggestion)} is free`, {
      suggestion,
    });
  }

  /** The connection is gone; the room stays until `takeOverdue` says otherwise. */
  markAbsent(member: Member, membership: Membership, reason: LeaveReason, now: number): void {
    const absent = { until: now + GRACE_MS, reason };
    membership.absent = absent;
    this.#absences.add({ member, membership, absent });
  }

  /** Removes and returns the absences whose grace is over. */
  takeOverdue(now: number): Absence[] {
    const overdue = [];
    for (const absence of this.#absences) {
      if (absence.absent.until > now) break;
      this.#absences.delete(absence);
      // Whoever came back, and perhaps went again, has another absence or none.
      if (absence.membership.absent === absence.absent) overdue.push(absence);
    }
    return overdue;
  }

  /** Frees the name of a member without connection and rooms; who they were is remembered for their return. */
  retireIfGone(member: Member, now: number): void {
    if (member.session !== undefined || member.memberships.size > 0) return;
    this.#releaseName(member);
    member.goneSince = now;
    this.#gone.add(member);
    if (this.#gone.size > MAX_ABSENT_MEMBERS) this.#forget(this.#gone.values().next().value!);
  }

  forgetLongGone(now: number): void {
    for (const member of this.#gone) {
      if (now - member.goneSince! < MEMORY_OF_MEMBERS_MS) break;
      this.#forget(member);
    }
  }

  #forget(member: Member): void {
    this.#gone.delete(member);
    this.#byToken.delete(member.tokenDigest);
  }

  #takeName(member: Member): void {
    for (const key of nameKeys(member.name)) this.#byName.set(key, member);
  }

  #releaseName(member: Member): void {
    for (const key of nameKeys(member.name)) {
      if (this.#byName.get(key) === member) this.#byName.delete(key);
    }
  }

  #holder(name: string, self: Member | undefined): Member | undefined {
    for (const key of nameKeys(name)) {
      const holder = this.#byName.get(key);
      if (holder !== undefined && holder !== self) return holder;
    }
    return undefined;
  }

  #suggest(name: string, self: Member | undefined): string {
    const chars = [...name];
    for (let number = 2;; number++) {
      const ending = String(number);
      const candidate = chars.slice(0, MAX_NAME_CHARS - ending.length).join("") + ending;
      if (fits(candidate) && this.#holder(candidate, self) === undefined) return candidate;
      if (!fits(candidate)) chars.pop();
    }
  }
}

function fits(name: string): boolean {
  try {
    return parseName(name) === name;
  } catch {
    return false;
  }
}
