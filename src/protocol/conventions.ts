/** Names that both ends of the protocol agree on. */

/** The version of the protocol that `welcome` announces. */
export const PROTOCOL_VERSION = 1;

/** The room of a command that names none. */
export const DEFAULT_ROOM = "lobby";

/** A text with this prefix says what its sender does: views show `* ada waves` instead of `ada: /me waves`. */
export const ACTION_PREFIX = "/me ";
