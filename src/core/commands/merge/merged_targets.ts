import { ProtocolError } from "../../../protocol/errors.ts";
import {
  type Quote,
  quoteOf,
  type RoomChange,
  type RoomEntry,
  type RoomMessage,
} from "../../../protocol/messages/messages.ts";
import { type Channel, DirectConversation } from "../../state/direct_conversation.ts";
import type { Registry } from "../../state/registry.ts";
import { countAfter } from "../change.ts";
import { readAt } from "../message_lookup.ts";

/**
 * The entry with the seqs that its targets have here. A change is left out, as `undefined`, if its message is not kept or was deleted, or
 * if its author may not change it; a reply loses a quote that nobody can find. Up to `after` seqs are the same in both orders.
 */
export function withTargets(
  registry: Registry,
  channel: Channel,
  after: number,
  entry: RoomEntry,
): RoomEntry | undefined {
  return entry.type === "message" ? withReply(registry, channel, after, entry) : withTarget(registry, channel, entry);
}

function withReply(registry: Registry, channel: Channel, after: number, message: RoomMessage): RoomMessage | undefined {
  const { file } = message;
  if (file !== undefined && isTaken(registry, file.id, file.thumbnail?.id)) return undefined;
  if (message.reply === undefined) return message;
  const { id, seq } = message.reply;
  const found = id === undefined ? undefined : registry.historyReader.seqOf(channel.name, id);
  if (found !== undefined) return { ...message, reply: quoteAt(registry, channel, found, id) };
  if (seq <= after) return { ...message, reply: quoteAt(registry, channel, seq, id) };
  // The signature covers the quote.
  const { reply: _, signature: _signature, key: _key, time: _time, ...rest } = message;
  return rest;
}

/** Whether a message has a file with one of these ids already: nobody may take it away. */
function isTaken({ historyReader }: Registry, ...ids: readonly (string | undefined)[]): boolean {
  return ids.some((id) => id !== undefined && historyReader.files.byId(id) !== undefined);
}

function quoteAt(registry: Registry, channel: Channel, seq: number, id: string | undefined): Quote {
  const message = readAt(registry, channel, seq);
  return message === undefined ? { ...id !== undefined && { id }, seq } : quoteOf(message);
}

function withTarget(registry: Registry, channel: Channel, change: RoomChange): RoomChange | undefined {
  const { id } = change.of;
  const seq = id === undefined ? undefined : registry.historyReader.seqOf(channel.name, id);
  const target = seq === undefined ? undefined : readAt(registry, channel, seq);
  if (target === undefined || target.deleted) return undefined;
  const { id: targetId, from } = target;
  const of = { id: targetId, seq: target.seq, from };
  switch (change.type) {
    case "edited":
      return from.id === change.from.id ? { ...change, of } : undefined;
    case "deleted":
      return mayDelete(registry, channel, change, target) ? { ...change, of } : undefined;
    case "reacted":
      return reaction(registry, change, target);
    default:
      return change satisfies never;
  }
}

function mayDelete(registry: Registry, channel: Channel, { from }: RoomChange, target: RoomMessage): boolean {
  if (from.id === target.from.id) return true;
  return !(channel instanceof DirectConversation) && registry.roles.widest(from.id, channel.name) !== undefined;
}

type Reacted = Extract<RoomChange, { type: "reacted" }>;

/** Left out if it would change nothing, or if the message has too many. */
function reaction(registry: Registry, change: Reacted, target: RoomMessage): Reacted | undefined {
  try {
    const { emoji, removed, from } = change;
    return { ...change, of: quoteOf(target), count: countAfter(registry, from, target, { emoji, remove: removed }) };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
