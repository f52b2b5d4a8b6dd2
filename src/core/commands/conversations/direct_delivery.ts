/** Delivers what is written in a conversation to the sessions of its two members. */

import { asDirect, type RoomEntry } from "../../../protocol/messages/messages.ts";
import type { DirectConversation } from "../../state/direct_conversation.ts";
import type { Turn } from "../../turn.ts";
import { partnerOf } from "./channel_lookup.ts";

/** Sends the entry to all sessions of both members, unless the receiver blocks its author. */
export function deliverDirect(turn: Turn, conversation: DirectConversation, entry: RoomEntry): void {
  for (const id of new Set(conversation.members.map((member) => member.id))) {
    if (id !== entry.from.id && conversation.blockedBy.has(id)) continue;
    const sessions = turn.registry.withId(id)?.sessions ?? [];
    if (sessions.length === 0) continue;
    const seen = asDirect(entry, partnerOf(turn, conversation, id));
    const waits = seen.type === "message" && id === entry.from.id && isPartnerAway(turn, conversation, id);
    const event = waits ? { ...seen, waiting: true as const } : seen;
    turn.effects.push({ type: "broadcast", sessions: sessions.map((session) => session.id), event });
  }
}

/** Whether the other member of the conversation has no session at the moment. */
export function isPartnerAway({ registry }: Turn, conversation: DirectConversation, memberId: string): boolean {
  const partner = registry.withId(conversation.partnerOf(memberId).id);
  return partner === undefined || partner.sessions.length === 0;
}
