/**
 * Invites as users see them: lines to send, passphrases to read out, QR codes, and links that open the program.
 * It opens no socket. The formats of the links are in `src/protocol/address/invite_link.ts`.
 *
 * Start with `share.ts`.
 *
 * @module
 */

export { invitation, type InvitePass, type Reach } from "./share.ts";
