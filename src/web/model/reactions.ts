/** What became of messages after they were said. */

import { MAX_REACTIONS_PER_MESSAGE } from "../../protocol/limits.ts";
import {
  type Change,
  isRoomMessage,
  type MemberInfo,
  type Message,
  type Quote,
  type ReactedEvent,
  type Reaction,
  type RoomMessage,
} from "../../protocol/messages/messages.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";

/** A message as it stands in a timeline. */
export interface ReceivedMessage {
  readonly kind: "message";
  readonly message: Message;
  /** Emoji → who put it there, as far as that was seen; at most 20 each, the latest last. */
  readonly reactors?: Reactors;
}

export type Reactors = ReadonlyMap<string, readonly MemberInfo[]>;

const MAX_REACTORS = 20;

/** The same object where the change is about another message. */
export function withChange(said: ReceivedMessage, change: Change): ReceivedMessage {
  const { message } = said;
  // What is gone does not come back, in whatever order it is told.
  if (!isRoomMessage(message) || message.deleted) return said;
  if (message.seq === change.of.seq) return changedItself(said, message, change);
  if (message.reply?.seq !== change.of.seq) return said;
  const reply = requoted(message.reply, message, change);
  return reply === message.reply ? said : { ...said, message: { ...message, reply } };
}

/** Who put the emoji there, for people. */
export function reactorsOf(
  { emoji, count }: Reaction,
  reactors: Reactors | undefined,
  you: MemberInfo | undefined,
): string {
  const names = (reactors?.get(emoji) ?? []).slice(-count).map(({ id, name }) => id === you?.id ? "you" : name);
  const rest = count - names.length;
  if (names.length === 0) return count === 1 ? "1 person" : `${count} people`;
  return names.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function changedItself(said: ReceivedMessage, message: RoomMessage, change: Change): ReceivedMessage {
  switch (change.type) {
    case "edited":
      return { ...said, message: { ...message, text: change.text ?? message.text, edited: true } };
    case "deleted": {
      const { edited: _edited, reactions: _reactions, ...rest } = message;
      return { kind: "message", message: { ...rest, text: "", deleted: true } };
    }
    case "reacted":
      return {
        ...said,
        message: { ...message, reactions: reactionsAfter(message.reactions, change) },
        reactors: reactorsAfter(said.reactors, change),
      };
    default:
      return change satisfies never;
  }
}

function requoted(quote: Quote, message: RoomMessage, change: Change): Quote {
  if (change.type === "deleted") return { seq: quote.seq, from: quote.from };
  if (change.type === "reacted" || change.text === undefined) return quote;
  return { ...quote, text: quoteOf({ ...message, text: change.text }).text };
}

/** By when each was first put there. */
function reactionsAfter(reactions: readonly Reaction[] = [], { emoji, count }: ReactedEvent): readonly Reaction[] {
  if (count <= 0) return reactions.filter((reaction) => reaction.emoji !== emoji);
  const isKnown = reactions.some((reaction) => reaction.emoji === emoji);
  if (!isKnown) return [...reactions, { emoji, count }].slice(0, MAX_REACTIONS_PER_MESSAGE);
  return reactions.map((reaction) => reaction.emoji === emoji ? { emoji, count } : reaction);
}

function reactorsAfter(reactors: Reactors = new Map(), { emoji, count, from, removed }: ReactedEvent): Reactors {
  const others = (reactors.get(emoji) ?? []).filter(({ id }) => id !== from.id);
  const after = removed ? others : [...others, { id: from.id, name: from.name }].slice(-MAX_REACTORS);
  const result = new Map(reactors);
  if (count <= 0) result.delete(emoji);
  else if (result.has(emoji) || result.size < MAX_REACTIONS_PER_MESSAGE) result.set(emoji, after);
  return result;
}
