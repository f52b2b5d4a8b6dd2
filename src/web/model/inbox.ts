/** Puts what arrives into its conversation, opens the awaited one, and counts what the user has not seen. */

import type { ClientState } from "../../client/state/client_state.ts";
import { type Change, isRoomMessage, type JoinedEvent, type Message } from "../../protocol/messages/messages.ts";
import type { Conversation } from "./conversation.ts";
import type { Conversations } from "./conversations.ts";
import type { ReadMarks } from "./read_marks.ts";

export interface InboxOptions {
  readonly conversations: Conversations;
  readonly marks: ReadMarks;
  readonly state: () => ClientState;
  /** Whether the user sees new messages of the open conversation. */
  readonly isWatched: () => boolean;
  /** Called when another conversation is open, or the open one is read. */
  readonly changed: () => void;
  /** Called for each unseen message that is direct or mentions the user. */
  readonly mentioned: (conversation: Conversation, message: Message) => void;
}

export class Inbox {
  /** The room or the member whose conversation opens as soon as it exists. */
  awaited: { readonly room: string } | { readonly name: string } | undefined;
  readonly #options: InboxOptions;
  readonly #conversations: Conversations;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#conversations = options.conversations;
  }

  select(conversation: Conversation): void {
    this.#conversations.select(conversation);
    this.markRead();
    this.#options.changed();
  }

  /** Marks the open conversation as read, if the user sees it. */
  markRead(): void {
    const { current } = this.#conversations;
    if (current === undefined || !this.#options.isWatched()) return;
    const { unread } = current;
    current.markRead();
    this.#options.marks.update(current);
    if (unread > 0) this.#options.changed();
  }

  /** Opens the room's conversation. `before` is the state without the join. */
  joined({ room: { id, name }, seq, truncated }: JoinedEvent, before: ClientState): void {
    const isNew = this.#conversations.ofRoom(name) === undefined;
    const conversation = this.#conversations.openRoom(name);
    if (isNew) this.#options.marks.restore(conversation, this.#options.state().server?.id, seq);
    // The messages in between are loaded when the user scrolls there.
    const wasAnother = (before.rooms.get(name)?.id ?? id) !== id;
    if (truncated || wasAnother) conversation.timeline.clear();
    const isAwaited = this.awaited !== undefined && "room" in this.awaited && this.awaited.room === name;
    if (isAwaited) this.awaited = undefined;
    if (isAwaited || this.#conversations.current === undefined) this.select(conversation);
  }

  add(message: Message): void {
    const isOwn = message.from.id === this.#options.state().you?.id;
    const conversation = isRoomMessage(message)
      ? this.#conversations.openRoom(message.room)
      : this.#conversations.openDirect(isOwn ? message.to : message.from);
    if (!conversation.timeline.add(message)) return;
    this.#conversations.markActive(conversation);
    if (isOwn && !isRoomMessage(message)) this.#arriveAt(conversation, message.to.name);
    const isSeen = conversation === this.#conversations.current && this.#options.isWatched();
    if (isOwn || isSeen) this.#options.marks.update(conversation);
    else this.#countUnseen(conversation, message);
  }

  /** A change alone makes nothing unread. */
  change(change: Change): void {
    const conversation = this.#conversations.ofRoom(change.room);
    if (conversation === undefined) return;
    conversation.timeline.change(change);
    if (conversation.unread === 0) this.#options.marks.update(conversation);
  }

  #countUnseen(conversation: Conversation, message: Message): void {
    if (isRoomMessage(message) && message.deleted) return;
    const mentioned = conversation.mentions;
    if (conversation.unread === 0 && isRoomMessage(message)) conversation.readSeq = message.seq - 1;
    conversation.countUnread(message, this.#options.state().you);
    if (conversation.mentions > mentioned) this.#options.mentioned(conversation, message);
  }

  #arriveAt(conversation: Conversation, name: string): void {
    if (this.awaited === undefined || !("name" in this.awaited) || this.awaited.name !== name) return;
    this.awaited = undefined;
    this.select(conversation);
  }
}
