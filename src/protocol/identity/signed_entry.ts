import type { Entry, Message } from "../messages/messages.ts";
import { type EntrySignature, signatureOf } from "./entry_signature.ts";
import { entryText, type SignedEntry } from "./signed_text.ts";

/** A text with its signature, to verify. */
export interface SignedEntryText extends EntrySignature {
  readonly text: string;
}

/** The context of an entry that a receiver knows. */
export interface Reading {
  /** The id of the chat. */
  readonly chat: string;
  /** The receiver's own id, to whom the other member of a conversation writes. */
  readonly self: string | undefined;
}

/**
 * The text that the author of a received message or change has signed, and the signature. `undefined` without a signature.
 * Half of a surrogate pair, which nobody can sign, is in the text as an empty string.
 */
export function signedTextOf(entry: Entry, { chat, self }: Reading): SignedEntryText | undefined {
  const signed = signatureOf(entry);
  if (signed === undefined) return undefined;
  const place = placeOf(entry, self);
  const signedEntry = { ...place, ...contentOf(entry), chat, author: entry.from.id, time: signed.time };
  return { ...signed, text: textOf(signedEntry) };
}

function textOf(entry: SignedEntry): string {
  try {
    return entryText(entry);
  } catch {
    return "";
  }
}

/** The room, or the member of the conversation who is not the author. */
function placeOf(entry: Entry, self: string | undefined): Pick<SignedEntry, "room" | "to"> {
  if ("room" in entry) return { room: entry.room };
  return { to: entry.from.id === entry.with.id ? self : entry.with.id };
}

type Content = Omit<SignedEntry, "chat" | "author" | "time" | "room" | "to">;

function contentOf(entry: Entry): Content {
  const { id } = entry;
  switch (entry.type) {
    case "message":
      return messageContent(entry);
    case "edited":
      return { type: "edited", id, of: entry.of.id, text: entry.text };
    case "deleted":
      return { type: "deleted", id, of: entry.of.id };
    case "reacted":
      return { type: "reaction", id, of: entry.of.id, emoji: entry.emoji, remove: entry.removed };
    default:
      return entry satisfies never;
  }
}

/** An edited message has the text and the signature of its last edit, which does not cover its file. */
function messageContent({ id, text, file, reply, edited, edit }: Message): Content {
  if (edited) return { type: "edited", id: edit ?? "", of: id, text };
  return { type: "message", id, text, file, reply: reply?.id };
}
