/** The schemas of moderation: restrictions and roles. */

import * as v from "valibot";
import { parseNetwork } from "../address/network.ts";
import * as limits from "../limits.ts";
import { anyRoom } from "./entry_schemas.ts";
import { anyRef, bytes, countField, isTrue, name, room, seconds, singleLine } from "./fields.ts";

const reason = v.optional(v.pipe(bytes(1, limits.MAX_REASON_BYTES), singleLine));
const password = bytes(1, limits.MAX_PASSWORD_BYTES);
const anySeconds = v.optional(seconds(limits.MAX_RESTRICTION_SECONDS));
const anyId = v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)));
const network = v.pipe(
  v.string(),
  v.maxLength(limits.MAX_ADDRESS_CHARS),
  v.check(
    (text) => parseNetwork(text) !== undefined,
    "is not an address: expected one such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64",
  ),
);

/** Restrictions and roles. Without `room`, they hold on the whole server. */
export const MODERATION_SCHEMAS = {
  /** Removes a member from a room; they may rejoin. The reply is a `notice`. */
  kick: v.object({ type: v.literal("kick"), ref: anyRef, room, name, reason }),
  /**
   * Bans a member by `name`, or everyone at `address`, for `seconds` or until the ban is ended. `also` bans the
   * member's address too: the one they have, or its whole network (/24, or /64 of IPv6).
   */
  ban: v.object({
    type: v.literal("ban"),
    ref: anyRef,
    name: v.optional(name),
    address: v.optional(network),
    room: anyRoom,
    seconds: anySeconds,
    also: v.optional(v.picklist(["address", "network"])),
    reason,
  }),
  /** Hides a member's messages from everyone, in `room` or everywhere. */
  mute: v.object({ type: v.literal("mute"), ref: anyRef, name, room: anyRoom, seconds: anySeconds, reason }),
  /**
   * Ends a member's bans and mutes there, and admits them to `room` while it is locked. With `restriction`, ends the
   * restriction or role with this id instead. Owners end many at once: with `all`, all restrictions of `room`; with
   * `by`, all restrictions and roles that the member of this name made.
   */
  allow: v.object({
    type: v.literal("allow"),
    ref: anyRef,
    name: v.optional(name),
    restriction: anyId,
    room: anyRoom,
    all: v.optional(isTrue),
    by: v.optional(name),
  }),
  /** Requires the room's password, an invite to it, or a moderator's `allow` to join the room. */
  lock: v.object({
    type: v.literal("lock"),
    ref: anyRef,
    room,
    password: v.optional(password),
    off: v.optional(isTrue),
  }),
  /** Limits each member to one message per `seconds`; 0 ends it. */
  slow: v.object({
    type: v.literal("slow"),
    ref: anyRef,
    room,
    seconds: v.pipe(countField, v.maxValue(limits.MAX_SLOW_SECONDS)),
  }),
  /** For emergencies: admits no new members, and only accounts and moderators may write. */
  lockdown: v.object({ type: v.literal("lockdown"), ref: anyRef, on: v.boolean() }),
  /** Makes a member a moderator of `room`, or of all rooms. */
  moderator: v.object({ type: v.literal("moderator"), ref: anyRef, name, room: anyRoom, off: v.optional(isTrue) }),
  /**
   * Removes `room` with all its messages, for its moderators and owners; or the account of the name `account`, for
   * owners. The reply is a `notice`; each member of the room gets a `leave`.
   */
  remove: v.object({ type: v.literal("remove"), ref: anyRef, room: anyRoom, account: v.optional(name) }),
};
