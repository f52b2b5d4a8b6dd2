/**
 * Addresses as users write them: host and port (`endpoint.ts`), IP addresses and networks (`network.ts`), invites
 * (`invite_link.ts`), the paths of the page (`page_paths.ts`), and the host names of a server (`own_hosts.ts`).
 *
 * @module
 */
export { parseEndpoint } from "./endpoint.ts";
export { parseInvite } from "./invite_link.ts";
