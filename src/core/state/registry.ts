import { MAX_ACKS_PER_MEMBER, TURN_FRAMES } from "../../protocol/limits.ts";
import { foldName } from "../../protocol/text/names.ts";
import { type Account, accountMember, Accounts } from "./accounts.ts";
import { PasswordAttempts } from "./password_attempts.ts";
import type { BulkEnd } from "./active_restriction.ts";
import { Calls } from "./calls.ts";
import { ConversationCache } from "./direct_conversation.ts";
import { Absences } from "./members/absences.ts";
import { AbsentMembers } from "./members/absent_members.ts";
import type { KnownMember, SessionId } from "../effect.ts";
import type { FileQuota } from "./files/file_quota.ts";
import { Uploads } from "./files/uploads.ts";
import { HashTickets } from "./hash_tickets.ts";
import { Invites } from "./invites.ts";
import { Links } from "./links.ts";
import { MemberDevices } from "./members/member_devices.ts";
import { Member } from "./members/member.ts";
import { type HistoryReader, type HubOptions, NOTHING_KNOWN } from "../hub_options.ts";
import { MemberNames, noSuchMember } from "./members/member_names.ts";
import { OwnedNames } from "./members/owned_names.ts";
import { ConversationQuota } from "./quotas/conversation_quota.ts";
import { RestrictionQuota } from "./quotas/restriction_quota.ts";
import { Restrictions } from "./restrictions.ts";
import { RecentMarks } from "./recent_marks.ts";
import { RecentEntries } from "./recent_entries.ts";
import { Roles } from "./roles.ts";
import { RandomStream } from "../random_stream.ts";
import { UuidSource } from "../../protocol/uuid.ts";
import { Room, type RoomOrigin } from "./room.ts";
import { RoomQuota } from "./quotas/room_quota.ts";
import { type HubRules, newFileQuota, newLimiter, rulesOf } from "./rules.ts";
import type { Session } from "./members/session.ts";

/**
 * The state of the chat: sessions, rooms, accounts, owned names, restrictions, roles, invites and offered files,
 * and all members in memory, with those who are absent and may return.
 */
export class Registry {
  readonly server: HubOptions["server"];
  /** Only `changeRules` changes them. */
  rules: HubRules;
  readonly sessions = new Map<SessionId, Session>();
  /** By name. */
  readonly rooms = new Map<string, Room<Member>>();
  readonly roomQuota: RoomQuota;
  /** Unused rooms from before the start. They end soon unless a member returns to them. */
  readonly unusedRooms: Room<Member>[] = [];
  /** Owners' commands that end many restrictions and are not finished, oldest first. */
  readonly bulkEnds: BulkEnd[] = [];
  /** Members of whom the others may not know yet that they are away or back, in the order of the changes. */
  readonly awayChanges = new Set<Member>();
  /** The time of the first tick. */
  startedAt: number | undefined;
  readonly accounts: Accounts;
  readonly names: MemberNames;
  readonly ownedNames: OwnedNames;
  readonly restrictions: Restrictions;
  readonly roles: Roles;
  readonly invites: Invites;
  readonly devices: MemberDevices;
  readonly uploads: Uploads;
  /** `undefined` if the server takes no files. */
  fileQuota: FileQuota | undefined;
  readonly links = new Links();
  readonly calls: Calls;
  readonly recentEntries = new RecentEntries();
  readonly conversations: ConversationCache;
  readonly conversationQuota: ConversationQuota;
  readonly recentMarks: RecentMarks;
  readonly passwordAttempts = new PasswordAttempts();
  readonly hashTickets = new HashTickets();
  /** All members in memory, also absent ones. */
  private readonly byId = new Map<string, Member>();
  /** All members in memory, by the digest of their token. */
  private readonly byToken = new Map<string, Member>();
  private readonly absentMembers: AbsentMembers;
  readonly absences = new Absences();
  readonly historyReader: HistoryReader;
  /** Number of acknowledgements that are kept in memory for each member. */
  readonly acksPerMember: number;
  private readonly random: RandomStream;
  private readonly ids: UuidSource;

  constructor(options: HubOptions) {
    this.server = options.server;
    this.rules = rulesOf(options);
    this.random = new RandomStream(options.seed);
    this.ids = new UuidSource(this.random);
    this.historyReader = options.historyReader ?? NOTHING_KNOWN;
    this.acksPerMember = this.historyReader.keepsAcks ? TURN_FRAMES : MAX_ACKS_PER_MEMBER;
    this.absentMembers = new AbsentMembers(this.historyReader.keepsAcks);
    this.conversations = new ConversationCache(this.historyReader);
    this.conversationQuota = new ConversationQuota(this.historyReader);
    this.recentMarks = new RecentMarks(this.historyReader);
    // Ids rise, so this is the order of creation.
    const records = [...options.records ?? []].sort((a, b) => a.key < b.key ? -1 : 1);
    this.accounts = new Accounts(records);
    this.ownedNames = new OwnedNames(records);
    const { accounts, ownedNames: owned, historyReader } = this;
    this.names = new MemberNames({ accounts, owned, members: this.byId, historyReader, random: this.random });
    const quota = new RestrictionQuota();
    this.restrictions = new Restrictions(records, quota);
    this.roles = new Roles(records, quota);
    this.invites = new Invites(records);
    this.devices = new MemberDevices(records);
    this.uploads = new Uploads(records);
    this.fileQuota = newFileQuota(this.rules, this);
    this.roomQuota = new RoomQuota(this.rules.maxRooms);
    this.calls = new Calls(this.rules.maxCalls);
    const origins = new Map(records.filter(({ kind }) => kind === "room").map(({ key, value }) => [key, value]));
    for (const stored of options.rooms ?? []) {
      const { id, name } = stored;
      const room = this.addRoom(new Room(id, name, stored, origins.get(id) as RoomOrigin | undefined));
      room.slowSeconds = this.restrictions.slow(name)?.seconds ?? 0;
      if (room.isUnused) this.unusedRooms.push(room);
    }
  }

  /** Returns a new UUIDv7. */
  newId(now: number): string {
    return this.ids.next(now);
  }

  /** Ids follow from this seed from here on. */
  reseed(seed: string): void {
    this.random.reseed(seed);
    this.ids.drawAgain();
  }

  /** Members and sessions in memory. */
  get weight(): number {
    return this.byId.size + this.sessions.size;
  }

  /** Decides by other rules from here on. The counts of rates and of files begin again. */
  changeRules(rules: HubRules, now: number): void {
    this.rules = rules;
    this.roomQuota.limit = rules.maxRooms;
    this.calls.limit = rules.maxCalls;
    this.fileQuota = newFileQuota(rules, this);
    for (const member of this.byId.values()) member.messages = newLimiter(rules, now);
  }

  addRoom(room: Room<Member>): Room<Member> {
    this.rooms.set(room.name, room);
    this.roomQuota.add(room);
    return room;
  }

  /**
   * Finds a member by name, ignoring case: the present one, the one with this account, or the last one who had this
   * name. Names that only look alike do not match.
   */
  memberNamed(name: string, now: number): Member | undefined {
    const account = this.accounts.named(name);
    const present = this.names.find(name);
    if (present !== undefined) return present;
    if (account !== undefined) return this.ofAccount(account, now);
    return this.absentMembers.named(name) ?? this.remember(this.historyReader.memberByName([foldName(name)]), now);
  }

  /** Returns the member with this name, as `memberNamed` does. Throws `no_such_member`. */
  findMember(name: string, now: number): Member {
    const member = this.memberNamed(name, now);
    if (member === undefined) throw noSuchMember(name);
    return member;
  }

  /** Finds a member by the digest of a token, or by a `keyDigest`. A token that a member had before they registered is not valid any more. */
  withToken(digest: string, now: number): Member | undefined {
    const account = this.accounts.withToken(digest);
    if (account !== undefined) return this.ofAccount(account, now);
    const known = this.knownWith(digest);
    return known === undefined || known instanceof Member ? known : this.remember(known, now);
  }

  /** The id of the member whom `withToken` finds. */
  idWithToken(digest: string): string | undefined {
    return this.accounts.withToken(digest)?.id ?? this.knownWith(digest)?.id;
  }

  private knownWith(digest: string): Member | KnownMember | undefined {
    const stored = this.devices.storedDigest(digest) ?? digest;
    const known = this.byToken.get(stored) ?? this.historyReader.memberByToken(stored);
    if (known === undefined || this.accounts.withId(known.id) !== undefined) return undefined;
    return this.devices.admits(known.id, digest) ? known : undefined;
  }

  /** The member with this id, if they are in memory. */
  withId(id: string): Member | undefined {
    return this.byId.get(id);
  }

  /** The member with this id, from memory or the store. */
  memberById(id: string, now: number): Member | undefined {
    return this.byId.get(id) ?? this.remember(this.storedById(id), now);
  }

  private storedById(id: string): KnownMember | undefined {
    const account = this.accounts.withId(id);
    return account === undefined ? this.historyReader.memberById(id) : accountMember(account);
  }

  /** The member with this account. */
  ofAccount(account: Account, now: number): Member {
    return this.remember(accountMember(account), now);
  }

  /** Adds a new member. Throws `name_taken` or `name_invalid` as `MemberNames.checkFree` does. */
  addMember(name: string, tokenDigest: string, now: number): Member {
    this.names.checkFree(name, undefined);
    const member = this.newMember({ id: this.newId(now), name, tokenDigest }, now);
    member.nameWasUsed = this.wasUsedByAnother(member);
    this.names.take(member);
    return member;
  }

  /** Makes the digest the member's only one. Members with an account have theirs in `accounts`. */
  replaceToken(member: Member, tokenDigest: string): void {
    this.dropToken(member);
    member.tokenDigest = tokenDigest;
    this.byToken.set(tokenDigest, member);
  }

  private newMember({ id, name, tokenDigest }: KnownMember, now: number): Member {
    const member = new Member({ id, name }, tokenDigest, newLimiter(this.rules, now));
    this.byToken.set(tokenDigest, member);
    this.byId.set(id, member);
    return member;
  }

  /** The member in memory or, from the store, as an absent member. */
  private remember(known: KnownMember, now: number): Member;
  private remember(known: KnownMember | undefined, now: number): Member | undefined;
  private remember(known: KnownMember | undefined, now: number): Member | undefined {
    if (known === undefined) return undefined;
    const here = this.byId.get(known.id);
    if (here !== undefined) return here;
    const member = this.newMember(known, now);
    member.restore();
    member.nameWasUsed = this.wasUsedByAnother(member);
    this.retire(member, now);
    return member;
  }

  /** Whether another member had this member's name last. Registered names have always belonged to their account. */
  private wasUsedByAnother({ id, name }: Member): boolean {
    if (this.accounts.named(name) !== undefined) return false;
    const last = this.absentMembers.named(name) ?? this.historyReader.memberByName([foldName(name)]);
    return last !== undefined && last.id !== id;
  }

  /** Makes a member present again, under the same or a new name. Throws as `MemberNames.checkFree` does. */
  returnAs(member: Member, name: string): void {
    this.names.checkFree(name, member);
    const isNew = name !== member.name ||
      this.absentMembers.named(name) !== member && member.absentSince !== undefined;
    this.releaseName(member);
    member.name = name;
    if (isNew) member.nameWasUsed = this.wasUsedByAnother(member);
    this.absentMembers.delete(member);
    this.names.take(member);
  }

  /** Frees the name of a member without sessions and rooms. A member who has a token to return with is remembered. */
  retireIfAbsent(member: Member, now: number): void {
    if (member.sessions.length > 0 || member.memberships.size > 0 || member.absentSince !== undefined) return;
    member.away = undefined;
    this.awayChanges.delete(member);
    this.releaseName(member);
    // Until another member takes the name, this one counts as its last user.
    member.nameWasUsed = false;
    if (member.canReturn) return this.retire(member, now);
    this.forget(member);
    this.restrictions.forget((restriction) => restriction.member?.id === member.id);
    this.roles.forget((grant) => grant.member.id === member.id);
  }

  private retire(member: Member, now: number): void {
    this.absentMembers.add(member, now);
    const oldest = this.absentMembers.oldestBeyondLimit;
    if (oldest !== undefined) this.forget(oldest);
  }

  /** Forgets members absent for `MEMORY_OF_MEMBERS_MS`, and sooner their acknowledgements if the store has them. */
  forgetOldMembers(now: number): void {
    for (const member of this.absentMembers.expired(now)) this.forget(member);
    this.absentMembers.forgetAcks(now);
  }

  private forget(member: Member): void {
    this.releaseName(member);
    this.absentMembers.delete(member);
    this.dropToken(member);
    this.byId.delete(member.id);
  }

  /** A key that was revoked may have founded another member. */
  private dropToken(member: Member): void {
    if (this.byToken.get(member.tokenDigest) === member) this.byToken.delete(member.tokenDigest);
  }

  private releaseName(member: Member): void {
    this.names.release(member);
    this.absentMembers.releaseName(member);
  }
}
