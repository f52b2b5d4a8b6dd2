import { isConversationName } from "../../protocol/conventions.ts";
import { signedTextOf } from "../../protocol/identity/signed_entry.ts";
import { asDirect, type Entry, type RoomEntry } from "../../protocol/messages/messages.ts";
import { isGenuine } from "../turn/key_proof.ts";

export interface AuthorKeys {
  /** The id of the chat. */
  readonly chat: string;
  /** The keys of the author; empty for an author who signs nothing. */
  readonly keys: readonly string[];
}

/**
 * Whether the author has written the entry, as far as anybody can tell: one who has keys has signed it with one of them. A deleted
 * message, and an edit before the last one, have nothing left that could be signed.
 */
export function isAuthentic(entry: RoomEntry, { chat, keys }: AuthorKeys): boolean {
  if (keys.length === 0 || isEmpty(entry)) return true;
  const signed = signedTextOf(asSigned(entry), { chat, self: entry.from.id });
  return signed !== undefined && keys.includes(signed.key) && isGenuine(signed.key, signed.text, signed.signature);
}

function isEmpty(entry: RoomEntry): boolean {
  if (entry.type === "message") return entry.deleted === true && entry.text === "" && entry.file === undefined;
  return entry.type === "edited" && entry.text === undefined;
}

/** The entry as its author sees it. */
function asSigned(entry: RoomEntry): Entry {
  if (!isConversationName(entry.room)) return entry;
  const [a = "", b = ""] = entry.room.split(" ");
  return asDirect(entry, { id: a === entry.from.id ? b : a, name: "" });
}
