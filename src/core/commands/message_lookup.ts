/** Finds the message that a command refers to. Each function throws `no_such_message` if it does not exist. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_PAGE_MESSAGES } from "../../protocol/limits.ts";
import { type Quote, quoteOf, type RoomEntry, type RoomMessage } from "../../protocol/messages/messages.ts";
import { foldName, quote } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { Registry } from "../state/registry.ts";
import type { Room } from "../state/room.ts";

function readAt({ historyReader }: Registry, room: Room, seq: number): RoomMessage | undefined {
  return historyReader.read({ room: room.name, after: seq - 1, before: seq + 1, limit: 1 })[0];
}

/** Returns the message or change with this id in its current state, if it is kept. */
export function storedEntry({ historyReader }: Registry, room: Room, id: string): RoomEntry | undefined {
  const seq = historyReader.seqOf(room.name, id);
  if (seq === undefined) return undefined;
  return historyReader.entries({ room: room.name, after: seq - 1, before: seq + 1, limit: 1 })[0];
}

/** Returns the seq after which a client misses entries: 0 if the room does not have the entry with the id `after`. */
export function seqAfter({ historyReader }: Registry, room: Room, after: string | undefined): number {
  if (after === undefined || after === room.lastId) return room.seq;
  return historyReader.seqOf(room.name, after) ?? 0;
}

/** Returns the id of the room's newest entry, if it is kept. */
export function newestId({ historyReader }: Registry, room: Room): string | undefined {
  if (room.seq === 0) return undefined;
  return room.lastId ??= historyReader.entries({ room: room.name, after: room.seq - 1, limit: 1 })[0]?.id;
}

/** Returns the message with this id or seq, unless it is no longer kept or was deleted. */
export function messageAt(registry: Registry, room: Room, target: number | string): RoomMessage {
  const seq = typeof target === "number" ? target : registry.historyReader.seqOf(room.name, target);
  const message = seq === undefined || seq > room.seq ? undefined : readAt(registry, room, seq);
  if (message?.deleted) throw missing(room, `Message ${target} was deleted`);
  if (message === undefined) throw missing(room, `There is no message ${target}, or it is no longer kept`);
  return message;
}

/** Returns the last message that matches, among the newest `MAX_PAGE_MESSAGES`. `description` is for the error. */
export function lastMessage(
  { historyReader }: Registry,
  room: Room,
  description: string,
  matches: (message: RoomMessage) => boolean,
): RoomMessage {
  const newest = historyReader.read({ room: room.name, limit: MAX_PAGE_MESSAGES });
  const found = newest.findLast((message) => !message.deleted && matches(message));
  if (found === undefined) throw missing(room, `There is no message ${description} among the last ones`);
  return found;
}

/**
 * Returns a quote of the message with this id, of the message with this seq, which may no longer be kept, or of the last
 * message of a member by name.
 */
export function repliedTo(registry: Registry, room: Room, reply: number | string): Quote {
  if (typeof reply === "string" && isUuid(reply)) return quoteById(registry, room, reply);
  if (typeof reply === "string") {
    const folded = foldName(reply);
    return quoteOf(lastMessage(registry, room, `of ${quote(reply)}`, ({ from }) => foldName(from.name) === folded));
  }
  if (reply > room.seq) throw missing(room, `There is no message ${reply}`);
  const message = readAt(registry, room, reply);
  return message === undefined ? { seq: reply } : quoteOf(message);
}

/** A deleted message and a change may be quoted by id, too, as by seq. */
function quoteById(registry: Registry, room: Room, id: string): Quote {
  const seq = registry.historyReader.seqOf(room.name, id);
  if (seq === undefined) throw missing(room, `There is no message ${id}, or it is no longer kept`);
  const message = readAt(registry, room, seq);
  return message === undefined ? { id, seq } : quoteOf(message);
}

function missing(room: Room, what: string): ProtocolError {
  return new ProtocolError("no_such_message", `${what} in room ${quote(room.name)}: /history shows what there is`);
}
