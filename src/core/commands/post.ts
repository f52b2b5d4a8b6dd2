import { ProtocolError } from "../../protocol/errors.ts";
import { withSignature } from "../../protocol/identity/entry_signature.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { AckEvent, ChangeCommand, MessageCommand, Quote, RoomEntry } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { Room } from "../state/room.ts";
import type { Caller } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { postToMember } from "./direct_messages.ts";
import { repliedTo, storedEntry } from "./message_lookup.ts";
import { keepRoom } from "./room_lifecycle.ts";
import { checkIdTime, checkPace, checkRate, checkVoice, idTaken } from "./voice.ts";

/** Posts a message to a room or to one member. */
export function post(turn: Turn, caller: Caller, command: MessageCommand): void {
  if (repeatAck(turn, caller, command.ref)) return;
  if (command.to === undefined) postToRoom(turn, caller, command);
  else postToMember(turn, caller, command.to, command);
}

function postToRoom(turn: Turn, caller: Caller, command: MessageCommand): void {
  const { registry, now } = turn;
  const { session, member } = caller;
  const name = command.room ?? DEFAULT_ROOM;
  if (!session.rooms.includes(name)) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(name)}: join it first`);
  }
  const { room } = member.memberships.get(name)!;
  checkVoice(registry, member, name);
  checkRate(member, now);
  if (repeatById(turn, caller, room, command)) return;
  const { text, reply } = command;
  const original = reply === undefined ? undefined : repliedTo(registry, room, reply);
  checkPace(registry, member, room, now);
  if (!room.kept) keepRoom(turn, room);
  const message = room.post(member, command.id ?? registry.newId(now), text, timestamp(now), original);
  record(turn, caller, room, message, command);
}

/** Sends the acknowledgement again if the member's `ref` was acknowledged before. Returns false if it was not. */
export function repeatAck({ registry, now, effects }: Turn, { session, member }: Caller, ref?: string): boolean {
  if (ref === undefined) return false;
  const ack = member.acknowledged(ref) ??
    (member.acksComplete ? undefined : registry.historyReader.ack(member.id, ref, now));
  if (ack === undefined) return false;
  effects.push({ type: "send", session: session.id, event: ack });
  return true;
}

/**
 * Sends the acknowledgement of the command that the member sent with this id before, as long as the store keeps its entry.
 * Returns false if the id is new. Throws `id_taken` for an id with another author or other content, or `id_ahead`.
 */
export function repeatById(turn: Turn, caller: Caller, room: Room, command: MessageCommand | ChangeCommand): boolean {
  const { registry, now } = turn;
  const { id, ref } = command;
  if (id === undefined) return false;
  checkIdTime(id, now);
  const known = registry.recentEntries.find(room.id, id) ?? storedEntry(registry, room, id);
  if (known === undefined) return false;
  if (known.from.id !== caller.member.id || !hasContent(known, command)) throw idTaken(id);
  if (ref !== undefined) send(turn, caller.session, { type: "ack", ref, id, seq: known.seq, at: known.at });
  return true;
}

/** Whether the entry is what the command asks for, as far as the store still knows. */
function hasContent(entry: RoomEntry, command: MessageCommand | ChangeCommand): boolean {
  switch (entry.type) {
    case "message":
      return command.type === "message" && (entry.edited || entry.deleted || entry.text === command.text) &&
        (entry.reply === undefined) === (command.reply === undefined) && isTarget(entry.reply, command.reply);
    case "edited":
      return command.type === "edit" && (entry.text ?? command.text) === command.text &&
        isTarget(entry.of, command.of);
    case "deleted":
      return command.type === "delete" && isTarget(entry.of, command.of);
    case "reacted":
      return command.type === "react" && entry.emoji === command.emoji && entry.removed === command.remove &&
        isTarget(entry.of, command.of);
    default:
      return entry satisfies never;
  }
}

/** Whether the quote is of the message that the command named. A name and no name stood for the last message then. */
function isTarget(quote: Quote | undefined, target: number | string | undefined): boolean {
  if (typeof target === "number") return quote?.seq === target;
  return target === undefined || !isUuid(target) || (quote?.id ?? target) === target;
}

/** Stores a message or a change with the signature of its command, shows it to the room, and acknowledges it. */
export function record(
  turn: Turn,
  { session, member }: Caller,
  room: Room,
  unsigned: RoomEntry,
  command: MessageCommand | ChangeCommand,
): void {
  const { effects, registry } = turn;
  const { id, ref } = command;
  const entry = withSignature(unsigned, command);
  room.lastId = entry.id;
  if (id !== undefined) registry.recentEntries.add(room.id, entry);
  effects.push({ type: "append", message: entry, ref });
  effects.push({ type: "publish", room: entry.room, event: entry, author: session.id });
  if (ref === undefined) return;
  const ack: AckEvent = { type: "ack", ref, id: entry.id, seq: entry.seq, at: entry.at };
  member.remember(ack, registry.acksPerMember);
  send(turn, session, ack);
}
