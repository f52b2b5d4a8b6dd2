import { parseEndpoint } from "./endpoint.ts";
import { parseNetwork } from "./network.ts";

/** Whether the `Host` of a request, with or without a port, is one of the server's own. */
export type OwnHosts = (host: string) => boolean;

/**
 * Accepts IP addresses, `localhost`, and these names in any case. A browser that sends another name may be the victim of
 * DNS rebinding: a page of a stranger could then read from a server that only the victim can reach. Other names in
 * `.local` are refused for the same reason, since any machine on the network can announce one (RFC 6762).
 */
export function ownHosts(names: readonly string[]): OwnHosts {
  const known = new Set(["localhost", ...names.map((name) => name.toLowerCase())]);
  return (host) => {
    const name = nameOf(host);
    return name !== undefined && (known.has(name) || parseNetwork(name) !== undefined);
  };
}

/** The host in lower case without its port; `undefined` if it is not valid. */
function nameOf(host: string): string | undefined {
  try {
    return parseEndpoint(host).host.toLowerCase();
  } catch {
    return undefined;
  }
}
