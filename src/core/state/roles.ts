import type { Actor, MemberInfo, ModeratorGrant } from "../../protocol/messages/messages.ts";
import type { Effect, KeptRecord } from "../effect.ts";
import { SERVER } from "./active_restriction.ts";
import type { RestrictionQuota } from "./quotas/restriction_quota.ts";
import { ScopedRecords } from "./scoped_records.ts";

/** A member's role of moderator. */
export interface RoleGrant {
  readonly id: string;
  readonly member: MemberInfo;
  /** `undefined` for all rooms. */
  readonly room?: string;
  readonly by: Actor;
  /** The origin of the session that gave it, as `originOf` gives it. It is never shown. */
  readonly from?: string;
  /** Given by an owner or by a moderator of all rooms. */
  readonly trusted?: true;
}

/** The moderators of each room and of all rooms. Callers check first that the author may give or take the role. */
export class Roles {
  private readonly grants = new ScopedRecords<RoleGrant>("role");
  /** Ids by member and room; the key for all rooms is `""`, which is not a valid name. */
  private readonly ofMember = new Map<string, Map<string, string>>();
  private readonly quota: RestrictionQuota;

  constructor(records: Iterable<KeptRecord>, quota: RestrictionQuota) {
    this.quota = quota;
    for (const grant of this.grants.read(records)) {
      this.grants.restore(grant);
      this.index(grant);
    }
  }

  /** Whether the member moderates this room, or with `undefined` all rooms. */
  isModerator(memberId: string, room: string | undefined): boolean {
    return this.ofMember.get(memberId)?.has(room ?? "") === true;
  }

  /** The scope of the member's widest role that counts in this room, or with `undefined` in all rooms. */
  widest(memberId: string, room: string | undefined): "all" | "room" | undefined {
    const rooms = this.ofMember.get(memberId);
    if (rooms === undefined) return undefined;
    if (rooms.has("")) return "all";
    return room !== undefined && rooms.has(room) ? "room" : undefined;
  }

  withId(id: string): RoleGrant | undefined {
    return this.grants.withId(id);
  }

  /** The member's role in this room, or with `undefined` in all rooms. */
  of(memberId: string, room: string | undefined): RoleGrant | undefined {
    const id = this.ofMember.get(memberId)?.get(room ?? "");
    return id === undefined ? undefined : this.grants.withId(id);
  }

  /** Roles in the room, oldest first. */
  inRoom(room: string): RoleGrant[] {
    return this.grants.inRoom(room);
  }

  /** All roles, newest first. */
  list(): RoleGrant[] {
    return [...this.grants.values()].reverse();
  }

  /** Replaces the member's role there. Throws `forbidden` if the quota of restrictions and roles is used up. */
  give(grant: RoleGrant, keep: boolean, effects: Effect[]): void {
    const before = this.of(grant.member.id, grant.room);
    if (before === undefined && counts(grant)) this.quota.check(grant);
    if (before !== undefined) this.take(before, effects);
    this.grants.add(grant);
    this.index(grant);
    if (keep) this.grants.keep(grant, effects);
  }

  take(grant: RoleGrant, effects: Effect[]): void {
    this.grants.remove(grant, effects);
    const rooms = this.ofMember.get(grant.member.id);
    rooms?.delete(grant.room ?? "");
    if (rooms?.size === 0) this.ofMember.delete(grant.member.id);
    if (counts(grant)) this.quota.remove(grant);
  }

  /** Keeps the chosen roles in the store from here on. */
  keepAll(choose: (grant: RoleGrant) => boolean, effects: Effect[]): void {
    for (const grant of this.grants.unkept(choose)) this.grants.keep(grant, effects);
  }

  /** Takes the chosen roles that are not in the store. */
  forget(choose: (grant: RoleGrant) => boolean): void {
    for (const grant of this.grants.unkept(choose)) this.take(grant, []);
  }

  private index(grant: RoleGrant): void {
    let rooms = this.ofMember.get(grant.member.id);
    if (rooms === undefined) this.ofMember.set(grant.member.id, rooms = new Map());
    rooms.set(grant.room ?? "", grant.id);
    if (counts(grant)) this.quota.add(grant);
  }
}

/** The role as a reply to `restrictions` lists it. */
export function describeGrant({ id, room, member, by }: RoleGrant): ModeratorGrant {
  return { id, room, member, by };
}

/** False for the role that the maker of a room gets from the server: rooms have a limit of their own. */
function counts({ by }: RoleGrant): boolean {
  return by.id !== undefined || by.name !== SERVER.name;
}
