import { ProtocolError } from "../../protocol/errors.ts";
import { oneOfTwo } from "./conversations/channel_lookup.ts";
import { withSignature } from "../../protocol/identity/entry_signature.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type {
  AckEvent,
  ChangeCommand,
  MessageCommand,
  MessageFile,
  Quote,
  RoomEntry,
  RoomMessage,
} from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { OfferedFile } from "../state/files/uploads.ts";
import type { Member } from "../state/members/member.ts";
import { type Channel, DirectConversation } from "../state/direct_conversation.ts";
import type { Caller } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { beginConversation, findPartner, noMessages } from "./conversations/channel_lookup.ts";
import { deliverDirect, isPartnerAway } from "./conversations/direct_delivery.ts";
import { offeredFileOf, offeredThumbnailOf } from "./files/offer.ts";
import { repliedTo, storedEntry } from "./message_lookup.ts";
import { keepRoom } from "./room_lifecycle.ts";
import { checkIdTime, checkPace, checkRate, checkVoice, idTaken } from "./voice.ts";

/** Posts a message to a room or to one member. */
export function post(turn: Turn, caller: Caller, command: MessageCommand): void {
  if (repeatAck(turn, caller, command.ref)) return;
  if (command.to === undefined) postToRoom(turn, caller, command);
  else postToMember(turn, caller, command.to, command);
}

/** Throws `no_such_member`, `no_such_message`, `forbidden` or `rate_limited`. */
function postToMember(turn: Turn, caller: Caller, to: string, command: MessageCommand): void {
  const { registry, now } = turn;
  const { member } = caller;
  if (command.room !== undefined) throw oneOfTwo();
  const partner = findPartner(turn, to);
  checkVoice(registry, member, undefined);
  checkRate(member, now);
  const known = registry.conversations.find(member.id, partner.id);
  if (known !== undefined && repeatById(turn, caller, known, command)) return;
  if (known === undefined && command.id !== undefined) checkIdTime(command.id, now);
  checkReachable(turn, partner);
  const { text, reply, file } = command;
  const upload = file && uploadOf(turn, member, file);
  const original = reply === undefined ? undefined : repliedTo(registry, known ?? noMessages(partner), reply);
  const conversation = known ?? beginConversation(turn, caller, partner);
  const message = {
    ...{ type: "message" as const, id: command.id ?? registry.newId(now), room: conversation.name },
    ...{ seq: ++conversation.seq, from: member.info, text, at: timestamp(now) },
  };
  const whole = original === undefined ? message : { ...message, reply: original };
  record(turn, caller, conversation, withUpload(turn, whole, upload), command);
}

/** The uploads that a message carries. */
interface CarriedUpload {
  readonly offered: OfferedFile;
  readonly thumbnail: OfferedFile | undefined;
  readonly file: MessageFile;
}

/** Throws as `offeredFileOf` and `offeredThumbnailOf`. */
function uploadOf(turn: Turn, member: Member, file: MessageFile): CarriedUpload {
  return { offered: offeredFileOf(turn, member, file), thumbnail: offeredThumbnailOf(turn, member, file), file };
}

/** The message with the file of the upload, which is used up now. */
function withUpload({ registry, effects }: Turn, message: RoomMessage, upload: CarriedUpload | undefined): RoomMessage {
  if (upload === undefined) return message;
  const { offered, thumbnail, file } = upload;
  registry.uploads.remove(offered, effects);
  if (thumbnail !== undefined) registry.uploads.remove(thumbnail, effects);
  return { ...message, file };
}

/** Throws `forbidden` if the message would reach nobody: the member is away, and the server keeps no text. */
function checkReachable({ registry }: Turn, { name, sessions }: Member): void {
  if (sessions.length > 0 || registry.historyReader.keepsText) return;
  const text = `${quote(name)} is not connected, and this server keeps no messages: try again when they are back`;
  throw new ProtocolError("forbidden", text);
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
  const { text, reply, file } = command;
  const upload = file && uploadOf(turn, member, file);
  const original = reply === undefined ? undefined : repliedTo(registry, room, reply);
  checkPace(registry, member, room, now);
  if (!room.kept) keepRoom(turn, room);
  const message = room.post(member, command.id ?? registry.newId(now), text, timestamp(now), original);
  record(turn, caller, room, withUpload(turn, message, upload), command);
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
export function repeatById(
  turn: Turn,
  caller: Caller,
  channel: Channel,
  command: MessageCommand | ChangeCommand,
): boolean {
  const { registry, now } = turn;
  const { id, ref } = command;
  if (id === undefined) return false;
  checkIdTime(id, now);
  const known = registry.recentEntries.find(channel.id, id) ?? storedEntry(registry, channel, id);
  if (known === undefined) return false;
  if (known.from.id !== caller.member.id || !hasContent(known, command)) throw idTaken(id);
  if (ref !== undefined) {
    const ack = { type: "ack" as const, ref, id, seq: known.seq, at: known.at };
    send(turn, caller.session, withWaiting(turn, caller, channel, ack));
  }
  return true;
}

/** Whether the entry is what the command asks for, as far as the store still knows. */
function hasContent(entry: RoomEntry, command: MessageCommand | ChangeCommand): boolean {
  switch (entry.type) {
    case "message":
      return command.type === "message" && (entry.edited || entry.deleted || entry.text === command.text) &&
        (entry.deleted || entry.file?.id === command.file?.id) &&
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

/** Stores a message or a change with the signature of its command, shows it to those in the channel, and acknowledges it. */
export function record(
  turn: Turn,
  { session, member }: Caller,
  channel: Channel,
  unsigned: RoomEntry,
  command: MessageCommand | ChangeCommand,
): void {
  const { effects, registry } = turn;
  const { id, ref } = command;
  const entry = withSignature(unsigned, command);
  channel.lastId = entry.id;
  if (id !== undefined) registry.recentEntries.add(channel.id, entry);
  effects.push({ type: "append", message: entry, ref });
  if (channel instanceof DirectConversation) deliverDirect(turn, channel, entry);
  else effects.push({ type: "publish", room: entry.room, event: entry, author: session.id });
  if (ref === undefined) return;
  const ack: AckEvent = { type: "ack", ref, id: entry.id, seq: entry.seq, at: entry.at };
  member.remember(ack, registry.acksPerMember);
  send(turn, session, withWaiting(turn, { session, member }, channel, ack));
}

/** The acknowledgement with a note if the other member of the conversation is away. */
function withWaiting(turn: Turn, { member }: Caller, channel: Channel, ack: AckEvent): AckEvent {
  const waits = channel instanceof DirectConversation && isPartnerAway(turn, channel, member.id);
  return waits ? { ...ack, waiting: true } : ack;
}
