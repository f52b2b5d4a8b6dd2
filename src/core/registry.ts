import {
  GRACE_MS,
  MAX_ABSENT_MEMBERS,
  MAX_ACKS_PER_MEMBER,
  MAX_NAME_CHARS,
  MAX_ROOMS,
  MAX_WAITING_DIRECT,
  MEMORY_OF_MEMBERS_MS,
} from "../protocol/limits.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { LeaveReason, WelcomeEvent } from "../protocol/messages.ts";
import { foldCase, nameKeys, parseName, quote } from "../protocol/names.ts";
import type { KnownMember, SessionId } from "./effect.ts";
import { Member, type Membership } from "./member.ts";
import { type Rate, RateLimiter } from "./rate_limiter.ts";
import { NOTHING_KNOWN, type Recall } from "./recall.ts";
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
  /** Rooms from before. */
  readonly rooms?: Iterable<
    { readonly id: string; readonly name: string; readonly topic: string; readonly seq: number }
  >;
  /** Members from before. */
  readonly recall?: Recall;
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
  /** Those who have gone, by the name they went with. */
  readonly #goneByName = new Map<string, Member>();
  /** In the order in which they went. */
  readonly #gone = new Set<Member>();
  /** In the order in which their grace ends. */
  readonly #absences = new Set<Absence>();

  readonly recall: Recall;

  constructor(options: HubOptions) {
    this.options = options;
    this.recall = options.recall ?? NOTHING_KNOWN;
    for (const room of options.rooms ?? []) this.rooms.set(room.name, new Room(room.id, room.name, room));
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

  /** Whoever is called so, whatever the case, or was called so last. Those who only look alike are somebody else. */
  namedOrGone(name: string, now: number): Member | undefined {
    const [key] = nameKeys(name) as [string];
    for (const member of [this.#byName.get(key), this.#goneByName.get(key)]) {
      if (member !== undefined && foldCase(member.name) === foldCase(name)) return member;
    }
    return this.#remember(this.recall.memberByName([foldCase(name)]), now);
  }

  withToken(token: string, now: number): Member | undefined {
    const digest = this.options.digest(token);
    return this.#byToken.get(digest) ?? this.#remember(this.recall.memberByToken(digest), now);
  }

  addMember(name: string, token: string, now: number): Member {
    this.checkFree(name, undefined);
    const member = this.#newMember({ id: this.options.newId(now), name, tokenDigest: this.options.digest(token) }, now);
    this.#takeName(member);
    return member;
  }

  #newMember({ id, name, tokenDigest }: KnownMember, now: number): Member {
    const { rate } = this.options;
    const limiter = rate === undefined ? undefined : new RateLimiter(rate, now);
    const member = new Member({ id, name }, tokenDigest, limiter);
    this.#byToken.set(tokenDigest, member);
    return member;
  }

  /** Somebody from before, as one who has gone. */
  #remember(known: KnownMember | undefined, now: number): Member | undefined {
    if (known === undefined) return undefined;
    const here = this.#byToken.get(known.tokenDigest);
    if (here !== undefined) return here;
    const member = this.#newMember(known, now);
    const acks = this.recall.acks(known.id, MAX_ACKS_PER_MEMBER, now);
    member.restore(acks, this.recall.unconfirmed(known.id, MAX_WAITING_DIRECT, now));
    this.#retire(member, now);
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
    if (member.canReturn) this.#retire(member, now);
    else this.#forget(member);
  }

  #retire(member: Member, now: number): void {
    member.goneSince = now;
    this.#gone.add(member);
    for (const key of nameKeys(member.name)) this.#goneByName.set(key, member);
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
    this.#releaseName(member);
    this.#byToken.delete(member.tokenDigest);
  }

  #takeName(member: Member): void {
    for (const key of nameKeys(member.name)) this.#byName.set(key, member);
  }

  #releaseName(member: Member): void {
    for (const key of nameKeys(member.name)) {
      if (this.#byName.get(key) === member) this.#byName.delete(key);
      if (this.#goneByName.get(key) === member) this.#goneByName.delete(key);
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
