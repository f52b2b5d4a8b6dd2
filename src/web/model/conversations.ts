/** All conversations by key, and the open one. */

import { type Entry, isOfRoom, type Partner } from "../../protocol/messages/messages.ts";
import { Conversation, directKey, roomKey } from "./conversation.ts";

/** Keys of direct conversations, each with a seq. */
export type ClosedConversations = readonly (readonly [key: string, seq: number])[];

/** Direct conversations that are kept. Beyond this the least recently active are removed, and can be loaded again. */
const MAX_DIRECTS = 200;

export class Conversations {
  readonly #byKey = new Map<string, Conversation>();
  readonly #closed: Map<string, number>;
  #current: Conversation | undefined;

  /** `closed` is that of an earlier page. */
  constructor(closed: ClosedConversations = []) {
    this.#closed = new Map(closed);
  }

  /** The direct conversations that the user closed, each with the seq up to which it stays hidden; the last closed last. */
  get closed(): ClosedConversations {
    return [...this.#closed].slice(-MAX_DIRECTS);
  }

  get all(): readonly Conversation[] {
    return [...this.#byKey.values()];
  }

  get rooms(): readonly Conversation[] {
    return this.all.filter(({ partner }) => partner.kind === "room");
  }

  /** Latest first. Those that have just been opened and have no message come before all others. */
  get directs(): readonly Conversation[] {
    return this.all.filter(({ partner }) => partner.kind === "direct").toReversed().toSorted(byActivity);
  }

  get current(): Conversation | undefined {
    return this.#current;
  }

  get(key: string): Conversation | undefined {
    return this.#byKey.get(key);
  }

  ofRoom(room: string): Conversation | undefined {
    return this.#byKey.get(roomKey(room));
  }

  /** The conversation to which the entry belongs, if it is open. */
  of(entry: Entry): Conversation | undefined {
    return this.get(isOfRoom(entry) ? roomKey(entry.room) : directKey(entry.with));
  }

  /** The conversation that a page or a mark is about, if it is open. */
  ofPage({ room, with: partner }: { readonly room?: string; readonly with?: Partner }): Conversation | undefined {
    return room === undefined ? partner && this.get(directKey(partner)) : this.get(roomKey(room));
  }

  /** Returns the existing conversation, or a new one. */
  openRoom(room: string): Conversation {
    return this.#open(roomKey(room), (key) => new Conversation(key, { kind: "room", room }));
  }

  /** The conversation to which the entry belongs, or a new one. */
  openFor(entry: Entry): Conversation {
    return isOfRoom(entry) ? this.openRoom(entry.room) : this.openDirect(entry.with);
  }

  openDirect(member: Partner): Conversation {
    const { id, name } = member;
    this.#closed.delete(directKey(member));
    const conversation = this.#open(
      directKey(member),
      (key) => new Conversation(key, { kind: "direct", member: { id, name } }),
    );
    conversation.partner = { kind: "direct", member: { id, name } };
    return conversation;
  }

  /** Whether the user has closed the conversation since its message with this seq. */
  isClosed(partner: Partner, seq: number): boolean {
    return seq <= (this.#closed.get(directKey(partner)) ?? -1);
  }

  /** Hides a direct conversation until a message with a higher seq comes. */
  close({ key }: Conversation, seq: number): void {
    this.remove(key);
    this.#closed.delete(key);
    this.#closed.set(key, seq);
  }

  /** Notes when the last message of a direct conversation was sent. */
  markActive(conversation: Conversation, at: string): void {
    if (conversation.partner.kind === "room") return;
    if (at >= (conversation.activeAt ?? "")) conversation.activeAt = at;
    const excess = this.directs.slice(MAX_DIRECTS);
    for (const { key } of excess) if (key !== this.#current?.key) this.#byKey.delete(key);
  }

  rename({ id, name }: Partner): void {
    const conversation = this.#byKey.get(directKey({ id, name }));
    if (conversation !== undefined) conversation.partner = { kind: "direct", member: { id, name } };
  }

  select(conversation: Conversation): void {
    this.#current = conversation;
  }

  /** Removes a conversation. If it was open, opens another one, if there is any. */
  remove(key: string): void {
    if (!this.#byKey.delete(key) || this.#current?.key !== key) return;
    this.#current = this.rooms.at(-1) ?? this.all.at(-1);
  }

  #open(key: string, make: (key: string) => Conversation): Conversation {
    const conversation = this.#byKey.get(key) ?? make(key);
    this.#byKey.set(key, conversation);
    return conversation;
  }
}

function byActivity(one: Conversation, other: Conversation): number {
  const [before, after] = [one, other].map(({ activeAt }) => activeAt ?? "~") as [string, string];
  return before === after ? 0 : before < after ? 1 : -1;
}
