/** Sentences about changes of messages: edits, deletions and reactions. Clients sanitise them as a whole. */

import { type Change, isOfRoom, placeKey, type Quote } from "../../protocol/messages/messages.ts";

/** Replaces the text of a deleted message. */
export const DELETED = "(deleted)";
/** Follows the text of an edited message. */
export const EDITED = "(edited)";

/**
 * A change as a sentence, not sanitised; an edited text may have several lines. `where` follows the author's name.
 * With `numbered`, the message has its seq, as the terminal client shows it in `/history`.
 */
export function changeSentence(
  change: Change,
  { where = "", numbered = false }: { readonly where?: string; readonly numbered?: boolean } = {},
): string {
  const { of } = change;
  const author = `${change.from.name}${where}`;
  const message = numbered ? `message ${of.seq}` : "a message";
  switch (change.type) {
    case "edited":
      return `${author} edited ${message}${change.text === undefined ? "" : `: ${change.text}`}`;
    case "deleted":
      return `${author} deleted ${message}${ofOther(change)}`;
    case "reacted": {
      const target = numbered
        ? of.from === undefined ? message : `${message}, ${quotedMessage(of)}`
        : quotedMessage(of);
      return `${author} ${change.removed ? `took ${change.emoji} from` : `reacted ${change.emoji} to`} ${target}`;
    }
    default:
      return change satisfies never;
  }
}

/** The place of a change, to follow the author's name, not sanitised; empty in `here`, the key of a room or conversation. */
export function changePlace(change: Change, here: string | undefined): string {
  if (placeKey(change) === here) return "";
  if (isOfRoom(change)) return ` in #${change.room}`;
  return change.from.id === change.with.id ? " in your conversation" : ` in the conversation with ${change.with.name}`;
}

/** Names the sender if another member deleted the message. */
function ofOther({ of, from }: Change): string {
  return of.from === undefined || of.from.id === from.id ? "" : ` of ${of.from.name}`;
}

/** A quoted message as part of a line, not sanitised. */
export function quotedMessage({ from, text }: Quote): string {
  return from === undefined ? "an earlier message" : `${from.name}: ${text ?? DELETED}`;
}
