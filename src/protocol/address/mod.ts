/**
 * Addresses as people write them: host and port (`endpoint.ts`), IP addresses and networks (`network.ts`), invites
 * (`invite_link.ts`), the paths of the page, and the names by which a server knows itself.
 *
 * @module
 */
export { parseEndpoint } from "./endpoint.ts";
export { parseInvite } from "./invite_link.ts";
