/**
 * Keys of members, as data: the exact text that a key signs, and the rules of a member's list of keys. It makes no key and
 * checks no signature: `src/identity` does, and the results come in as arguments.
 *
 * Read `signed_text.ts` first, then `public_key.ts` and `device_list.ts`. `entry_signature.ts` and `signed_entry.ts` are about
 * the signatures of messages.
 *
 * @module
 */

export { type DeviceStatement, type JoinProof, type SignedEntry } from "./signed_text.ts";
