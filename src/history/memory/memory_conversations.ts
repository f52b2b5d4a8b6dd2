import type { ReadMark } from "../../protocol/messages/messages.ts";
import type { NewConversation } from "../store.ts";

/** A conversation without its entries, which are in a `MemoryRoom`. */
export interface MemoryConversation extends NewConversation {
  /** The time of the newest entry for each member, by id; absent before the first. */
  readonly times: Map<string, string>;
  readonly blockedBy: Set<string>;
}

/** All conversations, and up to where each member has read each room and conversation. */
export class MemoryConversations {
  readonly #byName = new Map<string, MemoryConversation>();
  readonly #byMember = new Map<string, Set<MemoryConversation>>();
  /** By channel, then by member. */
  readonly #marks = new Map<string, Map<string, ReadMark>>();

  get size(): number {
    return this.#byName.size;
  }

  add(added: NewConversation): void {
    if (this.#byName.has(added.name)) return;
    const conversation = { ...added, times: new Map<string, string>(), blockedBy: new Set<string>() };
    this.#byName.set(added.name, conversation);
    for (const { id } of added.members) {
      const own = this.#byMember.get(id) ?? new Set();
      this.#byMember.set(id, own.add(conversation));
    }
  }

  find(name: string): MemoryConversation | undefined {
    return this.#byName.get(name);
  }

  of(memberId: string): readonly MemoryConversation[] {
    return [...this.#byMember.get(memberId) ?? []];
  }

  /** Notes the time of a new entry, for both members except one who blocks its author. Ignores rooms. */
  touch(name: string, at: string, author: string): void {
    const conversation = this.#byName.get(name);
    if (conversation === undefined) return;
    const { members, blockedBy, times } = conversation;
    for (const { id } of members) if (id === author || !blockedBy.has(id)) times.set(id, at);
  }

  setMark(memberId: string, channel: string, mark: ReadMark): void {
    const marks = this.#marks.get(channel) ?? new Map();
    this.#marks.set(channel, marks.set(memberId, mark));
  }

  mark(memberId: string, channel: string): ReadMark | undefined {
    return this.#marks.get(channel)?.get(memberId);
  }

  /** Moves later marks back to `mark`, and later times to that of the newest entry that is left. */
  rewind(channel: string, mark: ReadMark, newest: string | undefined): void {
    const marks = this.#marks.get(channel);
    for (const [id, { seq }] of marks ?? []) {
      if (seq <= mark.seq) continue;
      if (mark.seq === 0) marks!.delete(id);
      else marks!.set(id, mark);
    }
    const times = this.#byName.get(channel)?.times;
    for (const [id, at] of times ?? []) {
      if (newest === undefined) times!.delete(id);
      else if (at > newest) times!.set(id, newest);
    }
  }

  /** Forgets the marks of a removed room. */
  removeRoom(room: string): void {
    this.#marks.delete(room);
  }

  clear(): void {
    this.#byName.clear();
    this.#byMember.clear();
    this.#marks.clear();
  }
}
