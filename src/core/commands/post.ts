import { ProtocolError } from "../../protocol/errors.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { AckEvent, MessageCommand, RoomEntry } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Caller } from "../state/session.ts";
import { send, type Turn } from "../turn.ts";
import { postToMember } from "./direct_messages.ts";
import { repliedTo } from "./message_lookup.ts";
import { keepRoom } from "./room_lifecycle.ts";
import { checkPace, checkRate, checkVoice } from "./voice.ts";

/** Posts a message to a room or to one member. */
export function post(turn: Turn, caller: Caller, command: MessageCommand): void {
  if (repeatAck(turn, caller, command.ref)) return;
  if (command.to === undefined) postToRoom(turn, caller, command);
  else postToMember(turn, caller, command.to, command);
}

function postToRoom(turn: Turn, caller: Caller, command: MessageCommand): void {
  const { registry, now } = turn;
  const { member } = caller;
  const name = command.room ?? DEFAULT_ROOM;
  const membership = member.memberships.get(name);
  if (membership === undefined || membership.absent !== undefined) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(name)}: join it first`);
  }
  const { room } = membership;
  checkVoice(registry, member, name);
  checkRate(member, now);
  const { text, reply } = command;
  const original = reply === undefined ? undefined : repliedTo(registry, room, reply);
  checkPace(registry, member, room, now);
  if (!room.kept) keepRoom(turn, room);
  const message = room.post(member, registry.options.newId(now), text, timestamp(now), original);
  record(turn, message, caller, command.ref);
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

/** Stores a message or a change, shows it to the room, and acknowledges it. */
export function record(turn: Turn, entry: RoomEntry, { session, member }: Caller, ref: string | undefined): void {
  const { effects, registry } = turn;
  effects.push({ type: "append", message: entry, ref });
  effects.push({ type: "publish", room: entry.room, event: entry, author: session.id });
  if (ref === undefined) return;
  const ack: AckEvent = { type: "ack", ref, id: entry.id, seq: entry.seq, at: entry.at };
  member.remember(ack, registry.acksPerMember);
  send(turn, session, ack);
}
