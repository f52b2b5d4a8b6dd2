/** What becomes of messages after they were sent. Each function throws `no_such_message` where there is none any more. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_REACTIONS_PER_MEMBER, MAX_REACTIONS_PER_MESSAGE } from "../../protocol/limits.ts";
import type {
  Change,
  ChangeCommand,
  DeleteCommand,
  EditCommand,
  ReactCommand,
  RoomMessage,
} from "../../protocol/messages/messages.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";
import type { Effect } from "../effect.ts";
import { lastMessage, messageAt } from "./message_lookup.ts";
import type { Caller, Member } from "../state/member.ts";
import { once, record } from "./idempotency.ts";
import type { HistoryReader } from "../history_reader.ts";
import type { Registry } from "../state/registry.ts";
import { checkModerates } from "../state/ranks.ts";
import type { Room } from "../state/room.ts";
import { checkInRoom, existing } from "./room_lifecycle.ts";
import { checkPace, checkRate, checkVoice } from "./voice.ts";
import { auditEffect } from "./moderation_notices.ts";
import { timestamp } from "../timestamp.ts";

/** What a kind of change says beyond what all of them do. */
type Body<C extends Change = Change> = C extends Change ? Omit<C, "id" | "room" | "seq" | "from" | "at"> : never;

interface Changing {
  readonly registry: Registry;
  readonly caller: Caller;
  readonly room: Room;
  readonly now: number;
}

/** One's own message gets another text. In a slow room that is to speak, too. */
export function editMessage(registry: Registry, caller: Caller, command: EditCommand, now: number): Effect[] {
  return change(registry, caller, command, now, (changing, effects) => {
    const { member } = caller;
    const { room } = changing;
    checkVoice(registry, member, room.name);
    const { seq, from } = ownMessage(changing, command.seq);
    if (from.id !== member.id) {
      throw new ProtocolError("forbidden", `Message ${seq} is not yours: only its author edits it`);
    }
    checkPace(registry, member, room, now);
    tell(changing, { type: "edited", of: { seq, from }, text: command.text }, command, effects);
  });
}

/** One's own message is taken back, or that of somebody else by a moderator, which the log of orders tells. */
export function deleteMessage(registry: Registry, caller: Caller, command: DeleteCommand, now: number): Effect[] {
  return change(registry, caller, command, now, (changing, effects) => {
    const { session, member } = caller;
    const { seq, from } = ownMessage(changing, command.seq);
    const isOwn = from.id === member.id;
    const by = isOwn ? member.info : checkModerates(registry, session, changing.room.name);
    tell(changing, { type: "deleted", of: { seq, from } }, command, effects);
    if (!isOwn) effects.push(auditEffect(by, "delete", { room: changing.room.name, target: from }, now));
  });
}

/** Puts an emoji to a message, once for each member, or takes it away. */
export function reactToMessage(registry: Registry, caller: Caller, command: ReactCommand, now: number): Effect[] {
  return change(registry, caller, command, now, (changing, effects) => {
    const { member } = caller;
    const { room } = changing;
    checkVoice(registry, member, room.name);
    const message = reactedTo(changing, command.seq);
    const { emoji, remove } = command;
    const count = countAfter(registry, member, message, command);
    const body = { type: "reacted" as const, of: quoteOf(message), emoji, count };
    tell(changing, remove ? { ...body, removed: true } : body, command, effects);
  });
}

function change(
  registry: Registry,
  caller: Caller,
  { ref, room: name }: ChangeCommand,
  now: number,
  work: (changing: Changing, effects: Effect[]) => void,
): Effect[] {
  return once(registry, caller, ref, now, () => {
    checkInRoom(registry, caller.member, name);
    const room = existing(registry, name);
    checkRate(caller.member, now);
    const effects: Effect[] = [];
    work({ registry, caller, room, now }, effects);
    return effects;
  });
}

function tell({ registry, caller, room, now }: Changing, body: Body, { ref }: ChangeCommand, effects: Effect[]): void {
  const id = registry.options.newId(now);
  const entry = { ...body, id, room: room.name, seq: ++room.seq, from: caller.member.info, at: timestamp(now) };
  record(registry, entry, caller, ref, effects);
}

function ownMessage({ registry, caller: { member }, room }: Changing, seq: number | undefined): RoomMessage {
  if (seq !== undefined) return messageAt(registry, room, seq);
  return lastMessage(registry, room, "of yours", ({ from }) => from.id === member.id);
}

function reactedTo({ registry, caller: { member }, room }: Changing, seq: number | undefined): RoomMessage {
  if (seq !== undefined) return messageAt(registry, room, seq);
  return lastMessage(registry, room, "of somebody else", ({ from }) => from.id !== member.id);
}

/** Throws `forbidden` where one more emoji would be one too many of the member's. */
function checkOwnReactions(recall: HistoryReader, member: Member, { room, seq, reactions = [] }: RoomMessage): void {
  const own = reactions.filter(({ emoji }) => recall.hasReacted(room, seq, emoji, member.id));
  if (own.length < MAX_REACTIONS_PER_MEMBER) return;
  const most = `${MAX_REACTIONS_PER_MEMBER} different emoji to message ${seq}`;
  throw new ProtocolError("forbidden", `You have put ${most} already: choose one that it has, or remove one of yours`);
}

/** How many will have put the emoji there. Throws `forbidden` where nothing would change, or it is one too many. */
function countAfter(
  { historyReader: recall }: Registry,
  member: Member,
  message: RoomMessage,
  command: ReactCommand,
): number {
  const { room, seq, reactions = [] } = message;
  const { emoji, remove } = command;
  const count = reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0;
  const isThere = count > 0 && recall.hasReacted(room, seq, emoji, member.id);
  if (remove && !isThere) throw new ProtocolError("forbidden", `You have not put ${emoji} to message ${seq}`);
  if (!remove && isThere) {
    throw new ProtocolError("forbidden", `You have put ${emoji} to message ${seq} already: it can be removed`);
  }
  if (count === 0 && reactions.length >= MAX_REACTIONS_PER_MESSAGE) {
    throw new ProtocolError(
      "forbidden",
      `Message ${seq} has ${MAX_REACTIONS_PER_MESSAGE} different emoji already: choose one of them`,
    );
  }
  if (count === 0) checkOwnReactions(recall, member, message);
  return remove ? count - 1 : count + 1;
}
