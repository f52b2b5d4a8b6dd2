/** Changes of messages: edits, deletions and reactions. Each function throws `no_such_message` if the message is gone. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_REACTIONS_PER_MEMBER, MAX_REACTIONS_PER_MESSAGE } from "../../protocol/limits.ts";
import {
  type ChangeCommand,
  type DeleteCommand,
  type EditCommand,
  type Quote,
  quoteOf,
  type ReactCommand,
  type RoomChange,
  type RoomMessage,
} from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import type { HistoryReader } from "../hub_options.ts";
import type { Member } from "../state/members/member.ts";
import { checkModerates } from "../state/ranks.ts";
import type { Registry } from "../state/registry.ts";
import { type Channel, DirectConversation } from "../state/direct_conversation.ts";
import { Room } from "../state/room.ts";
import type { Caller } from "../state/members/session.ts";
import type { Turn } from "../turn.ts";
import { lastMessage, messageAt } from "./message_lookup.ts";
import { addAudit } from "./moderation/moderation_notices.ts";
import { record, repeatAck, repeatById } from "./post.ts";
import { channelOf } from "./conversations/channel_lookup.ts";
import { checkPace, checkRate, checkVoice } from "./voice.ts";

/** The fields of a change that not all kinds of changes have. */
type Body<C extends RoomChange = RoomChange> = C extends RoomChange ? Omit<C, "id" | "room" | "seq" | "from" | "at">
  : never;

/** Replaces the text of the member's own message. Counts as a message in slow mode. */
export function editMessage(turn: Turn, caller: Caller, command: EditCommand): void {
  if (repeatAck(turn, caller, command.ref)) return;
  const { registry, now } = turn;
  const { member } = caller;
  const channel = changedChannel(turn, caller, command);
  if (repeatById(turn, caller, channel, command)) return;
  checkVoice(registry, member, roomName(channel));
  const of = changedMessage(registry, member, channel, command.of);
  if (of.from.id !== member.id) {
    throw new ProtocolError("forbidden", `Message ${of.seq} is not yours: only its author edits it`);
  }
  if (channel instanceof Room) checkPace(registry, member, channel, now);
  recordChange(turn, caller, channel, { type: "edited", of: targetOf(of), text: command.text }, command);
}

/** Deletes the member's own message or, for a moderator, any message, which the audit log then shows. */
export function deleteMessage(turn: Turn, caller: Caller, command: DeleteCommand): void {
  if (repeatAck(turn, caller, command.ref)) return;
  const { registry } = turn;
  const { session, member } = caller;
  const channel = changedChannel(turn, caller, command);
  if (repeatById(turn, caller, channel, command)) return;
  const of = changedMessage(registry, member, channel, command.of);
  const isOwn = of.from.id === member.id;
  if (!isOwn && channel instanceof DirectConversation) {
    throw new ProtocolError("forbidden", `Message ${of.seq} is not yours: only its author deletes it`);
  }
  const by = isOwn ? member.info : checkModerates(registry, session, channel.name);
  recordChange(turn, caller, channel, { type: "deleted", of: targetOf(of) }, command);
  if (!isOwn) addAudit(turn, by, "delete", { room: channel.name, target: of.from });
}

/** Adds an emoji to a message, once for each member, or removes it. */
export function reactToMessage(turn: Turn, caller: Caller, command: ReactCommand): void {
  if (repeatAck(turn, caller, command.ref)) return;
  const { registry } = turn;
  const { member } = caller;
  const channel = changedChannel(turn, caller, command);
  if (repeatById(turn, caller, channel, command)) return;
  checkVoice(registry, member, roomName(channel));
  const message = reactedMessage(registry, member, channel, command.of);
  const { emoji, remove } = command;
  const count = countAfter(registry, member, message, command);
  const body = { type: "reacted" as const, of: quoteOf(message), emoji, count };
  recordChange(turn, caller, channel, remove ? { ...body, removed: true } : body, command);
}

/** Throws as `channelOf`, or `rate_limited`. */
function changedChannel(turn: Turn, caller: Caller, command: ChangeCommand): Channel {
  const channel = channelOf(turn, caller, command);
  checkRate(caller.member, turn.now);
  return channel;
}

function roomName(channel: Channel): string | undefined {
  return channel instanceof DirectConversation ? undefined : channel.name;
}

function recordChange(turn: Turn, caller: Caller, channel: Channel, body: Body, command: ChangeCommand): void {
  const id = command.id ?? turn.registry.newId(turn.now);
  const from = caller.member.info;
  const entry = { ...body, id, room: channel.name, seq: ++channel.seq, from, at: timestamp(turn.now) };
  record(turn, caller, channel, entry, command);
}

/** The message as a change names it, without its text. */
function targetOf({ id, seq, from }: RoomMessage): Quote {
  return { id, seq, from };
}

/** The message with this id or seq; by default the member's last one. */
function changedMessage(registry: Registry, { id }: Member, channel: Channel, of: ChangeCommand["of"]): RoomMessage {
  if (of !== undefined) return messageAt(registry, channel, of);
  return lastMessage(registry, channel, "of yours", ({ from }) => from.id === id);
}

/** The message with this id or seq; by default the last one of another member. */
function reactedMessage(registry: Registry, { id }: Member, channel: Channel, of: ChangeCommand["of"]): RoomMessage {
  if (of !== undefined) return messageAt(registry, channel, of);
  return lastMessage(registry, channel, "of another member", ({ from }) => from.id !== id);
}

/** Throws `forbidden` if the member already has `MAX_REACTIONS_PER_MEMBER` emoji on the message. */
function checkOwnReactions(
  history: HistoryReader,
  member: Pick<Member, "id">,
  { room, seq, reactions = [] }: RoomMessage,
): void {
  const own = reactions.filter(({ emoji }) => history.hasReacted(room, seq, emoji, member.id));
  if (own.length < MAX_REACTIONS_PER_MEMBER) return;
  const most = `${MAX_REACTIONS_PER_MEMBER} different emoji on message ${seq}`;
  throw new ProtocolError(
    "forbidden",
    `You have already put ${most}: choose one that the message has, or remove one of yours`,
  );
}

/** Returns the emoji's count after the command. Throws `forbidden` if nothing would change, or a limit is reached. */
export function countAfter(
  { historyReader }: Registry,
  member: Pick<Member, "id">,
  message: RoomMessage,
  { emoji, remove }: { readonly emoji: string; readonly remove?: boolean | undefined },
): number {
  const { room, seq, reactions = [] } = message;
  const count = reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0;
  const hasReacted = count > 0 && historyReader.hasReacted(room, seq, emoji, member.id);
  if (remove && !hasReacted) {
    throw new ProtocolError("forbidden", `You have not put ${emoji} on message ${seq}: there is nothing to remove`);
  }
  if (!remove && hasReacted) {
    throw new ProtocolError("forbidden", `You have already put ${emoji} on message ${seq}: it can only be removed`);
  }
  if (count === 0 && reactions.length >= MAX_REACTIONS_PER_MESSAGE) {
    throw new ProtocolError(
      "forbidden",
      `Message ${seq} has ${MAX_REACTIONS_PER_MESSAGE} different emoji already: choose one of them`,
    );
  }
  if (count === 0) checkOwnReactions(historyReader, member, message);
  return remove ? count - 1 : count + 1;
}
