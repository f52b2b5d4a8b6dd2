/** All conversations by key, and the open one. */

import { type Entry, isOfRoom, type Partner } from "../../protocol/messages/messages.ts";
import { Conversation, directKey, roomKey } from "./conversation.ts";

/** Direct conversations that are kept. Beyond this the least recently active are removed, and can be loaded again. */
const MAX_DIRECTS = 200;

export class Conversations {
  readonly #byKey = new Map<string, Conversation>();
  #current: Conversation | undefined;

  get all(): readonly Conversation[] {
    return [...this.#byKey.values()];
  }

  get rooms(): readonly Conversation[] {
    return this.all.filter(({ partner }) => partner.kind === "room");
  }

  /** Latest first. */
  get directs(): readonly Conversation[] {
    return this.all.filter(({ partner }) => partner.kind === "direct").toReversed();
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
    const conversation = this.#open(
      directKey(member),
      (key) => new Conversation(key, { kind: "direct", member: { id, name } }),
    );
    conversation.partner = { kind: "direct", member: { id, name } };
    return conversation;
  }

  /** Moves a direct conversation to the front of the list. */
  markActive(conversation: Conversation): void {
    if (conversation.partner.kind === "room") return;
    this.#byKey.delete(conversation.key);
    this.#byKey.set(conversation.key, conversation);
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
