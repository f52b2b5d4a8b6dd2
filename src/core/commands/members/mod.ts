/**
 * Commands about who a member is: their name, their devices and the links between them, and their account.
 *
 * Start with `account.ts`, then read `device.ts`. `join.ts`, in the folder above, uses them all.
 *
 * @module
 */

export { rename } from "./rename.ts";
