/** How far addresses reach: this machine, a private network, or everywhere. */

import { contains, isLoopback, type Network, parseNetwork, withoutZone } from "./network.ts";

/** Private and link-local addresses: RFC 1918, RFC 3927, RFC 4193, RFC 4291, and RFC 6598. */
const PRIVATE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
  "fe80::/10",
]
  .map((text) => parseNetwork(text)!);

/**
 * Whether a server at the address `from` may send its clients to this host: to itself, to hosts of the same reach, and to those that
 * reach farther. Names reach everywhere, except `localhost` and addresses in another notation, such as `127.1`: where a name leads,
 * only the system knows. `from` is absent for a server without an address, which may send its clients nowhere.
 */
export function isWithinReach(host: string, from: string | undefined): boolean {
  const source = from === undefined ? undefined : parseNetwork(withoutZone(from));
  if (source === undefined) return false;
  const address = parseNetwork(withoutZone(host));
  const reach = address === undefined ? reachOfName(host) : reachOf(address);
  return reachOf(source) <= reach;
}

/** Names that end with a number are IPv4 addresses to the system, in up to four parts, decimal, octal or hexadecimal: WHATWG URL, 3.5. */
function reachOfName(host: string): 0 | 2 {
  return /(?:^|\.)(?:localhost|\d+|0x[\da-f]*)\.?$/i.test(host.normalize("NFKC")) ? 0 : 2;
}

/** 0 for this machine and for addresses that are no host, 1 for a private network, 2 for everywhere. */
function reachOf(address: Network): 0 | 1 | 2 {
  if (isLoopback(address) || isNoHost(address)) return 0;
  return PRIVATE.some((network) => contains(network, address)) ? 1 : 2;
}

/** Unspecified addresses mean this machine to most systems; multicast and broadcast mean many; `::/96` had IPv4 addresses once. */
function isNoHost(address: Network): boolean {
  return NO_HOST.some((network) => contains(network, address));
}

const NO_HOST = ["0.0.0.0/8", "224.0.0.0/3", "::/96", "ff00::/8"].map((text) => parseNetwork(text)!);
