import {
  GRACE_MS,
  MAX_ACKS_PER_MEMBER,
  MAX_NAME_CHARS,
  MAX_ROOMS,
  MAX_ROOMS_PER_MEMBER,
  MAX_WAITING_DIRECT,
  TURN_FRAMES,
} from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { LeaveReason } from "../../protocol/messages/messages.ts";
import { foldCase, nameKeys, parseName, quote } from "../../protocol/text/names.ts";
import { isReserved } from "../../protocol/text/reserved_names.ts";
import { type Account, Accounts } from "./accounts.ts";
import { PasswordAttempts } from "./password_attempts.ts";
import type { BulkEnd } from "./active_restriction.ts";
import { AbsentMembers } from "./absent_members.ts";
import type { KnownMember, SessionId } from "../effect.ts";
import { HashTickets } from "./hash_tickets.ts";
import { Invites } from "./invites.ts";
import { Member, type RoomMembership } from "./member.ts";
import { type HistoryReader, type HubOptions, NOTHING_KNOWN } from "../hub_options.ts";
import { RestrictionQuota } from "./restriction_quota.ts";
import { Restrictions } from "./restrictions.ts";
import { Roles } from "./roles.ts";
import { TokenBucket } from "./token_bucket.ts";
import { Room, type RoomOrigin } from "./room.ts";
import { RoomQuota } from "./room_quota.ts";
import type { Session } from "./session.ts";

export interface Absence {
  readonly member: Member;
  readonly membership: RoomMembership;
  readonly absent: NonNullable<RoomMembership["absent"]>;
}

/** Who and what there is: sessions, rooms, members by name and by token, and those who have gone but are remembered. */
export class Registry {
  readonly options: HubOptions;
  readonly maxRooms: number;
  readonly roomsPerMember: number;
  readonly sessions = new Map<SessionId, Session>();
  readonly rooms = new Map<string, Room<Member>>();
  readonly roomQuota: RoomQuota;
  /** Rooms from before the start that end unless a member comes back to them. */
  readonly unusedRooms: Room<Member>[] = [];
  /** Commands of owners whose orders have not all ended yet, in the order given. */
  readonly bulkEnds: BulkEnd[] = [];
  /** When the first tick was. */
  startedAt: number | undefined;
  readonly accounts: Accounts;
  readonly restrictions: Restrictions;
  readonly roles: Roles;
  readonly invites: Invites;
  readonly passwordAttempts = new PasswordAttempts();
  readonly hashTickets = new HashTickets();
  /** All who are in memory. */
  readonly #byId = new Map<string, Member>();
  readonly #byName = new Map<string, Member>();
  readonly #byToken = new Map<string, Member>();
  readonly #absentMembers: AbsentMembers;
  /** In the order in which their grace ends. */
  readonly #absences = new Set<Absence>();

  readonly historyReader: HistoryReader;
  /** How many of those given to each member last are in memory. */
  readonly acksPerMember: number;

  constructor(options: HubOptions) {
    this.options = options;
    this.maxRooms = options.maxRooms ?? MAX_ROOMS;
    this.roomsPerMember = options.roomsPerMember ?? MAX_ROOMS_PER_MEMBER;
    this.historyReader = options.historyReader ?? NOTHING_KNOWN;
    this.acksPerMember = this.historyReader.keepsAcks ? TURN_FRAMES : MAX_ACKS_PER_MEMBER;
    this.#absentMembers = new AbsentMembers(this.historyReader.keepsAcks);
    // Ids rise: as they were made.
    const records = [...options.records ?? []].sort((a, b) => a.key < b.key ? -1 : 1);
    this.accounts = new Accounts(records);
    const quota = new RestrictionQuota();
    this.restrictions = new Restrictions(records, quota);
    this.roles = new Roles(records, quota);
    this.invites = new Invites(records);
    this.roomQuota = new RoomQuota(this.maxRooms);
    const origins = new Map(records.filter(({ kind }) => kind === "room").map(({ key, value }) => [key, value]));
    for (const stored of options.rooms ?? []) {
      const { id, name } = stored;
      const room = this.addRoom(new Room(id, name, stored, origins.get(id) as RoomOrigin | undefined));
      room.slowSeconds = this.restrictions.slow(name)?.seconds ?? 0;
      if (room.isUnused) this.unusedRooms.push(room);
    }
  }

  addRoom(room: Room<Member>): Room<Member> {
    this.rooms.set(room.name, room);
    this.roomQuota.add(room);
    return room;
  }

  /** Whoever is called so, whatever the case, or was called so last. Those who only look alike are somebody else. */
  memberNamed(name: string, now: number): Member | undefined {
    const account = this.accounts.named(name);
    const present = exactly(name, this.#byName.get(keyOf(name)));
    if (present !== undefined) return present;
    if (account !== undefined) return this.ofAccount(account, now);
    return this.#absentMembers.named(name) ?? this.#remember(this.historyReader.memberByName([foldCase(name)]), now);
  }

  /** Tokens of an account are in its list; whatever its member had before it is not valid any more. */
  withToken(token: string, now: number): Member | undefined {
    const digest = this.options.digest(token);
    const account = this.accounts.withToken(digest);
    if (account !== undefined) return this.ofAccount(account, now);
    const known = this.#byToken.get(digest) ?? this.historyReader.memberByToken(digest);
    if (known === undefined || this.accounts.withId(known.id) !== undefined) return undefined;
    return known instanceof Member ? known : this.#remember(known, now);
  }

  /** Whoever it is, if they are in memory. */
  withId(id: string): Member | undefined {
    return this.#byId.get(id);
  }

  /** The member whose account it is. */
  ofAccount({ id, name }: Account, now: number): Member {
    return this.#remember({ id, name, tokenDigest: `account ${id}` }, now);
  }

  addMember(name: string, token: string, now: number): Member {
    this.checkFree(name, undefined);
    const member = this.#newMember({ id: this.options.newId(now), name, tokenDigest: this.options.digest(token) }, now);
    member.nameWasUsed = this.#wasUsedByAnother(member);
    this.#takeName(member);
    return member;
  }

  #newMember({ id, name, tokenDigest }: KnownMember, now: number): Member {
    const { rate } = this.options;
    const limiter = rate === undefined ? undefined : new TokenBucket(rate, now);
    const member = new Member({ id, name }, tokenDigest, limiter);
    this.#byToken.set(tokenDigest, member);
    this.#byId.set(id, member);
    return member;
  }

  /** Somebody from before, as one who has gone. */
  #remember(known: KnownMember, now: number): Member;
  #remember(known: KnownMember | undefined, now: number): Member | undefined;
  #remember(known: KnownMember | undefined, now: number): Member | undefined {
    if (known === undefined) return undefined;
    const here = this.#byId.get(known.id);
    if (here !== undefined) return here;
    const member = this.#newMember(known, now);
    member.restore(this.historyReader.unconfirmed(known.id, MAX_WAITING_DIRECT, now));
    member.nameWasUsed = this.#wasUsedByAnother(member);
    this.#retire(member, now);
    return member;
  }

  /** Whether somebody else had the member's name last. A registered one is its account's from the beginning. */
  #wasUsedByAnother({ id, name }: Member): boolean {
    if (this.accounts.named(name) !== undefined) return false;
    const last = this.#absentMembers.named(name) ?? this.historyReader.memberByName([foldCase(name)]);
    return last !== undefined && last.id !== id;
  }

  /** Somebody who was gone is here again, perhaps under a new name. Throws `name_taken`. */
  returnAs(member: Member, name: string): void {
    this.checkFree(name, member);
    const isNew = name !== member.name ||
      this.#absentMembers.named(name) !== member && member.absentSince !== undefined;
    this.#releaseName(member);
    member.name = name;
    if (isNew) member.nameWasUsed = this.#wasUsedByAnother(member);
    this.#absentMembers.delete(member);
    this.#takeName(member);
  }

  /**
   * Throws `name_taken` if `name` looks like that of another member who is present or registered, and `name_invalid` if it
   * looks like a reserved one. Both carry a free suggestion.
   */
  checkFree(name: string, self: Member | undefined): void {
    if (isReserved(name)) {
      const suggestion = this.#suggest(name, self);
      const text = `Name ${quote(name)} is reserved for the chat itself: ${quote(suggestion)} is free`;
      throw new ProtocolError("name_invalid", text, { suggestion });
    }
    const holder = this.#holder(name, self);
    if (holder === undefined) return;
    const suggestion = this.#suggest(name, self);
    const taken = holder.name === name ? "is taken" : `is too much like ${quote(holder.name)}`;
    const isRegistered = this.accounts.named(name) !== undefined;
    const reason = isRegistered ? "is registered: log in with its password, or take another name" : taken;
    throw new ProtocolError("name_taken", `Name ${quote(name)} ${reason}: ${quote(suggestion)} is free`, {
      suggestion,
    });
  }

  /** The connection is gone; the room stays until `takeOverdue` says otherwise. */
  markAbsent(member: Member, membership: RoomMembership, reason: LeaveReason, now: number): void {
    const absent = { until: now + GRACE_MS, reason };
    membership.absent = absent;
    this.#absences.add({ member, membership, absent });
  }

  /** Removes and returns the absences whose grace is over. */
  takeExpiredAbsences(now: number): Absence[] {
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
  retireIfAbsent(member: Member, now: number): void {
    if (member.session !== undefined || member.memberships.size > 0) return;
    this.#releaseName(member);
    // Until somebody else takes the name, they were the last who had it.
    member.nameWasUsed = false;
    if (member.canReturn) return this.#retire(member, now);
    this.#forget(member);
    this.restrictions.forget((order) => order.member?.id === member.id);
    this.roles.forget((grant) => grant.member.id === member.id);
  }

  #retire(member: Member, now: number): void {
    this.#absentMembers.add(member, now);
    const oldest = this.#absentMembers.oldestBeyondLimit;
    if (oldest !== undefined) this.#forget(oldest);
  }

  forgetOldMembers(now: number): void {
    for (const member of this.#absentMembers.expired(now)) this.#forget(member);
    this.#absentMembers.forgetAcks(now);
  }

  #forget(member: Member): void {
    this.#releaseName(member);
    this.#absentMembers.delete(member);
    this.#byToken.delete(member.tokenDigest);
    this.#byId.delete(member.id);
  }

  #takeName(member: Member): void {
    for (const key of nameKeys(member.name)) this.#byName.set(key, member);
  }

  #releaseName(member: Member): void {
    for (const key of nameKeys(member.name)) {
      if (this.#byName.get(key) === member) this.#byName.delete(key);
    }
    this.#absentMembers.releaseName(member);
  }

  /** Whoever is present with such a name, or has registered it. */
  #holder(name: string, self: Member | undefined): { readonly name: string } | undefined {
    for (const key of nameKeys(name)) {
      const holder = this.#byName.get(key);
      if (holder !== undefined && holder !== self) return holder;
    }
    // A name that was registered stays its account's, whatever else is registered that reads alike.
    if (self !== undefined && this.accounts.isNamed(self.id, name)) return undefined;
    const account = this.accounts.holder(name);
    return account !== undefined && account.id !== self?.id ? account : undefined;
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

/** By which a name is looked up, together with `exactly`. */
function keyOf(name: string): string {
  return nameKeys(name)[0]!;
}

/** Those who only look alike are somebody else. */
function exactly(name: string, member: Member | undefined): Member | undefined {
  return member !== undefined && foldCase(member.name) === foldCase(name) ? member : undefined;
}

function fits(name: string): boolean {
  try {
    return parseName(name) === name;
  } catch {
    return false;
  }
}
