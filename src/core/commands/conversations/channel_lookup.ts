/** Finds the room or conversation that a command names, and the other member of a conversation. */

import { ProtocolError } from "../../../protocol/errors.ts";
import type { Partner } from "../../../protocol/messages/messages.ts";
import { isUuid } from "../../../protocol/uuid.ts";
import { type Channel, DirectConversation } from "../../state/direct_conversation.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import { originOf } from "../../state/quotas/quota.ts";
import type { Turn } from "../../turn.ts";
import { checkInRoom, findRoom } from "../room_lifecycle.ts";

/** The place of a command: a room, or the conversation with the member `to`. */
export interface PlaceNamed {
  readonly room?: string | undefined;
  readonly to?: string | undefined;
}

/** Returns the member with this name or id. Throws `no_such_member`. */
export function findPartner({ registry, now }: Turn, to: string): Member {
  if (!isUuid(to)) return registry.findMember(to, now);
  const member = registry.memberById(to, now);
  if (member === undefined) throw new ProtocolError("no_such_member", "This member is not known here any more");
  return member;
}

/**
 * Returns the room, which the session must follow, or the conversation, which must have begun. Throws `invalid` unless the
 * command names exactly one, and `no_such_room`, `not_joined`, `no_such_member` or `no_such_message`.
 */
export function channelOf(turn: Turn, { session, member }: Caller, { room, to }: PlaceNamed): Channel {
  const { registry } = turn;
  if ((room === undefined) === (to === undefined)) throw oneOfTwo();
  if (room !== undefined) {
    checkInRoom(registry, session, room);
    return findRoom(registry, room);
  }
  // The conversation with a member who is forgotten is still there.
  const known = isUuid(to!) ? registry.conversations.find(member.id, to!) : undefined;
  if (known !== undefined) return known;
  const partner = findPartner(turn, to!);
  const conversation = registry.conversations.find(member.id, partner.id);
  return conversation ?? noMessages(partner);
}

/** Throws `no_such_message`, since the conversation with this member has not begun. */
export function noMessages({ name }: Member): never {
  throw new ProtocolError("no_such_message", `You and ${name} have written no messages to each other yet`);
}

export function oneOfTwo(): ProtocolError {
  return new ProtocolError("invalid", "Fields room and to exclude each other: name one of them");
}

/** Counts that the member turns to somebody with whom they have no conversation yet. Throws as `ConversationQuota.take`. */
export function countBeginning({ registry, now }: Turn, { session, member }: Caller): void {
  const isGuest = registry.accounts.withId(member.id) === undefined;
  registry.conversationQuota.take({ id: member.id, isGuest, from: originOf(session) }, now);
}

/** Begins the conversation of the two members. Throws as `ConversationQuota.take`. */
export function beginConversation(turn: Turn, caller: Caller, partner: Member): DirectConversation {
  const { registry, now, effects } = turn;
  const { member } = caller;
  countBeginning(turn, caller);
  const members = [member.info, partner.info] as const;
  const conversation = new DirectConversation({ id: registry.newId(now), members, seq: 0, blockedBy: [] });
  registry.conversations.add(conversation);
  const { id, name } = conversation;
  effects.push({ type: "keepConversation", conversation: { id, name, members } });
  return conversation;
}

/** The other member of the conversation, as `member` sees them. For a room, `undefined`. */
export function partnerIn(turn: Turn, channel: Channel, memberId: string): Partner | undefined {
  return channel instanceof DirectConversation ? partnerOf(turn, channel, memberId) : undefined;
}

/** The other member, with their present name if they are in memory. */
export function partnerOf({ registry }: Turn, conversation: DirectConversation, memberId: string): Partner {
  const partner = conversation.partnerOf(memberId);
  return registry.withId(partner.id)?.info ?? partner;
}
