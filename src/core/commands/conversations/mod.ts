/**
 * Conversations of two members, and what a member has read. A conversation numbers its entries as a room does, and only its
 * two members can find it. The folder knows the state and the effects, and not how entries are posted.
 *
 * Read `channel_lookup.ts` first, then `direct_delivery.ts` and `read.ts`.
 *
 * @module
 */

export { channelOf } from "./channel_lookup.ts";
