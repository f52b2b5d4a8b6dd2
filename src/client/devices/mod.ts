/**
 * The user's devices: one admits another by a code, and revokes another. Each step is a statement that a device signs.
 * `own_devices.ts` has the steps of a device that is known: `link_offer.ts` and `device_revocation.ts`.
 * `link_admission.ts` and `link_claim.ts` are the side of a new device. Sends by functions that it is given, and knows no rooms and no messages.
 * @module
 */
export { LinkClaim } from "./link_claim.ts";
export { OwnDevices } from "./own_devices.ts";
