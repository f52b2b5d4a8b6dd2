/** Constants that clients and servers share. */

/** The version of the protocol that `welcome` announces. */
export const PROTOCOL_VERSION = 1;

/** The room of a `join` or message without `room`. */
export const DEFAULT_ROOM = "lobby";

/** The prefix of a text that describes an action: views show `* ada waves` instead of `ada: /me waves`. */
export const ACTION_PREFIX = "/me ";
