/** Constants that clients and servers share. */

/** The version of the protocol that `welcome` announces. */
export const PROTOCOL_VERSION = 1;

/** The room of a `join` or message without `room`. */
export const DEFAULT_ROOM = "lobby";

/**
 * The name under which the core and the store keep the entries of a conversation. It contains a blank, as no name of a room
 * does, and is never sent. The order of the two ids does not matter; they are the same for notes to oneself.
 */
export function conversationName(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** Whether this is the name of a conversation, not of a room. */
export function isConversationName(name: string): boolean {
  return name.includes(" ");
}

/** The prefix of a text that describes an action: views show `* ada waves` instead of `ada: /me waves`. */
export const ACTION_PREFIX = "/me ";
