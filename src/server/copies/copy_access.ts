/** The right of a member's program to keep a copy of the chat, as the hub decides. */
export interface CopyAccess {
  /** The member who has this key as one of their devices, unless they are banned from the server. */
  memberWithKey(key: string): string | undefined;
  /** The keys with which the member signs; `undefined` for a member whom the chat does not know. */
  keysOf(memberId: string): readonly string[] | undefined;
  /** Whether the member may keep a copy of the room: it has no lock, or the member is in it, and is not banned from it. */
  mayCopyRoom(memberId: string, room: string): boolean;
}
