/** The commands and events of calls. Sound and pictures have a connection of their own: see `calls/media_frame.ts`. */

import * as v from "valibot";
import { MAX_CALL_MEMBERS, MAX_REF_CHARS } from "../limits.ts";
import { place } from "./entry_schemas.ts";
import { member } from "./event_parts.ts";
import { anyRef, isTrue, number } from "./fields.ts";

const callId = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_REF_CHARS));

export const CALL_SCHEMAS = {
  /**
   * Calls the present members of a room, at most `MAX_CALL_MEMBERS` with the sender, or the member `to`. Where a call is on, the
   * sender enters it. `audio`: without pictures. The reply is a `media`.
   */
  call: v.object({ type: v.literal("call"), ref: anyRef, ...place, audio: v.optional(isTrue) }),
  /** Enters the call, or with `decline` does not. The reply to the one is a `media`, to the other a `call`. */
  answer: v.object({ type: v.literal("answer"), ref: anyRef, call: callId, decline: v.optional(isTrue) }),
  /** Leaves the call. */
  hangup: v.object({ type: v.literal("hangup"), ref: anyRef, call: callId }),
};

/** A member who is asked to enter a call, or is in it, with the number of their stream. */
const callMember = v.object({
  id: v.string(),
  name: v.string(),
  state: v.picklist(["called", "in"]),
  stream: v.optional(number),
});

export const CALL_EVENTS = {
  /**
   * A call in the room or conversation, as it is now: `by` has started it. `did` and `member` say what has changed; without them
   * the client is told of a call that was on when it joined. It is over with `ended`.
   */
  call: v.object({
    type: v.literal("call"),
    ref: anyRef,
    id: v.string(),
    room: v.optional(v.string()),
    with: v.optional(v.object({ id: v.string(), name: v.string() })),
    by: member,
    audio: v.optional(isTrue),
    members: v.pipe(v.array(callMember), v.maxLength(MAX_CALL_MEMBERS)),
    member: v.optional(member),
    did: v.optional(v.picklist(["called", "entered", "declined", "missed", "left"])),
    ended: v.optional(isTrue),
  }),
  /**
   * The session is in the call: with the `token` it opens a media connection as `stream`. With `ended` it is not any more, as
   * after another device of the member has entered.
   */
  media: v.object({
    type: v.literal("media"),
    ref: anyRef,
    call: v.string(),
    stream: v.optional(number),
    token: v.optional(v.string()),
    ended: v.optional(isTrue),
  }),
};
