/** Puts what arrives into its conversation, opens the awaited one, and counts what the user has not seen. */

import { type ClientState, markOf, placeState } from "../../client/state/client_state.ts";
import type {
  Change,
  ConversationsEvent,
  JoinedEvent,
  MarkEvent,
  Message,
  Partner,
} from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { type Conversation, directKey } from "./conversation.ts";
import type { Conversations } from "./conversations.ts";
import type { NewestEntry } from "./timeline.ts";

export interface InboxOptions {
  readonly conversations: Conversations;
  /** Tells the server that the user has read the room or conversation up to this entry. */
  readonly markRead: (place: string, newest: NewestEntry) => void;
  readonly state: () => ClientState;
  /** Whether the user ignores this member. */
  readonly ignores: (member: Partner) => boolean;
  /** Whether the user sees new messages of the open conversation. */
  readonly isWatched: () => boolean;
  /** Called when another conversation is open, or the open one is read. */
  readonly changed: () => void;
  /** The words that mention the user. */
  readonly mentionWords: () => readonly string[];
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
    this.#tellRead(current);
    if (unread > 0) this.#options.changed();
  }

  #tellRead({ place, timeline: { newest } }: Conversation): void {
    if (newest !== undefined) this.#options.markRead(place, newest);
  }

  /** Opens the room's conversation. `before` is the state without the join. */
  joined({ room: { id, name }, seq, mark, truncated }: JoinedEvent, before: ClientState): void {
    const isNew = this.#conversations.ofRoom(name) === undefined;
    const conversation = this.#conversations.openRoom(name);
    if (isNew && mark !== undefined) conversation.count(Math.max(0, seq - mark.seq), { seq, mark });
    // The messages in between are loaded when the user scrolls there.
    const wasAnother = (before.rooms.get(name)?.id ?? id) !== id;
    if (truncated || wasAnother) conversation.timeline.clear();
    const isAwaited = this.awaited !== undefined && "room" in this.awaited && this.awaited.room === name;
    if (isAwaited) this.awaited = undefined;
    if (isAwaited || this.#conversations.current === undefined) this.select(conversation);
  }

  /** Lists the member's conversations with the numbers of their unread messages, which follow. */
  listed({ conversations: newestFirst }: ConversationsEvent): void {
    for (const { with: partner, seq, last, mark, unread } of newestFirst.toReversed()) {
      if (this.#options.ignores(partner) || this.#conversations.isClosed(partner, last?.seq ?? 0)) continue;
      const isNew = this.#conversations.get(directKey(partner)) === undefined;
      const conversation = this.#conversations.openDirect(partner);
      this.#conversations.markActive(conversation, last?.at ?? "");
      if (isNew) conversation.count(unread, { seq, mark });
    }
    this.#options.changed();
  }

  /** The member has read a room or conversation on another device. */
  marked(event: MarkEvent): void {
    const { seq } = event;
    const conversation = this.#conversations.ofPage(event);
    if (conversation === undefined) return;
    const { unread, place, timeline } = conversation;
    // Entries of a room that are not loaded are counted as messages.
    const rest = timeline.newest === undefined
      ? Math.max(0, (placeState(this.#options.state(), place)?.seq ?? 0) - seq)
      : timeline.countAfter(seq, this.#options.state().you);
    conversation.takeMark({ seq }, Math.min(unread, rest));
  }

  add(message: Message): void {
    const isOwn = message.from.id === this.#options.state().you?.id;
    if (!isOwn && this.#options.ignores(message.from)) {
      this.#conversations.of(message)?.timeline.add(message, false);
      return;
    }
    if ("with" in message && this.#conversations.isClosed(message.with, message.seq)) return;
    const conversation = this.#conversations.openFor(message);
    if (!conversation.timeline.add(message)) return;
    this.#conversations.markActive(conversation, message.at);
    if (isOwn && "with" in message) this.#arriveAt(conversation, message.with.name);
    const isSeen = conversation === this.#conversations.current && this.#options.isWatched();
    if (isSeen || (isOwn && conversation.unread === 0)) this.#tellRead(conversation);
    else if (!isOwn && message.seq > this.#countedSeq(conversation)) this.#countUnseen(conversation, message);
  }

  /** Up to where the member has read it on any device, or the messages are in the count already. */
  #countedSeq({ place, countedSeq }: Conversation): number {
    return Math.max(markOf(this.#options.state(), place)?.seq ?? 0, countedSeq);
  }

  /** A change alone makes nothing unread, and opens no conversation. */
  change(change: Change): void {
    const conversation = this.#conversations.of(change);
    if (conversation === undefined) return;
    conversation.timeline.change(change);
    const isSeen = conversation === this.#conversations.current && this.#options.isWatched();
    if (isSeen && conversation.unread === 0) this.#tellRead(conversation);
  }

  #countUnseen(conversation: Conversation, message: Message): void {
    if (message.deleted) return;
    const mentioned = conversation.mentions;
    if (conversation.unread === 0) conversation.readSeq = message.seq - 1;
    conversation.countUnread(message, this.#options.mentionWords());
    if (conversation.mentions > mentioned) this.#options.mentioned(conversation, message);
  }

  #arriveAt(conversation: Conversation, name: string): void {
    if (this.awaited === undefined || !("name" in this.awaited)) return;
    if (foldName(this.awaited.name) !== foldName(name)) return;
    this.awaited = undefined;
    this.select(conversation);
  }
}
