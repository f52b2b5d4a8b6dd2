/** The addresses of the servers of one chat, as a server lists them. None of it can be trusted. */

import { MAX_SERVERS_LISTED } from "../limits.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";

/** The valid addresses among the first `MAX_SERVERS_LISTED`, each once. */
export function parseServers(texts: readonly string[]): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const text of texts.slice(0, MAX_SERVERS_LISTED)) {
    const endpoint = endpointOf(text);
    if (endpoint !== undefined) found.set(endpointKey(endpoint), endpoint);
  }
  return [...found.values()];
}

/** Equal for addresses that mean the same. */
export function endpointKey({ host, port }: Endpoint): string {
  return formatEndpoint({ host: host.toLowerCase(), port });
}

/** A zone of IPv6 is only known to the machine that wrote it. */
function endpointOf(text: string): Endpoint | undefined {
  try {
    return text.includes("%") ? undefined : parseEndpoint(text);
  } catch {
    return undefined;
  }
}
