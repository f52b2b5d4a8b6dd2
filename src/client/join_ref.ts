/** The `ref` of a join names its room, so that whoever sees the error that answers it knows which room it was. */

import { MAX_REF_CHARS } from "../protocol/limits.ts";

const PREFIX = "join ";

/** Any possible room fits; what cannot be a room is cut, and the server says so. */
export function joinRef(room: string): string {
  return (PREFIX + room).slice(0, MAX_REF_CHARS);
}

/** The room of a join's ref; undefined for any other ref. */
export function roomOfJoinRef(ref: string | undefined): string | undefined {
  return ref?.startsWith(PREFIX) ? ref.slice(PREFIX.length) : undefined;
}
