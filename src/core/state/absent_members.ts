import { MAX_ABSENT_MEMBERS, MEMORY_OF_MEMBERS_MS, PRESENCE_INTERVAL_MS } from "../../protocol/limits.ts";
import { foldCase } from "../../protocol/text/names.ts";
import type { Member } from "./member.ts";

/** Members who have gone and may come back. */
export class AbsentMembers {
  /** In the order in which they went. */
  readonly #members = new Set<Member>();
  /** By the name they went with, in one case. Members whose names only look alike are different members. */
  readonly #byName = new Map<string, Member>();
  /** Those who may still have in memory what they were answered, in the same order. */
  readonly #withAcks = new Set<Member>();
  /** Whether what they were answered is kept elsewhere, too. */
  readonly #acksAreKept: boolean;

  constructor(acksAreKept: boolean) {
    this.#acksAreKept = acksAreKept;
  }

  /** The member who went last with this name, in any case. */
  named(name: string): Member | undefined {
    return this.#byName.get(foldCase(name));
  }

  add(member: Member, now: number): void {
    member.absentSince = now;
    this.#members.add(member);
    if (this.#acksAreKept) this.#withAcks.add(member);
    this.#byName.set(foldCase(member.name), member);
  }

  delete(member: Member): void {
    member.absentSince = undefined;
    this.#members.delete(member);
    this.#withAcks.delete(member);
  }

  releaseName(member: Member): void {
    const key = foldCase(member.name);
    if (this.#byName.get(key) === member) this.#byName.delete(key);
  }

  /** The one who went first, if there are more than `MAX_ABSENT_MEMBERS`. */
  get oldestBeyondLimit(): Member | undefined {
    return this.#members.size > MAX_ABSENT_MEMBERS ? this.#members.values().next().value : undefined;
  }

  /** Those of whom nothing need be known any more, to be deleted at once. */
  *expired(now: number): Iterable<Member> {
    for (const member of this.#members) {
      if (now - member.absentSince! < MEMORY_OF_MEMBERS_MS) return;
      yield member;
    }
  }

  /** To be called from time to time. Whoever is gone for so long spoke in a turn that is over: what they were answered is kept. */
  forgetAcks(now: number): void {
    for (const member of this.#withAcks) {
      if (now - member.absentSince! < PRESENCE_INTERVAL_MS) return;
      member.forgetAcks();
      this.#withAcks.delete(member);
    }
  }
}
