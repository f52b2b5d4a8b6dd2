import type { StoredMember } from "../store.ts";

/** The newest name keys of a member; it is not found by older ones. */
const MAX_KEYS_PER_MEMBER = 32;

/** The `limit` most recently saved members, by token and by name. */
export class MemoryMembers {
  readonly #limit: number;
  /** By id, the most recently saved last. */
  readonly #members = new Map<string, StoredMember>();
  readonly #byToken = new Map<string, StoredMember>();
  /** The member that took each name key last. */
  readonly #byKey = new Map<string, { readonly id: string; readonly nth: number }>();
  /** Name keys by member id, newest last. */
  readonly #keysByMember = new Map<string, string[]>();
  #nth = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  save(member: StoredMember): void {
    this.#dropToken(member.id);
    this.#members.delete(member.id);
    this.#members.set(member.id, member);
    this.#byToken.set(member.tokenDigest, member);
    for (const key of member.nameKeys) this.#byKey.set(key, { id: member.id, nth: this.#nth++ });
    const older = this.#keysByMember.get(member.id)?.filter((key) => !member.nameKeys.includes(key)) ?? [];
    const keys = [...older, ...member.nameKeys];
    for (const key of keys.slice(0, -MAX_KEYS_PER_MEMBER)) this.#dropKey(key, member.id);
    this.#keysByMember.set(member.id, keys.slice(-MAX_KEYS_PER_MEMBER));
    if (this.#members.size > this.#limit) this.#evict(this.#members.keys().next().value!);
  }

  byToken(tokenDigest: string): StoredMember | undefined {
    return this.#byToken.get(tokenDigest);
  }

  byId(id: string): StoredMember | undefined {
    return this.#members.get(id);
  }

  byName(nameKeys: readonly string[]): StoredMember | undefined {
    const holders = nameKeys.flatMap((key) => this.#byKey.get(key) ?? []);
    const latest = holders.sort((a, b) => b.nth - a.nth)[0];
    return latest && this.#members.get(latest.id);
  }

  clear(): void {
    this.#members.clear();
    this.#byToken.clear();
    this.#byKey.clear();
    this.#keysByMember.clear();
  }

  #evict(id: string): void {
    this.#dropToken(id);
    this.#members.delete(id);
    for (const key of this.#keysByMember.get(id) ?? []) this.#dropKey(key, id);
    this.#keysByMember.delete(id);
  }

  #dropKey(key: string, id: string): void {
    if (this.#byKey.get(key)?.id === id) this.#byKey.delete(key);
  }

  #dropToken(id: string): void {
    const token = this.#members.get(id)?.tokenDigest;
    if (token !== undefined) this.#byToken.delete(token);
  }
}
