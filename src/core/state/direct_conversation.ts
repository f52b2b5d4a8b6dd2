import { conversationName } from "../../protocol/conventions.ts";
import { MAX_RECENT_CONVERSATIONS } from "../../protocol/limits.ts";
import type { Partner } from "../../protocol/messages/messages.ts";
import type { HistoryReader, KnownConversation } from "../hub_options.ts";

/** A room or a conversation: it numbers its messages and changes. */
export interface Channel {
  readonly id: string;
  /** Unique among all channels. A room's name has no blank, a conversation's has one. */
  readonly name: string;
  /** The seq of the newest message or change; 0 before the first. */
  seq: number;
  /** The id of that entry, once it is known: not at the start. */
  lastId: string | undefined;
}

/** The messages between two members, or of one member to themselves. It is stored as a room is. */
export class DirectConversation implements Channel {
  readonly id: string;
  readonly name: string;
  /** Both members, with their names at the last start or later; twice the same for notes to oneself. */
  readonly members: readonly [Partner, Partner];
  seq: number;
  lastId: string | undefined;
  /** The ids of the members to whom nothing of the other one is delivered. */
  readonly blockedBy: Set<string>;

  constructor({ id, members, seq, blockedBy }: KnownConversation) {
    this.id = id;
    this.name = conversationName(members[0].id, members[1].id);
    this.members = members;
    this.seq = seq;
    this.blockedBy = new Set(blockedBy);
  }

  /** The other member. */
  partnerOf(memberId: string): Partner {
    const [a, b] = this.members;
    return a.id === memberId ? b : a;
  }
}

/**
 * The conversations that were used last. The others are in the store. More are kept than one turn can change, so that each
 * conversation that is dropped here has been stored.
 */
export class ConversationCache {
  private readonly history: HistoryReader;
  /** By name, latest used last. */
  private readonly recent = new Map<string, DirectConversation>();

  constructor(history: HistoryReader) {
    this.history = history;
  }

  /** The conversation of two members, if it has begun. */
  find(a: string, b: string): DirectConversation | undefined {
    const name = conversationName(a, b);
    const found = this.recent.get(name) ?? this.stored(name);
    if (found !== undefined) this.add(found);
    return found;
  }

  /** As `find`, but changes nothing: for questions that only one server of a cluster asks. */
  peek(a: string, b: string): DirectConversation | undefined {
    const name = conversationName(a, b);
    return this.recent.get(name) ?? this.stored(name);
  }

  add(conversation: DirectConversation): void {
    const { name } = conversation;
    this.recent.delete(name);
    this.recent.set(name, conversation);
    if (this.recent.size > MAX_RECENT_CONVERSATIONS) this.recent.delete(this.recent.keys().next().value!);
  }

  private stored(name: string): DirectConversation | undefined {
    const stored = this.history.conversation(name);
    return stored && new DirectConversation(stored);
  }
}
