/** Finds the message that a command refers to. Each function throws `no_such_message` if it does not exist. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_PAGE_MESSAGES } from "../../protocol/limits.ts";
import { type Quote, quoteOf, type RoomMessage } from "../../protocol/messages/messages.ts";
import { foldName, quote } from "../../protocol/text/names.ts";
import type { Registry } from "../state/registry.ts";
import type { Room } from "../state/room.ts";

function readAt({ historyReader }: Registry, room: Room, seq: number): RoomMessage | undefined {
  return historyReader.read({ room: room.name, after: seq - 1, before: seq + 1, limit: 1 })[0];
}

/** Returns the message with this seq, unless it is no longer kept or was deleted. */
export function messageAt(registry: Registry, room: Room, seq: number): RoomMessage {
  const message = seq > room.seq ? undefined : readAt(registry, room, seq);
  if (message?.deleted) throw missing(room, `Message ${seq} was deleted`);
  if (message === undefined) throw missing(room, `There is no message ${seq}, or it is no longer kept`);
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

/** Returns a quote of the message with this seq, which may no longer be kept, or of the last message of a member by name. */
export function repliedTo(registry: Registry, room: Room, reply: number | string): Quote {
  if (typeof reply === "string") {
    const folded = foldName(reply);
    return quoteOf(lastMessage(registry, room, `of ${quote(reply)}`, ({ from }) => foldName(from.name) === folded));
  }
  if (reply > room.seq) throw missing(room, `There is no message ${reply}`);
  const message = readAt(registry, room, reply);
  return message === undefined ? { seq: reply } : quoteOf(message);
}

function missing(room: Room, what: string): ProtocolError {
  return new ProtocolError("no_such_message", `${what} in room ${quote(room.name)}: /history shows what there is`);
}
