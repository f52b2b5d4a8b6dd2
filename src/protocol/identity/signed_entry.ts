import type { DirectMessage, RoomEntry, RoomMessage } from "../messages/messages.ts";
import { type EntrySignature, signatureOf } from "./entry_signature.ts";
import { entryText, type SignedEntry } from "./signed_text.ts";

/** A text with its signature, to verify. */
export interface SignedEntryText extends EntrySignature {
  readonly text: string;
}

/**
 * The text that the author of a received message or change has signed, and the signature. `undefined` without a signature.
 * Half of a surrogate pair, which nobody can sign, is in the text as an empty string.
 */
export function signedTextOf(entry: RoomEntry | DirectMessage, chat: string): SignedEntryText | undefined {
  const signed = signatureOf(entry);
  if (signed === undefined) return undefined;
  const signedEntry = { ...contentOf(entry), chat, author: entry.from.id, time: signed.time };
  return { ...signed, text: textOf(signedEntry) };
}

function textOf(entry: SignedEntry): string {
  try {
    return entryText(entry);
  } catch {
    return "";
  }
}

type Content = Omit<SignedEntry, "chat" | "author" | "time">;

function contentOf(entry: RoomEntry | DirectMessage): Content {
  const { id } = entry;
  switch (entry.type) {
    case "message":
      return "room" in entry ? messageContent(entry) : { type: "message", to: entry.to.id, id, text: entry.text };
    case "edited":
      return { type: "edited", room: entry.room, id, of: entry.of.id, text: entry.text };
    case "deleted":
      return { type: "deleted", room: entry.room, id, of: entry.of.id };
    case "reacted":
      return { type: "reaction", room: entry.room, id, of: entry.of.id, emoji: entry.emoji, remove: entry.removed };
    default:
      return entry satisfies never;
  }
}

/** An edited message has the text and the signature of its last edit. */
function messageContent({ id, room, text, reply, edited, edit }: RoomMessage): Content {
  if (edited) return { type: "edited", room, id: edit ?? "", of: id, text };
  return { type: "message", room, id, text, reply: reply?.id };
}
