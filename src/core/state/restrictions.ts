import { MAX_ADMITTED } from "../../protocol/limits.ts";
import type { RestrictionKind } from "../../protocol/messages/messages.ts";
import { contains, type Network, parseNetwork } from "../../protocol/address/network.ts";
import type { Effect, KeptRecord } from "../effect.ts";
import type { RestrictionQuota } from "./quotas/restriction_quota.ts";
import { ScopedRecords } from "./scoped_records.ts";
import type { ActiveRestriction } from "./active_restriction.ts";

export { type ActiveRestriction, describeRestriction, SERVER } from "./active_restriction.ts";

interface AddressBan {
  readonly restriction: ActiveRestriction;
  readonly network: Network;
}

/** All restrictions in force. Callers check first that the author may set or end them. */
export class Restrictions {
  private readonly all = new ScopedRecords<ActiveRestriction>("restriction");
  /**
   * Ids by target (see `targetOf`), then by kind and room (see `slot`): a target has at most one restriction of
   * each kind in a room. Most members have none.
   */
  private readonly idsByTarget = new Map<string, Map<string, string>>();
  private readonly addressBans = new Map<string, AddressBan>();
  private mutes = 0;
  private readonly quota: RestrictionQuota;
  /** No restriction expires before this time, in milliseconds since the epoch. */
  private nextEnd = Infinity;

  constructor(records: Iterable<KeptRecord>, quota: RestrictionQuota) {
    this.quota = quota;
    for (const restriction of this.all.read(records)) {
      this.all.restore(restriction);
      this.index(restriction);
    }
  }

  /** Whether a mute or a lockdown is in force anywhere. If not, no further check of a message is needed. */
  get limitWriting(): boolean {
    return this.mutes > 0 || this.lockdown !== undefined;
  }

  get lockdown(): ActiveRestriction | undefined {
    return this.find("lockdown", undefined, "");
  }

  withId(id: string): ActiveRestriction | undefined {
    return this.all.withId(id);
  }

  lock(room: string): ActiveRestriction | undefined {
    return this.find("lock", room, "");
  }

  slow(room: string): ActiveRestriction | undefined {
    return this.find("slow", room, "");
  }

  /** The member's ban from the room or from the whole server. `undefined` for `room`: from the server only. */
  banOf(memberId: string, room: string | undefined): ActiveRestriction | undefined {
    return this.find("ban", undefined, memberId) ??
      (room === undefined ? undefined : this.find("ban", room, memberId));
  }

  /** The ban that covers the address, in the room or on the whole server. */
  banOfAddress(address: Network, room: string | undefined): ActiveRestriction | undefined {
    for (const { restriction, network } of this.addressBans.values()) {
      if ((restriction.room === undefined || restriction.room === room) && contains(network, address)) {
        return restriction;
      }
    }
    return undefined;
  }

  /** The member's mute in the room or on the whole server. `undefined` for `room`: on the server only. */
  muteOf(memberId: string, room: string | undefined): ActiveRestriction | undefined {
    return this.find("mute", undefined, memberId) ??
      (room === undefined ? undefined : this.find("mute", room, memberId));
  }

  /** Whether the member may enter the room while it is locked. */
  isAllowed(memberId: string, room: string): boolean {
    return this.find("allow", room, memberId) !== undefined || this.lock(room)?.admitted?.includes(memberId) === true;
  }

  /** The member's restriction of this kind in exactly this room, or with `undefined` on the whole server. */
  onMember(memberId: string, room: string | undefined, kind: RestrictionKind): ActiveRestriction | undefined {
    return this.find(kind, room, memberId);
  }

  /** Restrictions of the room, oldest first. */
  inRoom(room: string): ActiveRestriction[] {
    return this.all.inRoom(room);
  }

  /**
   * Puts a restriction in force, in place of an earlier one of the same kind, target and room. With `keep`, it is
   * kept in the store. Throws `forbidden` if the quota is used up.
   */
  set(restriction: ActiveRestriction, keep: boolean, effects: Effect[]): void {
    this.checkSpace(restriction);
    const before = this.earlier(restriction);
    if (before !== undefined) this.end(before, effects);
    this.all.add(restriction);
    this.index(restriction);
    if (keep) this.all.keep(restriction, effects);
  }

  /** Ends a restriction that is in force. */
  end(restriction: ActiveRestriction, effects: Effect[]): void {
    this.all.remove(restriction, effects);
    this.deleteId(restriction);
    this.addressBans.delete(restriction.id);
    if (restriction.kind === "mute") this.mutes--;
    this.quota.remove(restriction);
  }

  /** Lets these members return to a locked room. The lock remembers the newest `MAX_ADMITTED`. */
  admit(lock: ActiveRestriction, memberIds: readonly string[], effects: Effect[]): void {
    const others = (lock.admitted ?? []).filter((id) => !memberIds.includes(id));
    this.all.keep({ ...lock, admitted: [...others, ...memberIds].slice(-MAX_ADMITTED) }, effects);
  }

  /** Throws `forbidden` if `set` would exceed the quota once the restrictions `ending` have ended. */
  checkSpace(restriction: ActiveRestriction, ending: readonly ActiveRestriction[] = []): void {
    if (this.earlier(restriction) !== undefined) return;
    for (const each of ending) this.quota.remove(each);
    try {
      this.quota.check(restriction);
    } finally {
      for (const each of ending) this.quota.add(each);
    }
  }

  /** Whether `set` would accept this restriction. */
  hasSpaceFor(restriction: ActiveRestriction): boolean {
    try {
      this.checkSpace(restriction);
      return true;
    } catch {
      return false;
    }
  }

  /** Keeps the chosen restrictions in the store from here on. */
  keepAll(choose: (restriction: ActiveRestriction) => boolean, effects: Effect[]): void {
    for (const restriction of this.all.unkept(choose)) this.all.keep(restriction, effects);
  }

  /** Ends the chosen restrictions that are not in the store. */
  forget(choose: (restriction: ActiveRestriction) => boolean): void {
    for (const restriction of this.all.unkept(choose)) this.end(restriction, []);
  }

  /** Restrictions whose time is over. The caller must end them. */
  expired(now: number): ActiveRestriction[] {
    if (now < this.nextEnd) return [];
    const [ended, others] = [[], []] as [ActiveRestriction[], ActiveRestriction[]];
    for (const restriction of this.all.values()) {
      (restriction.until !== undefined && restriction.until <= now ? ended : others).push(restriction);
    }
    this.nextEnd = others.reduce((first, { until = Infinity }) => Math.min(first, until), Infinity);
    return ended;
  }

  /** All restrictions, newest first. */
  list(): ActiveRestriction[] {
    return [...this.all.values()].reverse();
  }

  private index(restriction: ActiveRestriction): void {
    this.addId(restriction);
    const network = restriction.kind === "ban" && restriction.address !== undefined
      ? parseNetwork(restriction.address)
      : undefined;
    if (network !== undefined) this.addressBans.set(restriction.id, { restriction, network });
    if (restriction.kind === "mute") this.mutes++;
    this.quota.add(restriction);
    this.nextEnd = Math.min(this.nextEnd, restriction.until ?? Infinity);
  }

  /** The restriction that this one replaces: of the same kind, target and room. */
  private earlier({ kind, room, ...target }: ActiveRestriction): ActiveRestriction | undefined {
    return this.find(kind, room, targetOf(target));
  }

  private find(kind: RestrictionKind, room: string | undefined, target: string): ActiveRestriction | undefined {
    const id = this.idsByTarget.get(target)?.get(slot(kind, room));
    return id === undefined ? undefined : this.all.withId(id);
  }

  private addId(restriction: ActiveRestriction): void {
    const target = targetOf(restriction);
    let slots = this.idsByTarget.get(target);
    if (slots === undefined) this.idsByTarget.set(target, slots = new Map());
    slots.set(slot(restriction.kind, restriction.room), restriction.id);
  }

  private deleteId(restriction: ActiveRestriction): void {
    const target = targetOf(restriction);
    const slots = this.idsByTarget.get(target);
    slots?.delete(slot(restriction.kind, restriction.room));
    if (slots?.size === 0) this.idsByTarget.delete(target);
  }
}

/** The target of a restriction: a member's id, an address, or `""` for a whole room or server. */
function targetOf({ member, address }: Pick<ActiveRestriction, "member" | "address">): string {
  return member?.id ?? address ?? "";
}

/** The key of a kind in a room. The names of rooms have no space. */
function slot(kind: RestrictionKind, room: string | undefined): string {
  return `${kind} ${room ?? ""}`;
}
