/** Messages with the changes that were made to them: edits, deletions, reactions. */

import { withSignature } from "../../protocol/identity/entry_signature.ts";
import { MAX_REACTIONS_PER_MESSAGE } from "../../protocol/limits.ts";
import {
  type Change,
  type EditedEvent,
  type MemberInfo,
  type Message,
  type Quote,
  type ReactedEvent,
  type Reaction,
} from "../../protocol/messages/messages.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";

/** A message of a timeline, with all changes applied. */
export interface ReceivedMessage {
  readonly kind: "message";
  readonly message: Message;
  /** Members by emoji, as far as the page has seen them: at most 20 for each emoji, the newest last. */
  readonly reactors?: Reactors;
  /** The signature of the text as it is now is false. */
  readonly isFalse?: boolean;
}

export type Reactors = ReadonlyMap<string, readonly MemberInfo[]>;

const MAX_REACTORS = 20;

/** Returns the same object if the change does not concern this message or its quote. */
export function changedMessage(received: ReceivedMessage, change: Change): ReceivedMessage {
  const { message } = received;
  // A deleted message stays deleted, in whatever order the changes arrive.
  if (message.deleted) return received;
  if (message.seq === change.of.seq) return applyChange(received, message, change);
  if (message.reply?.seq !== change.of.seq) return received;
  const reply = updateQuote(message.reply, message, change);
  return reply === message.reply ? received : { ...received, message: { ...message, reply } };
}

/** The members who reacted with an emoji, as text for users. */
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

/** An edit without a text is followed by another one, which has it. */
function editedMessage(message: Message, change: EditedEvent): Message {
  if (change.text === undefined) return { ...message, edited: true };
  const edited = { ...withoutSignature(message), text: change.text, edited: true as const };
  return change.signature === undefined ? edited : { ...withSignature(edited, change), edit: change.id };
}

function withoutSignature(message: Message): Message {
  const { signature: _signature, key: _key, time: _time, edit: _edit, ...rest } = message;
  return rest;
}

function applyChange(received: ReceivedMessage, message: Message, change: Change): ReceivedMessage {
  switch (change.type) {
    case "edited":
      return { ...received, isFalse: false, message: editedMessage(message, change) };
    case "deleted": {
      const { edited: _edited, reactions: _reactions, file: _file, ...rest } = withoutSignature(message);
      return { kind: "message", message: { ...rest, text: "", deleted: true } };
    }
    case "reacted":
      return {
        ...received,
        message: { ...message, reactions: reactionsAfter(message.reactions, change) },
        reactors: reactorsAfter(received.reactors, change),
      };
    default:
      return change satisfies never;
  }
}

function updateQuote(quote: Quote, message: Message, change: Change): Quote {
  const { text: _, ...author } = quote;
  if (change.type === "deleted") return author;
  if (change.type === "reacted" || change.text === undefined) return quote;
  return { ...quote, text: quoteOf({ ...message, text: change.text }).text };
}

/** In the order in which each emoji was first used. */
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
