import { MAX_ABSENT_MEMBERS, MEMORY_OF_MEMBERS_MS, PRESENCE_INTERVAL_MS } from "../../../protocol/limits.ts";
import { foldName } from "../../../protocol/text/names.ts";
import type { Member } from "./member.ts";

/** Members without a connection who may return, oldest absence first. */
export class AbsentMembers {
  /** In the order in which they left. */
  private readonly members = new Set<Member>();
  /** By name, with its case folded. If several members left with one name, the last of them. */
  private readonly byName = new Map<string, Member>();
  /** Members whose acknowledgements may still be in memory, in the same order. */
  private readonly withAcks = new Set<Member>();
  /** Whether the store has all acknowledgements, too. */
  private readonly acksAreKept: boolean;

  constructor(acksAreKept: boolean) {
    this.acksAreKept = acksAreKept;
  }

  /** The member who left last with this name, ignoring case. */
  named(name: string): Member | undefined {
    return this.byName.get(foldName(name));
  }

  add(member: Member, now: number): void {
    member.absentSince = now;
    this.members.add(member);
    if (this.acksAreKept) this.withAcks.add(member);
    this.byName.set(foldName(member.name), member);
  }

  delete(member: Member): void {
    member.absentSince = undefined;
    this.members.delete(member);
    this.withAcks.delete(member);
  }

  /** Frees the member's name: `named` does not return them any more. */
  releaseName(member: Member): void {
    const key = foldName(member.name);
    if (this.byName.get(key) === member) this.byName.delete(key);
  }

  /** The longest absent member, if there are more than `MAX_ABSENT_MEMBERS`. */
  get oldestBeyondLimit(): Member | undefined {
    return this.members.size > MAX_ABSENT_MEMBERS ? this.members.values().next().value : undefined;
  }

  /** Members who left more than `MEMORY_OF_MEMBERS_MS` ago. The caller must delete them. */
  *expired(now: number): Iterable<Member> {
    for (const member of this.members) {
      if (now - member.absentSince! < MEMORY_OF_MEMBERS_MS) return;
      yield member;
    }
  }

  /**
   * Drops the acknowledgements of members who left more than `PRESENCE_INTERVAL_MS` ago, if the store has them: the
   * turn that made them is over. Must be called once in a while.
   */
  forgetAcks(now: number): void {
    for (const member of this.withAcks) {
      if (now - member.absentSince! < PRESENCE_INTERVAL_MS) return;
      member.forgetAcks();
      this.withAcks.delete(member);
    }
  }
}
