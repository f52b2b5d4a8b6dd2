/**
 * Addresses as users write them: host and port (`endpoint.ts`), IP addresses and networks (`network.ts`), invites
 * (`invite_link.ts`), the paths of the page (`page_paths.ts`), the host names of a server (`own_hosts.ts`),
 * the servers of a chat (`server_list.ts`), and how far addresses reach (`reach.ts`).
 *
 * @module
 */
export { parseEndpoint } from "./endpoint.ts";
export { parseInvite } from "./invite_link.ts";
