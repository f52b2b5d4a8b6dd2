/**
 * Shares of what all members use together: how many rooms and restrictions one member, one address and the server's own
 * machine may have. It knows no commands.
 *
 * Start with `quota.ts`, which counts by source. `room_quota.ts` and `restriction_quota.ts` set the limits.
 *
 * @module
 */

export { Quota, type Source } from "./quota.ts";
export { RestrictionQuota } from "./restriction_quota.ts";
export { RoomQuota } from "./room_quota.ts";
