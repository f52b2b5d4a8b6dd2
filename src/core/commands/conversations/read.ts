/** Read marks, blocks, and the list of conversations. */

import { DEFAULT_PAGE_MESSAGES } from "../../../protocol/limits.ts";
import type {
  BlockCommand,
  ConversationsCommand,
  MarkEvent,
  ReadCommand,
  ReadMark,
} from "../../../protocol/messages/messages.ts";
import type { Channel } from "../../state/direct_conversation.ts";
import type { Caller } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { endConversationCall } from "../calls/leave_call.ts";
import { beginConversation, channelOf, findPartner, partnerIn } from "./channel_lookup.ts";

/** Moves the member's mark forward to the entry, and tells their other sessions. */
export function markRead(turn: Turn, caller: Caller, command: ReadCommand): void {
  const { registry, effects } = turn;
  const { session, member } = caller;
  const channel = channelOf(turn, caller, command);
  const before = registry.recentMarks.find(member.id, channel.id, channel.name);
  const seq = seqOfId(turn, channel, command.id);
  const moved = seq !== undefined && seq > (before?.seq ?? 0) ? { id: command.id, seq } : undefined;
  if (moved !== undefined) {
    registry.recentMarks.move(member.id, channel.id, moved);
    effects.push({ type: "keepMark", memberId: member.id, channel: channel.name, mark: moved });
    const others = member.sessions.filter(({ id }) => id !== session.id).map(({ id }) => id);
    const event = markEvent(turn, channel, member.id, moved);
    if (others.length > 0) effects.push({ type: "broadcast", sessions: others, event });
  }
  if (command.ref === undefined) return;
  send(turn, session, { ...markEvent(turn, channel, member.id, moved ?? before ?? { seq: 0 }), ref: command.ref });
}

function markEvent(turn: Turn, channel: Channel, memberId: string, mark: ReadMark): MarkEvent {
  const partner = partnerIn(turn, channel, memberId);
  return { type: "mark", ...partner === undefined ? { room: channel.name } : { with: partner }, ...mark };
}

/** The seq of the entry with this id, if it is kept. */
function seqOfId({ registry }: Turn, { id: channelId, name, seq, lastId }: Channel, id: string): number | undefined {
  if (id === lastId) return seq;
  return registry.recentEntries.find(channelId, id)?.seq ?? registry.historyReader.seqOf(name, id);
}

/** Stops the delivery of what the member `to` writes in the conversation, which begins if it has not; or allows it. */
export function blockMember(turn: Turn, caller: Caller, { ref, to, off }: BlockCommand): void {
  const { member, session } = caller;
  const partner = findPartner(turn, to);
  const known = turn.registry.conversations.find(member.id, partner.id);
  const isBlocked = known?.blockedBy.has(member.id) === true;
  if (isBlocked === (off !== true)) return answerBlock(turn, session, ref, partner.name, !off);
  const conversation = known ?? beginConversation(turn, caller, partner);
  if (off) conversation.blockedBy.delete(member.id);
  else {
    endConversationCall(turn, conversation.name, member);
    conversation.blockedBy.add(member.id);
  }
  turn.effects.push({ type: "keepBlock", channel: conversation.name, memberId: member.id, blocked: off !== true });
  answerBlock(turn, session, ref, partner.name, !off);
}

function answerBlock(
  turn: Turn,
  session: Caller["session"],
  ref: string | undefined,
  name: string,
  blocked: boolean,
): void {
  if (ref === undefined) return;
  const text = blocked ? `Nothing that ${name} writes to you is delivered any more` : `${name} can write to you again`;
  send(turn, session, { type: "notice", ref, text });
}

/** Asks the server for a page of the member's conversations. */
export function listConversations({ effects }: Turn, caller: Caller, command: ConversationsCommand): void {
  const { ref, before, limit } = command;
  const { session, member } = caller;
  effects.push({ type: "conversations", session: session.id, memberId: member.id, before, limit, ref });
}

/** Lists the newest conversations for a new session, unless the member has none. */
export function tellConversations({ effects }: Turn, { session, member }: Caller): void {
  const limit = DEFAULT_PAGE_MESSAGES;
  effects.push({ type: "conversations", session: session.id, memberId: member.id, limit, unasked: true });
}
