import { parseEndpoint } from "./endpoint.ts";
import { parseNetwork } from "./network.ts";

/** Tells whether the `Host` of a request, with or without a port, is one that the server knows as its own. */
export type OwnHosts = (host: string) => boolean;

/**
 * IP addresses, `localhost`, and these names in any case. A browser that was told another name may have been led here by a
 * stranger (DNS rebinding), whose pages could then read what is meant for those who can reach the server. That holds for
 * names in `.local` as well: anybody on the network can announce one (RFC 6762).
 */
export function ownHosts(names: readonly string[]): OwnHosts {
  const known = new Set(["localhost", ...names.map((name) => name.toLowerCase())]);
  return (host) => {
    const name = nameOf(host);
    return name !== undefined && (known.has(name) || parseNetwork(name) !== undefined);
  };
}

/** In lower case, without the port; undefined where it is no host. */
function nameOf(host: string): string | undefined {
  try {
    return parseEndpoint(host).host.toLowerCase();
  } catch {
    return undefined;
  }
}
