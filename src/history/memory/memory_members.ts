import type { StoredMember } from "../store.ts";

/** Name keys by which one member is found: the newest. */
const MAX_KEYS_PER_MEMBER = 32;

/** Members by token and by name, those who changed last: never more than `limit`. */
export class MemoryMembers {
  readonly #limit: number;
  /** By id, the latest at the end. */
  readonly #members = new Map<string, StoredMember>();
  readonly #byToken = new Map<string, StoredMember>();
  /** The id of whoever had the key last. */
  readonly #byKey = new Map<string, { readonly id: string; readonly nth: number }>();
  /** The newest at the end. */
  readonly #keysOf = new Map<string, string[]>();
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
    const older = this.#keysOf.get(member.id)?.filter((key) => !member.nameKeys.includes(key)) ?? [];
    const keys = [...older, ...member.nameKeys];
    for (const key of keys.slice(0, -MAX_KEYS_PER_MEMBER)) this.#dropKey(key, member.id);
    this.#keysOf.set(member.id, keys.slice(-MAX_KEYS_PER_MEMBER));
    if (this.#members.size > this.#limit) this.#forget(this.#members.keys().next().value!);
  }

  byToken(tokenDigest: string): StoredMember | undefined {
    return this.#byToken.get(tokenDigest);
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
    this.#keysOf.clear();
  }

  #forget(id: string): void {
    this.#dropToken(id);
    this.#members.delete(id);
    for (const key of this.#keysOf.get(id) ?? []) this.#dropKey(key, id);
    this.#keysOf.delete(id);
  }

  #dropKey(key: string, id: string): void {
    if (this.#byKey.get(key)?.id === id) this.#byKey.delete(key);
  }

  #dropToken(id: string): void {
    const token = this.#members.get(id)?.tokenDigest;
    if (token !== undefined) this.#byToken.delete(token);
  }
}
