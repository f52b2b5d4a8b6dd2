/** Which message is meant. Each function throws `no_such_message` where there is none. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_PAGE_MESSAGES } from "../../protocol/limits.ts";
import type { Quote, RoomMessage } from "../../protocol/messages/messages.ts";
import { foldCase, quote } from "../../protocol/text/names.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";
import type { Registry } from "../state/registry.ts";
import type { Room } from "../state/room.ts";

function at({ historyReader: recall }: Registry, room: Room, seq: number): RoomMessage | undefined {
  return recall.read({ room: room.name, after: seq - 1, before: seq + 1, limit: 1 })[0];
}

/** The message with this seq, if it is kept and was not deleted. */
export function messageAt(registry: Registry, room: Room, seq: number): RoomMessage {
  const message = seq > room.seq ? undefined : at(registry, room, seq);
  if (message?.deleted) throw missing(room, `Message ${seq} was deleted`);
  if (message === undefined) throw missing(room, `There is no message ${seq}, or it is not kept any more`);
  return message;
}

/** The last message that fits, among the newest `MAX_PAGE_MESSAGES`. `what` says which that is. */
export function lastMessage(
  { historyReader: recall }: Registry,
  room: Room,
  what: string,
  fits: (message: RoomMessage) => boolean,
): RoomMessage {
  const newest = recall.read({ room: room.name, limit: MAX_PAGE_MESSAGES });
  const found = newest.findLast((message) => !message.deleted && fits(message));
  if (found === undefined) throw missing(room, `There is no message ${what} among the last ones`);
  return found;
}

/** What a reply is about: a seq of which there was a message once, or the last message of somebody. */
export function repliedTo(registry: Registry, room: Room, reply: number | string): Quote {
  if (typeof reply === "string") {
    const folded = foldCase(reply);
    return quoteOf(lastMessage(registry, room, `of ${quote(reply)}`, ({ from }) => foldCase(from.name) === folded));
  }
  if (reply > room.seq) throw missing(room, `There is no message ${reply}`);
  const message = at(registry, room, reply);
  return message === undefined ? { seq: reply } : quoteOf(message);
}

function missing(room: Room, what: string): ProtocolError {
  return new ProtocolError("no_such_message", `${what} in room ${quote(room.name)}: /history shows what there is`);
}
