/** Finds the message that a command refers to. Each function throws `no_such_message` if it does not exist. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_PAGE_MESSAGES } from "../../protocol/limits.ts";
import { type Quote, quoteOf, type RoomEntry, type RoomMessage } from "../../protocol/messages/messages.ts";
import { foldName, quote } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { Registry } from "../state/registry.ts";
import { type Channel, DirectConversation } from "../state/direct_conversation.ts";

/** Returns the message with this seq in its current state, if it is kept. */
export function readAt({ historyReader }: Registry, channel: Channel, seq: number): RoomMessage | undefined {
  return historyReader.read({ room: channel.name, after: seq - 1, before: seq + 1, limit: 1 })[0];
}

/** Returns the message or change with this id in its current state, if it is kept. */
export function storedEntry({ historyReader }: Registry, channel: Channel, id: string): RoomEntry | undefined {
  const seq = historyReader.seqOf(channel.name, id);
  if (seq === undefined) return undefined;
  return historyReader.entries({ room: channel.name, after: seq - 1, before: seq + 1, limit: 1 })[0];
}

/** Returns the seq after which a client misses entries: 0 if the channel does not have the entry with the id `after`. */
export function seqAfter({ historyReader }: Registry, channel: Channel, after: string | undefined): number {
  if (after === undefined || after === channel.lastId) return channel.seq;
  return historyReader.seqOf(channel.name, after) ?? 0;
}

/**
 * Returns the first seq that may belong to another entry than when the client received `after` with this `seq`: the host of a shared
 * chat has merged another order since, and nobody knows where both parted. `undefined` if nothing has changed for the client.
 */
export function movedFrom(
  { historyReader }: Registry,
  room: Channel,
  { after, seq }: { readonly after?: string | undefined; readonly seq?: number | undefined },
): number | undefined {
  if (after === undefined || seq === undefined) return undefined;
  const known = after === room.lastId ? room.seq : historyReader.seqOf(room.name, after);
  return known === undefined || known === seq ? undefined : 1;
}

/** Returns the id of the channel's newest entry, if it is kept. */
export function newestId({ historyReader }: Registry, channel: Channel): string | undefined {
  if (channel.seq === 0) return undefined;
  return channel.lastId ??= historyReader.entries({ room: channel.name, after: channel.seq - 1, limit: 1 })[0]?.id;
}

/** Returns the message with this id or seq, unless it is no longer kept or was deleted. */
export function messageAt(registry: Registry, channel: Channel, target: number | string): RoomMessage {
  const seq = typeof target === "number" ? target : registry.historyReader.seqOf(channel.name, target);
  const message = seq === undefined || seq > channel.seq ? undefined : readAt(registry, channel, seq);
  if (message?.deleted) throw missing(channel, `Message ${target} was deleted`);
  if (message === undefined) throw missing(channel, `There is no message ${target}, or it is no longer kept`);
  return message;
}

/** Returns the last message that matches, among the newest `MAX_PAGE_MESSAGES`. `description` is for the error. */
export function lastMessage(
  { historyReader }: Registry,
  channel: Channel,
  description: string,
  matches: (message: RoomMessage) => boolean,
): RoomMessage {
  const newest = historyReader.read({ room: channel.name, limit: MAX_PAGE_MESSAGES });
  const found = newest.findLast((message) => !message.deleted && matches(message));
  if (found === undefined) throw missing(channel, `There is no message ${description} among the last ones`);
  return found;
}

/**
 * Returns a quote of the message with this id, of the message with this seq, which may no longer be kept, or of the last
 * message of a member by name.
 */
export function repliedTo(registry: Registry, channel: Channel, reply: number | string): Quote {
  if (typeof reply === "string" && isUuid(reply)) return quoteById(registry, channel, reply);
  if (typeof reply === "string") {
    const folded = foldName(reply);
    return quoteOf(lastMessage(registry, channel, `of ${quote(reply)}`, ({ from }) => foldName(from.name) === folded));
  }
  if (reply > channel.seq) throw missing(channel, `There is no message ${reply}`);
  const message = readAt(registry, channel, reply);
  return message === undefined ? { seq: reply } : quoteOf(message);
}

/** A deleted message and a change may be quoted by id, too, as by seq. */
function quoteById(registry: Registry, channel: Channel, id: string): Quote {
  const seq = registry.historyReader.seqOf(channel.name, id);
  if (seq === undefined) throw missing(channel, `There is no message ${id}, or it is no longer kept`);
  const message = readAt(registry, channel, seq);
  return message === undefined ? { id, seq } : quoteOf(message);
}

function missing(channel: Channel, what: string): ProtocolError {
  const where = channel instanceof DirectConversation ? "this conversation" : `room ${quote(channel.name)}`;
  return new ProtocolError("no_such_message", `${what} in ${where}: /history shows what there is`);
}
