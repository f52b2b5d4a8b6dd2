/** Finds servers on the local network by multicast DNS. */

import { MAX_NEARBY_SERVERS } from "../protocol/limits.ts";
import { DenoNetwork } from "./deno_network.ts";
import { Finder, type FinderEvents } from "./finder.ts";
import { MulticastLinks } from "./multicast_links.ts";
import type { NearbyServer } from "./dns_records.ts";
import type { MulticastNetwork } from "./multicast_network.ts";

export interface FindOptions extends FinderEvents {
  /** Ends the search. */
  readonly signal: AbortSignal;
  /** Receives the reason why servers may be missed: a failing interface or a missing permission. */
  onError?(error: unknown): void;
  readonly network?: MulticastNetwork;
}

/** Looks for servers until the signal aborts. It never rejects, and resolves when all sockets are closed. */
export function findNearby(options: FindOptions): Promise<void> {
  const { signal, network = new DenoNetwork(), onError = () => {} } = options;
  const finder = new Finder(network, options);
  const links = new MulticastLinks(network, {
    opened: (link) => finder.query([link]),
    received: (packet, sender, on) => finder.receive(packet, sender, on),
    onError,
  });
  const stop = () => {
    finder.stop();
    return links.close();
  };
  if (signal.aborted) return stop();
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => ended.resolve(stop()), { once: true });
  links.open();
  finder.queryRepeatedly(links);
  return ended.promise;
}

/** Lists the servers found within `milliseconds`, sorted by title. It never rejects. */
export async function listNearby(
  milliseconds: number,
  options: Pick<FindOptions, "onError" | "network"> = {},
): Promise<NearbyServer[]> {
  const { network = new DenoNetwork(), onError } = options;
  const found = new Map<string, NearbyServer>();
  const stop = new AbortController();
  const keyOf = ({ host, port }: NearbyServer) => `${host} ${port}`;
  const searching = findNearby({
    signal: stop.signal,
    onFound: (server) => found.set(keyOf(server), server),
    onGone: (server) => found.delete(keyOf(server)),
    onError,
    network,
  });
  network.after(milliseconds, () => stop.abort());
  await searching;
  const servers = [...found.values()].slice(0, MAX_NEARBY_SERVERS);
  return servers.sort((one, other) => one.title.localeCompare(other.title) || one.host.localeCompare(other.host));
}
