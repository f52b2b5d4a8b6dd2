/** The client's state of one conversation, and how events change it. */

import { MAX_RECENT_MESSAGES, MAX_UNREAD_COUNTED } from "../../protocol/limits.ts";
import type { ConversationSummary, DirectMessage, Partner, ReadMark } from "../../protocol/messages/messages.ts";
import type { Recent } from "./room_state.ts";

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

export function conversationOf({ with: partner, seq, last, mark, unread }: ConversationSummary): ConversationState {
  return { partner, seq, unread, recent: [], ...last && { last }, ...mark && { mark } };
}

/** `self` is the user's own id. */
export function withDirectMessage(
  conversation: ConversationState,
  { id, from, seq, text, at, deleted }: DirectMessage,
  self: string | undefined,
): ConversationState {
  const recent = deleted
    ? conversation.recent
    : [...conversation.recent, { id, seq, from, text }].slice(-MAX_RECENT_MESSAGES);
  const isUnread = from.id !== self && seq > Math.max(conversation.seq, conversation.mark?.seq ?? 0);
  const unread = Math.min(MAX_UNREAD_COUNTED, conversation.unread + (isUnread ? 1 : 0));
  const last = seq >= (conversation.last?.seq ?? 0) ? { id, seq, from, text, at } : conversation.last;
  return { ...conversation, seq: Math.max(conversation.seq, seq), recent, unread, ...last && { last } };
}
