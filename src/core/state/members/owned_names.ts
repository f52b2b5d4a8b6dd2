import {
  MAX_OWNED_NAMES,
  MAX_OWNED_NAMES_OF_THIS_MACHINE,
  MAX_OWNED_NAMES_PER_ADDRESS,
  NAMES_LAPSED_AT_ONCE,
  OWNED_NAME_MS,
  VISIT_NOTE_MS,
} from "../../../protocol/limits.ts";
import { foldName, nameKeys } from "../../../protocol/text/names.ts";
import type { Effect, KeptRecord } from "../../effect.ts";
import { Quota } from "../quotas/quota.ts";

/** A name that belongs to a guest who is known by a key. It stays theirs for `OWNED_NAME_MS` after the last visit. */
export interface OwnedName {
  /** The member's id. */
  readonly id: string;
  readonly name: string;
  /** The time of a visit, in milliseconds since the epoch. The last one is at most `VISIT_NOTE_MS` later, or still lasts. */
  readonly seen: number;
  /** The origin of the member's first owned name, as `originOf` gives it. It is never shown. */
  readonly from: string;
}

/** All owned names, at most one of each member. They are in memory, and kept in the store as records. */
export class OwnedNames {
  /** By id of the member, the longest unvisited first. */
  private readonly byId = new Map<string, OwnedName>();
  /** By each key of the name (see `nameKeys`). */
  private readonly byKey = new Map<string, OwnedName>();
  private readonly quota = new Quota({
    member: 1,
    address: MAX_OWNED_NAMES_PER_ADDRESS,
    thisMachine: MAX_OWNED_NAMES_OF_THIS_MACHINE,
  });

  constructor(records: Iterable<KeptRecord>) {
    const owned = [...records].filter(({ kind }) => kind === "name")
      .map(({ key, value }) => ({ ...value as Omit<OwnedName, "id">, id: key }));
    for (const each of owned.sort((a, b) => a.seen - b.seen)) this.set(each);
  }

  of(memberId: string): OwnedName | undefined {
    return this.byId.get(memberId);
  }

  /** The owned names that are this one or look like it. */
  alike(name: string): readonly OwnedName[] {
    return nameKeys(name).flatMap((key) => this.byKey.get(key) ?? []);
  }

  /** Whether the member owns this name, ignoring case. */
  isNamed(memberId: string, name: string): boolean {
    const owned = this.byId.get(memberId);
    return owned !== undefined && foldName(owned.name) === foldName(name);
  }

  /**
   * Gives the member the name, which must be free, in place of the one that they own. A member who owns none gets none if the
   * server or the origin `from` has reached its limit.
   */
  take({ id, name, from }: Omit<OwnedName, "seen">, now: number, effects: Effect[]): void {
    const before = this.byId.get(id);
    if (before?.name === name) return;
    if (before === undefined && !this.hasSpace(from)) return;
    // Their owners are not known any more.
    for (const other of this.alike(name)) if (other.id !== id) this.free(other.id, effects);
    this.keep({ id, name, seen: now, from: before?.from ?? from }, effects);
  }

  /** Notes that the member is here. Returns false if they own no name, or one whose visit was noted a short time ago. */
  noteVisit(memberId: string, now: number, effects: Effect[]): boolean {
    const owned = this.byId.get(memberId);
    if (owned === undefined || now - owned.seen < VISIT_NOTE_MS) return false;
    this.keep({ ...owned, seen: now }, effects);
    return true;
  }

  /** Frees the name that the member owns, if there is one. */
  free(memberId: string, effects: Effect[]): void {
    const owned = this.byId.get(memberId);
    if (owned === undefined) return;
    this.remove(owned);
    effects.push({ type: "keepRecord", kind: "name", key: memberId });
  }

  /** Names without a noted visit for `OWNED_NAME_MS`, at most `NAMES_LAPSED_AT_ONCE`. Their owners may be present. */
  unvisited(now: number): OwnedName[] {
    const found: OwnedName[] = [];
    for (const owned of this.byId.values()) {
      if (now - owned.seen < OWNED_NAME_MS || found.length >= NAMES_LAPSED_AT_ONCE) break;
      found.push(owned);
    }
    return found;
  }

  private hasSpace(from: string): boolean {
    return this.byId.size < MAX_OWNED_NAMES && this.quota.reached({ from }) === undefined;
  }

  private keep(owned: OwnedName, effects: Effect[]): void {
    const before = this.byId.get(owned.id);
    if (before !== undefined) this.remove(before);
    this.set(owned);
    const { id, ...value } = owned;
    effects.push({ type: "keepRecord", kind: "name", key: id, value });
  }

  private set(owned: OwnedName): void {
    this.byId.set(owned.id, owned);
    this.quota.add({ from: owned.from });
    for (const key of nameKeys(owned.name)) this.byKey.set(key, owned);
  }

  private remove(owned: OwnedName): void {
    this.byId.delete(owned.id);
    this.quota.remove({ from: owned.from });
    for (const key of nameKeys(owned.name)) {
      if (this.byKey.get(key) === owned) this.byKey.delete(key);
    }
  }
}
