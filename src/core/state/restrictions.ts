import { MAX_ADMITTED } from "../../protocol/limits.ts";
import type { RestrictionKind } from "../../protocol/messages/messages.ts";
import { contains, type Network, parseNetwork } from "../../protocol/address/network.ts";
import type { Effect, KeptRecord } from "../effect.ts";
import type { RestrictionQuota } from "./restriction_quota.ts";
import { ScopedRecords } from "./scoped_records.ts";
import type { ActiveRestriction } from "./active_restriction.ts";

export { type ActiveRestriction, describeRestriction, SERVER } from "./active_restriction.ts";

interface AddressBan {
  readonly restriction: ActiveRestriction;
  readonly network: Network;
}

/** All that is in force. Whoever lays down or lifts something is asked elsewhere whether they may. */
export class Restrictions {
  readonly #all = new ScopedRecords<ActiveRestriction>("restriction");
  /** Ids by what there can be one of: for a member or an address, a kind of order in a room. Of most members there is nothing. */
  readonly #idsByTarget = new Map<string, Map<string, string>>();
  readonly #addressBans = new Map<string, AddressBan>();
  #mutes = 0;
  readonly #quota: RestrictionQuota;
  /** When the first of them ends, or earlier. */
  #nextEnd = Infinity;

  constructor(records: Iterable<KeptRecord>, quota: RestrictionQuota) {
    this.#quota = quota;
    for (const restriction of this.#all.read(records)) {
      this.#all.restore(restriction);
      this.#index(restriction);
    }
  }

  /** Whether there is anything at all that may keep somebody from writing. */
  get limitWriting(): boolean {
    return this.#mutes > 0 || this.lockdown !== undefined;
  }

  get lockdown(): ActiveRestriction | undefined {
    return this.#find("lockdown", undefined, "");
  }

  withId(id: string): ActiveRestriction | undefined {
    return this.#all.withId(id);
  }

  lock(room: string): ActiveRestriction | undefined {
    return this.#find("lock", room, "");
  }

  slow(room: string): ActiveRestriction | undefined {
    return this.#find("slow", room, "");
  }

  /** What keeps the member out of the room, or of the server. Undefined for `room` asks for the server alone. */
  banOf(memberId: string, room: string | undefined): ActiveRestriction | undefined {
    return this.#find("ban", undefined, memberId) ??
      (room === undefined ? undefined : this.#find("ban", room, memberId));
  }

  banOfAddress(address: Network, room: string | undefined): ActiveRestriction | undefined {
    for (const { restriction: order, network } of this.#addressBans.values()) {
      if ((order.room === undefined || order.room === room) && contains(network, address)) return order;
    }
    return undefined;
  }

  muteOf(memberId: string, room: string | undefined): ActiveRestriction | undefined {
    return this.#find("mute", undefined, memberId) ??
      (room === undefined ? undefined : this.#find("mute", room, memberId));
  }

  isAllowed(memberId: string, room: string): boolean {
    return this.#find("allow", room, memberId) !== undefined || this.lock(room)?.admitted?.includes(memberId) === true;
  }

  /** What the member has against them, or is allowed, exactly there. */
  onMember(memberId: string, room: string | undefined, kind: RestrictionKind): ActiveRestriction | undefined {
    return this.#find(kind, room, memberId);
  }

  /** Orders of the room, oldest first. */
  inRoom(room: string): ActiveRestriction[] {
    return this.#all.inRoom(room);
  }

  /** Takes the place of an earlier one of its kind. Throws `forbidden` where one more order is too many. */
  set(order: ActiveRestriction, keep: boolean, effects: Effect[]): void {
    const before = this.#find(order.kind, order.room, targetOf(order));
    if (before === undefined) this.#quota.check(order);
    if (before !== undefined) this.end(before, effects);
    this.#all.add(order);
    this.#index(order);
    if (keep) this.#all.keep(order, effects);
  }

  end(order: ActiveRestriction, effects: Effect[]): void {
    this.#all.remove(order, effects);
    this.#deleteId(order);
    this.#addressBans.delete(order.id);
    if (order.kind === "mute") this.#mutes--;
    this.#quota.remove(order);
  }

  /** Whoever was let into a locked room may come back to it. */
  admit(lock: ActiveRestriction, memberIds: readonly string[], effects: Effect[]): void {
    const others = (lock.admitted ?? []).filter((id) => !memberIds.includes(id));
    const order = { ...lock, admitted: [...others, ...memberIds].slice(-MAX_ADMITTED) };
    this.#all.keep(order, effects);
  }

  /** False where one more order is too many. */
  hasSpaceFor(order: ActiveRestriction): boolean {
    try {
      this.#quota.check(order);
      return true;
    } catch {
      return false;
    }
  }

  /** What was in force for as long as the process at most is kept from here on. */
  keepAll(choose: (order: ActiveRestriction) => boolean, effects: Effect[]): void {
    for (const order of this.#all.unkept(choose)) this.#all.keep(order, effects);
  }

  /** What was never kept ends with what it is about. */
  forget(choose: (order: ActiveRestriction) => boolean): void {
    for (const order of this.#all.unkept(choose)) this.end(order, []);
  }

  /** Those whose time is over; to be lifted by whoever asks. */
  expired(now: number): ActiveRestriction[] {
    if (now < this.#nextEnd) return [];
    const [ended, others] = [[], []] as [ActiveRestriction[], ActiveRestriction[]];
    for (const order of this.#all.values()) {
      (order.until !== undefined && order.until <= now ? ended : others).push(order);
    }
    this.#nextEnd = others.reduce((first, { until = Infinity }) => Math.min(first, until), Infinity);
    return ended;
  }

  /** The newest first. */
  list(): ActiveRestriction[] {
    return [...this.#all.values()].reverse();
  }

  #index(order: ActiveRestriction): void {
    this.#addId(order);
    const network = order.kind === "ban" && order.address !== undefined ? parseNetwork(order.address) : undefined;
    if (network !== undefined) this.#addressBans.set(order.id, { restriction: order, network });
    if (order.kind === "mute") this.#mutes++;
    this.#quota.add(order);
    this.#nextEnd = Math.min(this.#nextEnd, order.until ?? Infinity);
  }

  #find(kind: RestrictionKind, room: string | undefined, target: string): ActiveRestriction | undefined {
    const id = this.#idsByTarget.get(target)?.get(slot(kind, room));
    return id === undefined ? undefined : this.#all.withId(id);
  }

  #addId(order: ActiveRestriction): void {
    const target = targetOf(order);
    let slots = this.#idsByTarget.get(target);
    if (slots === undefined) this.#idsByTarget.set(target, slots = new Map());
    slots.set(slot(order.kind, order.room), order.id);
  }

  #deleteId(order: ActiveRestriction): void {
    const target = targetOf(order);
    const slots = this.#idsByTarget.get(target);
    slots?.delete(slot(order.kind, order.room));
    if (slots?.size === 0) this.#idsByTarget.delete(target);
  }
}

/** Whom or what it is about: an id, an address, or nothing for a room as a whole. */
function targetOf({ member, address }: ActiveRestriction): string {
  return member?.id ?? address ?? "";
}

/** Names of rooms hold no blank. */
function slot(kind: RestrictionKind, room: string | undefined): string {
  return `${kind} ${room ?? ""}`;
}
