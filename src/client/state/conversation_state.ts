/** The client's state of its conversations, and how events change it. */

import { MAX_CONVERSATIONS_KNOWN, MAX_UNREAD_COUNTED } from "../../protocol/limits.ts";
import {
  type ConversationsEvent,
  type ConversationSummary,
  type DirectMessage,
  type Partner,
  placeKey,
  type ReadMark,
} from "../../protocol/messages/messages.ts";
import { dropOldest } from "./drop_oldest.ts";
import { type Recent, withLatest } from "./room_state.ts";

export interface ConversationState {
  readonly partner: Partner;
  /** The highest known seq. */
  readonly seq: number;
  /** The last messages with their edits applied, oldest first, at most `MAX_RECENT_MESSAGES`. */
  readonly recent: readonly Recent[];
  /** Up to where the member has read it, on any device. */
  readonly mark?: ReadMark;
  /** Messages of the partner after the mark, at most `MAX_UNREAD_COUNTED`. */
  readonly unread: number;
  /** The newest message. */
  readonly last?: ConversationSummary["last"];
}

/** By their key, latest last, at most `MAX_CONVERSATIONS_KNOWN`. */
export type KnownConversations = ReadonlyMap<string, ConversationState>;

function conversationOf({ with: partner, seq, last, mark, unread }: ConversationSummary): ConversationState {
  return { partner, seq, unread, recent: [], ...last && { last }, ...mark && { mark } };
}

/** `self` is the user's own id. */
export function withDirectMessage(
  conversation: ConversationState,
  message: DirectMessage,
  self: string | undefined,
): ConversationState {
  const { id, from, seq, text, at } = message;
  const recent = withLatest(conversation.recent, message);
  const isUnread = from.id !== self && seq > Math.max(conversation.seq, conversation.mark?.seq ?? 0);
  const unread = Math.min(MAX_UNREAD_COUNTED, conversation.unread + (isUnread ? 1 : 0));
  const last = seq >= (conversation.last?.seq ?? 0) ? { id, seq, from, text, at } : conversation.last;
  return { ...conversation, seq: Math.max(conversation.seq, seq), recent, unread, ...last && { last } };
}

/** Takes a list of the server. Those that were known keep their recent messages, and are the latest. */
export function withListed(
  before: KnownConversations,
  { conversations: newestFirst }: ConversationsEvent,
): KnownConversations {
  const conversations = new Map<string, ConversationState>();
  for (const summary of newestFirst.toReversed()) conversations.set(placeKey(summary), conversationOf(summary));
  for (const [key, known] of before) {
    const update = conversations.get(key);
    conversations.delete(key);
    conversations.set(key, update === undefined ? known : { ...known, ...update, recent: known.recent });
  }
  return latest(conversations);
}

/** Changes the conversation with this member, which is the latest then. */
export function withConversation(
  before: KnownConversations,
  { id, name }: Partner,
  change: (before: ConversationState) => ConversationState,
): KnownConversations {
  const key = placeKey({ with: { id, name } });
  const known = before.get(key) ?? { seq: 0, recent: [], unread: 0, partner: { id, name } };
  const conversations = new Map(before);
  conversations.delete(key);
  conversations.set(key, change({ ...known, partner: { id, name } }));
  return latest(conversations);
}

/** Takes the present name of a member. */
export function withPartnerName(before: KnownConversations, { id, name }: Partner): KnownConversations {
  const key = placeKey({ with: { id, name } });
  const known = before.get(key);
  return known === undefined ? before : new Map(before).set(key, { ...known, partner: { id, name } });
}

function latest(conversations: Map<string, ConversationState>): KnownConversations {
  dropOldest(conversations, MAX_CONVERSATIONS_KNOWN);
  return conversations;
}
